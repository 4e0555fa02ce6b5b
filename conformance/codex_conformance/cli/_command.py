"""A command beside a mock: its program, and how it runs on our terminal."""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Self, TextIO

from codex_conformance import releases
from codex_conformance.codex_process import begin
from codex_schemas import Problem

__all__ = ["INTERRUPTED", "SIGNALLED", "Signals", "execute", "exit_code", "find_program", "fit_for_folder"]


#: Exit codes above it stand for signals.
SIGNALLED = 128
#: The one for Ctrl-C.
INTERRUPTED = SIGNALLED + signal.SIGINT

#: Without it, ``codex exec`` refuses to work outside a git repository.
_ANY_FOLDER = "--skip-git-repo-check"


def find_program(name: str, version: str | None, *, may_install: bool) -> str:
    """Return the path of a program; a codex that is missing, or wanted in one version, is a published release.

    Raises:
        Problem: There is no such program, or the release cannot be had.
    """
    on_path = shutil.which(name)
    if name == "codex" and (version or on_path is None):
        return str(_release(version or releases.DEFAULT_RELEASE, may_install=may_install))
    if on_path is None:
        raise Problem(
            "running a command beside the mock",
            expected="a program on the PATH, or the path of one",
            found=repr(name),
            advice="Check its spelling.",
        )
    return on_path


def fit_for_folder(command: Sequence[str], folder: Path) -> list[str]:
    """Return the command, with the option that ``codex exec`` needs outside a git repository."""
    is_repository = any((place / ".git").exists() for place in (folder, *folder.parents))
    if list(command[:2]) != ["codex", "exec"] or is_repository or _ANY_FOLDER in command:
        return list(command)
    print(f"codex-testkit: this folder is no git repository, so codex exec gets {_ANY_FOLDER}", file=sys.stderr)
    return [*command[:2], _ANY_FOLDER, *command[2:]]


def _release(version: str, *, may_install: bool) -> Path:
    folder = releases.releases_folder()
    binary = releases.find(version, folder)
    if binary is None and not may_install:
        raise Problem(
            f"getting codex {version}",
            expected=f"an installed release in {folder}",
            found="none",
            advice="Leave --no-install out, or put codex on the PATH.",
        )
    if binary is None:
        binary = releases.ensure(version, folder)
    print(f"codex-testkit: using the published codex {version}", file=sys.stderr)
    return binary


def execute(command: Sequence[str], environment: Mapping[str, str], output: TextIO | int | None = None) -> int:
    """Run a command on our terminal and return its exit code, 128 and more when a signal ended it.

    Ctrl-C reaches the command by itself, so we wait for what it makes of it; SIGTERM is passed on.

    Args:
        command: The program and its arguments.
        environment: Its variables.
        output: Where its standard output goes, when not to ours.
    """
    with Signals() as signals:
        process = begin(command, environment, stdout=output)
        signals.pass_on(process)
        return exit_code(process.wait())


def exit_code(code: int) -> int:
    """Return the exit code of a shell for how a process ended."""
    return code if code >= 0 else SIGNALLED - code


class Signals:
    """Keeps SIGINT from interrupting us, and passes SIGTERM on, even one that came before the process was there."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._came_early = False

    def __enter__(self) -> Self:
        # Handlers that do nothing are not the same as ignored signals: the command inherits only the latter.
        handlers = {signal.SIGINT: lambda *_: None, signal.SIGTERM: self._terminate}
        self._previous = {number: signal.signal(number, handler) for number, handler in handlers.items()}
        return self

    def __exit__(self, *_exception: object) -> None:
        for number, handler in self._previous.items():
            signal.signal(number, handler)

    def pass_on(self, process: subprocess.Popen[bytes]) -> None:
        """Name the process that is to get SIGTERM."""
        self._process = process
        if self._came_early:
            process.terminate()

    def _terminate(self, *_: object) -> None:
        # Either here or in pass_on, never in both: a second signal would kill a process that is just ending well.
        if self._process is None:
            self._came_early = True
        else:
            self._process.terminate()
