"""Published codex releases, provided through the machine's npm."""

from __future__ import annotations

import fcntl
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from codex_schemas import Problem

__all__ = ["DEFAULT_RELEASE", "cache_folder", "ensure", "find", "find_npm", "locked", "releases_folder"]

#: The release that is used when none is named.
DEFAULT_RELEASE = "0.169.0"

_VERSION = re.compile(r"\d+\.\d+\.\d+(-[0-9A-Za-z.]+)?")
_BINARY = Path("node_modules", ".bin", "codex")
_INSTALL = ("install", "--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error")


def cache_folder(environment: Mapping[str, str] = os.environ) -> Path:
    """Return the folder in which codex-testkit keeps what can be had again."""
    base = environment.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base, "codex-testkit")


def releases_folder(environment: Mapping[str, str] = os.environ) -> Path:
    """Return the folder of the installed releases: ``$CODEX_TESTKIT_CODEX_DIR``, or one in the cache."""
    named = environment.get("CODEX_TESTKIT_CODEX_DIR")
    return Path(named) if named else cache_folder(environment) / "codex"


def find(version: str, folder: Path) -> Path | None:
    """Return the binary of a release that is installed in a folder, or None.

    Raises:
        Problem: The version is not one.
    """
    if not _VERSION.fullmatch(version):
        raise Problem(
            "choosing a codex release",
            expected=f"a version such as {DEFAULT_RELEASE}",
            found=repr(version),
            advice="Name an exact published version.",
        )
    binary = folder / version / _BINARY
    return binary if binary.exists() else None


def ensure(version: str, folder: Path) -> Path:
    """Return the binary of a release, installed first where it is missing.

    Several processes may ask at the same time; one installs and the others wait for it.

    Raises:
        Problem: The version is not one, or npm is missing or fails.
    """
    if (binary := find(version, folder)) is not None:
        return binary
    npm = find_npm(f"getting codex {version}")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with locked(folder / f".{version}.lock", "waiting for another process that installs the same release"):
            if find(version, folder) is None:
                _install(npm, version, folder)
    except OSError as error:
        advice = "Name another folder in CODEX_TESTKIT_CODEX_DIR."
        raise _failed(version, "a folder that can be written", f"{folder}: {error.strerror}", advice) from None
    return folder / version / _BINARY


def find_npm(doing: str) -> str:
    """Return the path of npm.

    Args:
        doing: What it is wanted for, as a problem says it.

    Raises:
        Problem: It is missing.
    """
    npm = shutil.which("npm")
    if npm is None:
        expected = "npm, which brings the published binary"
        raise Problem(doing, expected=expected, found="no npm on the PATH", advice="Install Node.js.")
    return npm


@contextmanager
def locked(path: Path, waiting: str) -> Iterator[None]:
    """Hold the lock of a file; where another process has it, say so and wait."""
    with path.open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            _say(waiting)
            fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _install(npm: str, version: str, folder: Path) -> None:
    """Install beside the place and move there in one step, so that nobody ever sees half of it."""
    _say(f"installing codex {version} with npm into {folder / version} (about 400 MB, once)")
    with tempfile.TemporaryDirectory(prefix=f".{version}-", dir=folder) as name:
        staging = Path(name, version)
        staging.mkdir()
        command = [npm, *_INSTALL, "--prefix", str(staging), f"@openai/codex@{version}"]
        finished = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)  # noqa: S603 (npm from the PATH, and a version that was checked)
        if finished.returncode != 0 or not (staging / _BINARY).exists():
            lines = finished.stderr.strip().splitlines() or [f"exit code {finished.returncode} and no binary"]
            raise _failed(version, "npm to install it", lines[0], "Check the version and the network.")
        target = folder / version
        shutil.rmtree(target, ignore_errors=True)
        staging.rename(target)
    _say(f"codex {version} is installed")


def _failed(version: str, expected: str, found: str, advice: str) -> Problem:
    return Problem(f"getting codex {version}", expected=expected, found=found, advice=advice)


def _say(message: str) -> None:
    print(f"codex-testkit: {message}", file=sys.stderr, flush=True)  # noqa: T201 (progress of something that takes a while)
