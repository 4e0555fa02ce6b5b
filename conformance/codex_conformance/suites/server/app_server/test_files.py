"""Files: read, written, listed, copied, removed, watched and searched."""

from __future__ import annotations

from base64 import b64decode, b64encode

import pytest

from codex_conformance.app_servers import Setup
from codex_conformance.probes import AppServerProbe, at, require
from codex_conformance.suites.server.app_server._scenes import room
from codex_conformance.suites.server.app_servers import AppServers

#: What is in the folder.
_FILES = {"a.txt": "hello\n", "sub/b.txt": "two\n", "tides.txt": "x\n"}


class _Folder:
    """The working folder of a server, and who asks for what is in it."""

    def __init__(self, client: AppServerProbe) -> None:
        self.client = client
        self.path = room(client)[1]
        self.client.ask("fs/createDirectory", {"path": self.at("sub")})
        for name, text in _FILES.items():
            self.write(name, text)

    def at(self, name: str) -> str:
        """Return the path of a file."""
        return f"{self.path}/{name}"

    def write(self, name: str, text: str) -> None:
        """Write a file."""
        data = b64encode(text.encode()).decode()
        self.client.ask("fs/writeFile", {"path": self.at(name), "dataBase64": data})

    def read(self, name: str) -> str:
        """Return the text of a file."""
        answer = self.client.ask("fs/readFile", {"path": self.at(name)})
        return b64decode(at(answer, "/dataBase64", str)).decode()

    def names(self, name: str = ".") -> list[str]:
        """Return what is in a folder, sorted."""
        answer = self.client.ask("fs/readDirectory", {"path": self.at(name)})
        return sorted(at(each, "/fileName", str) for each in at(answer, "/entries", list))

    def is_missing(self, name: str) -> None:
        """Require that there is no such file."""
        self.client.refusal("fs/getMetadata", {"path": self.at(name)})


@pytest.fixture
def folder(client: AppServerProbe) -> _Folder:
    """Return a working folder with a few files."""
    return _Folder(client)


@pytest.mark.codex("app-server.files.read")
def test_a_file_is_read(app_servers: AppServers) -> None:
    client = app_servers.client(Setup(files={"a.txt": "hello\n"}))
    path = f"{at(client.ask('thread/start', {}), '/cwd', str)}/a.txt"
    data = at(client.ask("fs/readFile", {"path": path}), "/dataBase64", str)
    require(b64decode(data) == b"hello\n", expected="the bytes of the file", found=data)


@pytest.mark.codex("app-server.files.write")
def test_a_file_is_written(folder: _Folder) -> None:
    text = "Ebbe und Flut: \u6f6e\n"
    folder.write("c.txt", text)
    require(folder.read("c.txt") == text, expected=repr(text), found=folder.read("c.txt"))


@pytest.mark.codex("app-server.files.bad-base64")
def test_data_that_are_no_base64_write_nothing(folder: _Folder) -> None:
    folder.client.refusal("fs/writeFile", {"path": folder.at("c.txt"), "dataBase64": "!"})
    folder.is_missing("c.txt")


@pytest.mark.codex("app-server.files.relative")
def test_a_relative_path_is_refused(folder: _Folder) -> None:
    folder.client.refusal("fs/readFile", {"path": "a.txt"})


@pytest.mark.codex("app-server.files.missing")
def test_a_missing_file_is_refused(folder: _Folder) -> None:
    for method in ("fs/readFile", "fs/getMetadata", "fs/readDirectory"):
        folder.client.refusal(method, {"path": folder.at("missing")})


@pytest.mark.codex("app-server.files.metadata")
def test_metadata_tell_files_from_folders(folder: _Folder) -> None:
    answers = [folder.client.ask("fs/getMetadata", {"path": folder.at(name)}) for name in ("a.txt", "sub")]
    found = [(each.get("isFile"), each.get("isDirectory")) for each in answers]
    require(found == [(True, False), (False, True)], expected="a file and a folder", found=found)


