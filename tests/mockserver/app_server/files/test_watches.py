"""Watching: what changes is told together, to the client that watches."""

from __future__ import annotations

import pytest

from codex_mockserver.app_server import Client


@pytest.fixture(params=["memory", "folder"])
def place(request, user, tmp_path):
    if request.param == "folder":
        return user(options={"sandbox": tmp_path}), str(tmp_path)
    return user(), "/home/user"


def write(user, path, text="YQ=="):
    user.ask("fs/writeFile", {"path": path, "dataBase64": text})


def later(user, real_time):
    """Let some time pass, and return what was told to have changed."""
    real_time.seconds += 0.3
    user.wake()
    return [(each["params"]["watchId"], each["params"]["changedPaths"]) for each in user.take("fs/changed")]


def watch(user, watch_id, path):
    return user.ask("fs/watch", {"watchId": watch_id, "path": path})


def test_changes_come_together(place, real_time):
    someone, root = place
    assert watch(someone, "w", root) == {"path": root}

    write(someone, f"{root}/b")
    write(someone, f"{root}/a")

    assert later(someone, real_time) == [("w", [f"{root}/a", f"{root}/b"])]
    assert later(someone, real_time) == []


def test_a_file_that_comes_changes_and_goes(place, real_time):
    someone, root = place
    path = f"{root}/a"
    watch(someone, "", path)

    write(someone, path)
    assert later(someone, real_time) == [("", [path])]
    write(someone, path, "YWI=")
    assert later(someone, real_time) == [("", [path])]
    someone.ask("fs/remove", {"path": path})
    assert later(someone, real_time) == [("", [path])]


def test_folders_inside_are_not_watched(place, real_time):
    someone, root = place
    someone.ask("fs/createDirectory", {"path": f"{root}/d"})
    watch(someone, "w", root)

    write(someone, f"{root}/d/a")

    assert later(someone, real_time) == []


def test_what_happens_on_the_disk_is_seen(user, tmp_path, real_time):
    someone = user(options={"sandbox": tmp_path})
    watch(someone, "w", str(tmp_path))

    (tmp_path / "new").write_text("x")

    assert later(someone, real_time) == [("w", [str(tmp_path / "new")])]


def test_no_more_after_the_end(place, real_time):
    someone, root = place
    watch(someone, "w", root)
    someone.ask("fs/unwatch", {"watchId": "w"})
    someone.ask("fs/unwatch", {"watchId": "never"})

    write(someone, f"{root}/a")

    assert later(someone, real_time) == []
    assert someone.server.wake_at() is None


def test_an_id_is_used_once_by_each_client(place, refusal, real_time):
    someone, root = place
    other = Client(someone.server)
    watch(someone, "w", root)

    assert refusal(someone, "fs/watch", {"watchId": "w", "path": root}) == (-32600, "watchId already exists: w")
    watch(other, "w", root)
    other.close()
    write(someone, f"{root}/a")
    assert later(someone, real_time) == [("w", [f"{root}/a"])]


def test_there_are_not_endlessly_many(user, refusal, monkeypatch):
    monkeypatch.setattr("codex_mockserver.app_server.files._watches._MOST", 1)
    someone = user()
    watch(someone, "a", "/")

    assert refusal(someone, "fs/watch", {"watchId": "b", "path": "/"})[1] == "No space left on device (os error 28)"
