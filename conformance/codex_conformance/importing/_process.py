"""Running a program that may hang, and that must not outlive us."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from threading import Event

from codex_schemas import Problem

__all__ = ["Interrupted", "execute"]

#: How long a program runs between two looks at what else happens, in seconds.
_BEAT = 0.1


class Interrupted(Exception):  # noqa: N818 (nothing is wrong: somebody stopped the import)
    """The import was stopped while a program ran."""


def execute(
    command: Sequence[str],
    *,
    seconds: float,
    stopped: Event,
    environment: Mapping[str, str] | None = None,
    folder: Path | None = None,
    beat: Callable[[], None] = lambda: None,
) -> subprocess.CompletedProcess[str]:
    """Run a program to its end, or kill it with all its children.

    Args:
        command: The program and its arguments.
        seconds: How long it may take.
        stopped: Set by whoever wants it to end.
        environment: Its environment; None for ours.
        folder: Its working folder; None for ours.
        beat: Called several times a second while it runs.

    Raises:
        Interrupted: ``stopped`` was set.
        Problem: It took too long, or cannot be run.
    """
    if stopped.is_set():
        raise Interrupted
    name = Path(command[0]).name
    try:
        process = subprocess.Popen(  # noqa: S603 (npm from the PATH, or a binary whose checksum was compared)
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            errors="replace",
            env=environment,
            cwd=folder,
            start_new_session=True,
        )
    except OSError as error:
        advice = "Check that the machine can run it."
        raise Problem(f"running {name}", expected="a program", found=str(error.strerror), advice=advice) from None
    deadline = time.monotonic() + seconds
    with process:
        try:
            while True:
                try:
                    output, errors = process.communicate(timeout=_BEAT)
                    return subprocess.CompletedProcess(command, process.returncode, output, errors)
                except subprocess.TimeoutExpired:
                    beat()
                _check(name, seconds, deadline, stopped)
        except BaseException:
            # Its group may have more members than itself: npm starts node, and whatever else.
            with suppress(OSError):
                os.killpg(process.pid, signal.SIGKILL)
            raise


def _check(name: str, seconds: float, deadline: float, stopped: Event) -> None:
    if stopped.is_set():
        raise Interrupted
    if time.monotonic() > deadline:
        advice = "Run it by hand to see what it waits for."
        raise Problem(f"running {name}", expected=f"an end within {seconds:g} s", found="none", advice=advice)