@pytest.mark.codex("app-server.files.list")
def test_a_folder_is_listed(folder: _Folder) -> None:
    require(folder.names("sub") == ["b.txt"], expected="b.txt", found=folder.names("sub"))


@pytest.mark.codex("app-server.files.create-folder")
def test_a_folder_is_made_with_those_above_it(folder: _Folder) -> None:
    for _ in range(2):
        folder.client.ask("fs/createDirectory", {"path": folder.at("x/y/z")})
    require(folder.names("x/y") == ["z"], expected="the folder z", found=folder.names("x/y"))


@pytest.mark.codex("app-server.files.copy")
def test_a_file_is_copied(folder: _Folder) -> None:
    folder.client.ask("fs/copy", {"sourcePath": folder.at("a.txt"), "destinationPath": folder.at("d.txt")})
    found = (folder.read("a.txt"), folder.read("d.txt"))
    require(found == ("hello\n",) * 2, expected="the file twice", found=found)


@pytest.mark.codex("app-server.files.copy-folder")
def test_a_folder_is_copied_only_when_asked_for(folder: _Folder) -> None:
    paths = {"sourcePath": folder.at("sub"), "destinationPath": folder.at("sub2")}
    folder.client.refusal("fs/copy", paths)
    folder.is_missing("sub2")
    folder.client.ask("fs/copy", {**paths, "recursive": True})
    require(folder.read("sub2/b.txt") == "two\n", expected="the file in it", found=folder.names("sub2"))


@pytest.mark.codex("app-server.files.remove")
def test_a_folder_is_removed_with_what_is_in_it(folder: _Folder) -> None:
    folder.client.ask("fs/remove", {"path": folder.at("sub")})
    folder.is_missing("sub")


@pytest.mark.codex("app-server.files.remove-carefully")
def test_a_folder_with_files_stays_where_that_is_asked_for(folder: _Folder) -> None:
    folder.client.refusal("fs/remove", {"path": folder.at("sub"), "recursive": False})
    require(folder.names("sub") == ["b.txt"], expected="the file in it", found=folder.names("sub"))


@pytest.mark.codex("app-server.files.watch")
def test_a_change_of_a_watched_file_is_told(folder: _Folder) -> None:
    folder.client.ask("fs/watch", {"watchId": "w1", "path": folder.at("a.txt")})
    folder.client.ask("fs/writeFile", {"path": folder.at("a.txt"), "dataBase64": "aGkK"})
    told = folder.client.wait_for("fs/changed")["params"]
    found = (told.get("watchId"), folder.at("a.txt") in at(told, "/changedPaths", list))
    require(found == ("w1", True), expected="the watch w1 and the path", found=told)


@pytest.mark.codex("app-server.files.watch-once")
def test_the_id_of_a_watch_is_not_used_twice(folder: _Folder) -> None:
    params = {"watchId": "w1", "path": folder.at("a.txt")}
    folder.client.ask("fs/watch", params)
    folder.client.refusal("fs/watch", params)
    folder.client.ask("fs/unwatch", {"watchId": "w1"})
    folder.client.ask("fs/watch", params)


@pytest.mark.codex("app-server.files.search")
def test_a_file_is_found_by_part_of_its_name(folder: _Folder) -> None:
    answer = folder.client.ask("fuzzyFileSearch", {"query": "tides", "roots": [folder.path]})
    found = [each.get("path") for each in at(answer, "/files", list)]
    require(found == ["tides.txt"], expected="tides.txt", found=found)


@pytest.mark.codex("app-server.files.search-for-nothing")
def test_an_empty_search_finds_nothing(folder: _Folder) -> None:
    asked = ({"query": "", "roots": [folder.path]}, {"query": "tides", "roots": []})
    found = [at(folder.client.ask("fuzzyFileSearch", each), "/files") for each in asked]
    require(found == [[], []], expected="no files", found=found)
