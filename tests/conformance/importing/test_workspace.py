"""One import at a time has the workspace, which is empty before and after."""

from __future__ import annotations

import threading

import pytest

from codex_conformance.importing import workspace
from codex_schemas import Problem


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "cache" / "codex-testkit"


def test_nothing_stays_behind(cache) -> None:
    def interrupted() -> None:
        with workspace() as folder:
            (folder / "download").write_text("half")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert {path.name for path in cache.iterdir()} == {".import.lock"}


def test_what_a_killed_import_left_is_removed(cache) -> None:
    (cache / "import" / "0.1.0").mkdir(parents=True)

    with workspace() as folder:
        assert list(folder.iterdir()) == []


def test_a_second_import_waits(capsys) -> None:
    entered = threading.Event()

    def second() -> None:
        with workspace():
            entered.set()

    with workspace():
        thread = threading.Thread(target=second)
        thread.start()
        assert not entered.wait(0.3)
    thread.join(10)

    assert entered.is_set()
    assert "waiting for another import" in capsys.readouterr().err


def test_a_cache_that_cannot_be_written_is_a_problem(tmp_path) -> None:
    (tmp_path / "cache").write_text("")

    with pytest.raises(Problem, match="XDG_CACHE_HOME"), workspace():
        pass
