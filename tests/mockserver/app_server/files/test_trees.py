"""The two trees of files: nothing leaves the folder, and the memory is not endless."""

from __future__ import annotations

import os

import pytest

from codex_mockserver.app_server.files import FolderTree, MemoryTree


@pytest.fixture
def folder(tmp_path):
    """Return a tree of a folder beside which there is a secret."""
    (tmp_path / "secret").write_text("secret")
    (tmp_path / "inside").mkdir()
    return FolderTree(tmp_path / "inside")


@pytest.fixture
def root(tmp_path):
    return tmp_path / "inside"


ACTS = {
    "entry": lambda tree, path: tree.entry(path),
    "names": lambda tree, path: tree.names(path),
    "read": lambda tree, path: tree.read(path),
    "write": lambda tree, path: tree.write(path, b"x"),
    "make_folder": lambda tree, path: tree.make_folder(path + "-new"),
    "remove_file": lambda tree, path: tree.remove_file(path),
    "remove_folder": lambda tree, path: tree.remove_folder(path),
    "copy_from": lambda tree, path: tree.copy_file(path, "copy"),
}


@pytest.mark.parametrize("act", ACTS)
@pytest.mark.parametrize("way", ["../secret", "./../secret", "a/../../secret"])
def test_no_way_leads_out(folder, root, act, way):
    with pytest.raises(PermissionError):
        ACTS[act](folder, f"{root}/{way}")


@pytest.mark.parametrize("act", ["entry", "names", "read", "write"])
def test_no_link_leads_out(folder, root, tmp_path, act):
    (root / "link").symlink_to(tmp_path / "secret")

    with pytest.raises(PermissionError):
        ACTS[act](folder, f"{root}/link")
    assert (tmp_path / "secret").read_text() == "secret"


def test_no_link_to_a_folder_leads_out(folder, root, tmp_path):
    (root / "link").symlink_to(tmp_path)

    with pytest.raises(PermissionError):
        folder.write(f"{root}/link/new", b"x")
    assert folder.names(str(root)) == []


def test_a_copied_link_does_not_lead_out_either(folder, root, tmp_path):
    """A relative link that is harmless where it is may point elsewhere from another folder."""
    (root / "a" / "b").mkdir(parents=True)
    (root / "a" / "b" / "link").symlink_to("../secret")
    (root / "a" / "secret").write_text("mine")
    folder.copy_file(f"{root}/a/b/link", f"{root}/link")

    assert folder.read(f"{root}/a/b/link") == b"mine"
    with pytest.raises(PermissionError):
        folder.read(f"{root}/link")


def test_removing_a_link_leaves_what_it_leads_to(folder, root, tmp_path):
    (root / "link").symlink_to(tmp_path / "secret")

    folder.remove_file(f"{root}/link")

    assert (tmp_path / "secret").exists()


def test_a_link_inside_is_followed(folder, root):
    (root / "a.txt").write_text("a")
    (root / "link").symlink_to("a.txt")

    entry = folder.entry(f"{root}/link")
    assert (entry.is_symlink, entry.is_directory) == (True, False)
    assert folder.read(f"{root}/link") == b"a"


def test_a_pipe_does_not_block(folder, root):
    os.mkfifo(root / "pipe")

    assert folder.read(f"{root}/pipe") == b""


@pytest.fixture
def memory():
    return MemoryTree(lambda: 0.0, ("/work",), {})


def test_memory_is_not_endless(memory, monkeypatch):
    monkeypatch.setattr("codex_mockserver.app_server.files._memory._ROOM", 10)
    memory.write("/work/a", b"12345678")

    with pytest.raises(OSError, match="No space left on device"):
        memory.write("/work/b", b"123")
    memory.write("/work/a", b"1")
    memory.write("/work/b", b"123")
    memory.remove_file("/work/b")
    memory.write("/work/c", b"123456789")


def test_there_are_not_endlessly_many(memory, monkeypatch):
    monkeypatch.setattr("codex_mockserver.app_server.files._memory._MOST_ENTRIES", 3)
    memory.make_folder("/work/a")

    with pytest.raises(OSError, match="No space left on device"):
        memory.make_folder("/work/b")


def test_paths_are_plain_in_memory(memory):
    memory.write("/work/./x/../a", b"1")

    assert memory.read("//work//a") == b"1"


def test_the_root_stays(memory):
    with pytest.raises(OSError, match="busy"):
        memory.remove_folder("/")
