"""A program ends by itself, or is ended with everything that it started."""

from __future__ import annotations

import os
import time
from pathlib import Path
from threading import Event, Timer

import pytest

from codex_conformance.importing._process import Interrupted, execute
from codex_schemas import Problem

#: Notes the process that it starts, then waits for it.
PARENT = "sleep 60 & echo $! > child; wait"


def runs(path: Path) -> bool:
    """Tell whether the noted process goes on, for at most as long as its end may take."""
    number = path.read_text().strip()
    for _ in range(100):
        try:
            state = Path("/proc", number, "stat").read_text().rpartition(")")[2].split()[0]
        except OSError:
            return False
        if state == "Z":
            return False
        time.sleep(0.05)
    return True


def test_a_program_gives_its_output_and_exit_code() -> None:
    finished = execute(["/bin/sh", "-c", "echo out; echo err >&2; exit 3"], seconds=60, stopped=Event())

    assert (finished.returncode, finished.stdout, finished.stderr) == (3, "out\n", "err\n")


def test_much_output_is_no_trouble() -> None:
    command = ["/bin/sh", "-c", "head -c 3000000 /dev/zero; sleep 0.3; head -c 3000000 /dev/zero >&2"]

    finished = execute(command, seconds=60, stopped=Event())

    assert (len(finished.stdout), len(finished.stderr)) == (3_000_000, 3_000_000)


def test_the_environment_is_what_it_is_given() -> None:
    finished = execute(["/usr/bin/env"], seconds=60, stopped=Event(), environment={"CODEX_HOME": "/home"})

    assert finished.stdout == "CODEX_HOME=/home\n"


def test_a_program_that_hangs_is_killed_with_its_children(tmp_path) -> None:
    with pytest.raises(Problem, match=r"an end within 0\.5 s"):
        execute(["/bin/sh", "-c", PARENT], seconds=0.5, stopped=Event(), folder=tmp_path)

    assert not runs(tmp_path / "child")


def test_a_program_is_killed_when_it_is_stopped(tmp_path) -> None:
    stopped = Event()
    Timer(0.5, stopped.set).start()

    with pytest.raises(Interrupted):
        execute(["/bin/sh", "-c", PARENT], seconds=60, stopped=stopped, folder=tmp_path)

    assert not runs(tmp_path / "child")


def test_nothing_starts_once_it_is_stopped(tmp_path) -> None:
    stopped = Event()
    stopped.set()

    with pytest.raises(Interrupted):
        execute(["/bin/sh", "-c", "echo > started"], seconds=60, stopped=stopped, folder=tmp_path)

    assert not (tmp_path / "started").exists()


def test_the_beat_goes_on_while_it_runs() -> None:
    beats: list[int] = []

    execute(["/bin/sh", "-c", "sleep 0.5"], seconds=60, stopped=Event(), beat=lambda: beats.append(1))

    assert beats


@pytest.mark.parametrize("name", ["missing", "text"])
def test_what_cannot_be_run_is_a_problem(tmp_path, name: str) -> None:
    (tmp_path / "text").write_text("no program")

    with pytest.raises(Problem, match=f"running {name}"):
        execute([os.fspath(tmp_path / name)], seconds=60, stopped=Event())
