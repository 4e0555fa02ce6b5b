"""Reading and changing files, in memory and in a folder: both fail as the operating system does."""

from __future__ import annotations

import base64

import pytest

IO, INVALID = -32603, -32600
MISSING = (IO, "No such file or directory (os error 2)")
NO_FOLDER = (IO, "Not a directory (os error 20)")
THERE = (IO, "File exists (os error 17)")
FOLDER = (IO, "Is a directory (os error 21)")


@pytest.fixture(params=["memory", "folder"])
def place(request, user, tmp_path):
    """Return a client, and a folder that it may work in."""
    if request.param == "folder":
        return user(options={"sandbox": tmp_path}), str(tmp_path)
    return user(options={"cwd": "/work"}), "/work"


@pytest.fixture
def files(place):
    """Return what asks with a path in that folder."""
    someone, root = place

    def ask(method, path, **params):
        return someone.ask(f"fs/{method}", {"path": f"{root}/{path}", **params})

    return ask


@pytest.fixture
def fails(place, refusal):
    someone, root = place

    def refused(method, path, **params):
        return refusal(someone, f"fs/{method}", {"path": f"{root}/{path}", **params})

    return refused


@pytest.fixture
def copy(place):
    someone, root = place

    def ask(source, target, **params):
        paths = {"sourcePath": f"{root}/{source}", "destinationPath": f"{root}/{target}"}
        return someone.ask("fs/copy", {**paths, **params})

    return ask


def encoded(text):
    return base64.b64encode(text.encode()).decode()


def write(files, path, text="abc"):
    assert files("writeFile", path, dataBase64=encoded(text)) == {}


def content(files, path):
    return base64.b64decode(files("readFile", path)["dataBase64"]).decode()


def names(files, path=""):
    return sorted(entry["fileName"] for entry in files("readDirectory", path)["entries"])


def test_a_file_is_written_and_read(files):
    write(files, "a.txt", "first")
    write(files, "a.txt", "second")

    assert content(files, "a.txt") == "second"


def test_metadata(files):
    write(files, "a.txt")
    metadata = files("getMetadata", "a.txt")

    assert (metadata["isFile"], metadata["isDirectory"], metadata["isSymlink"]) == (True, False, False)
    assert metadata["modifiedAtMs"] > 0
    assert files("getMetadata", "")["isDirectory"] is True


def test_folders(files):
    files("createDirectory", "a/b/c")
    write(files, "a/x.txt")

    assert files("readDirectory", "a")["entries"].count({"fileName": "b", "isDirectory": True, "isFile": False}) == 1
    assert names(files, "a") == ["b", "x.txt"]


def test_copies(files, copy):
    write(files, "a.txt", "one")
    files("createDirectory", "d/e")
    write(files, "d/e/f.txt", "two")

    copy("a.txt", "b.txt")
    copy("d", "d2", recursive=True)

    assert (content(files, "b.txt"), content(files, "d2/e/f.txt")) == ("one", "two")


def test_removal(files):
    files("createDirectory", "d/e")
    write(files, "d/e/f.txt")

    files("remove", "d")
    files("remove", "never-there")

    assert names(files) == []


@pytest.mark.parametrize(
    ("method", "path", "params", "error"),
    [
        ("readFile", "nope", {}, MISSING),
        ("readFile", "a.txt/x", {}, NO_FOLDER),
        ("getMetadata", "nope", {}, MISSING),
        ("readDirectory", "nope", {}, MISSING),
        ("readDirectory", "a.txt", {}, NO_FOLDER),
        ("writeFile", "no/a.txt", {"dataBase64": "YQ=="}, MISSING),
        ("writeFile", "d", {"dataBase64": "YQ=="}, FOLDER),
        (
            "writeFile",
            "a.txt",
            {"dataBase64": "!!"},
            (INVALID, "fs/writeFile requires valid base64 dataBase64: Invalid symbol 33, offset 0."),
        ),
        (
            "writeFile",
            "a.txt",
            {"dataBase64": "YQ"},
            (INVALID, "fs/writeFile requires valid base64 dataBase64: Invalid padding"),
        ),
        ("createDirectory", "d", {"recursive": False}, THERE),
        ("createDirectory", "x/y", {"recursive": False}, MISSING),
        ("createDirectory", "a.txt", {}, THERE),
        ("createDirectory", "a.txt/b", {}, NO_FOLDER),
        ("remove", "nope", {"force": False}, MISSING),
        ("remove", "d", {"recursive": False}, (IO, "Directory not empty (os error 39)")),
        ("remove", "a.txt/x", {}, NO_FOLDER),
    ],
)
def test_what_fails(files, fails, method, path, params, error):
    write(files, "a.txt")
    files("createDirectory", "d/e")

    assert fails(method, path, **params) == error


def test_reading_a_folder_as_a_file(files, fails, place, release):
    files("createDirectory", "d")

    refused = (INVALID, f"path `{place[1]}/d` is not a file")
    assert fails("readFile", "d") == (refused if release == "0.169.0" else FOLDER)


def test_a_relative_path(place, refusal):
    message = "Invalid request: AbsolutePathBuf deserialized without a base path"

    assert refusal(place[0], "fs/readFile", {"path": "a.txt"}) == (INVALID, message)


@pytest.mark.parametrize(
    ("source", "target", "params", "error"),
    [
        ("nope", "c", {}, MISSING),
        ("a.txt", "no/c", {}, MISSING),
        ("a.txt", "d", {}, FOLDER),
        ("d", "a.txt", {"recursive": True}, THERE),
        ("d", "d2", {}, (INVALID, "fs/copy requires recursive: true when sourcePath is a directory")),
        (
            "d",
            "d/e",
            {"recursive": True},
            (INVALID, "fs/copy cannot copy a directory to itself or one of its descendants"),
        ),
        (
            "d",
            "d",
            {"recursive": True},
            (INVALID, "fs/copy cannot copy a directory to itself or one of its descendants"),
        ),
    ],
)
def test_copies_that_fail(files, place, refusal, source, target, params, error):
    write(files, "a.txt")
    files("createDirectory", "d/e")
    someone, root = place

    paths = {"sourcePath": f"{root}/{source}", "destinationPath": f"{root}/{target}"}
    assert refusal(someone, "fs/copy", {**paths, **params}) == error


def test_files_of_the_scenario(user):
    someone = user(files={"/work/src/a.txt": "hello"})

    assert base64.b64decode(someone.ask("fs/readFile", {"path": "/work/src/a.txt"})["dataBase64"]) == b"hello"
