"""The executable of a shim."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path

from codex_schemas import Problem

__all__ = ["write_shim"]

_SCRIPT = """\
#!/bin/sh
# A mock of codex {version}, made by codex-testkit.
exec {python} -P -m codex_conformance.shim {version} {scenario} {state} "$@"
"""


def write_shim(folder: Path, version: str, scenario: str = "") -> Path:
    """Write an executable ``codex`` into a folder, which is made where it is missing.

    Args:
        folder: The folder, to be put on the ``PATH``.
        version: The release that it behaves as.
        scenario: A named scenario, or the path of a scenario file; empty for none.

    Returns:
        The path of the executable.

    Raises:
        Problem: It cannot be written, or there is a codex that is no shim.
    """
    folder = folder.absolute()
    executable, state = folder / "codex", folder / "codex-testkit.db"
    script = _SCRIPT.format(
        version=shlex.quote(version),
        python=shlex.quote(sys.executable),
        scenario=shlex.quote(scenario),
        state=shlex.quote(str(state)),
    )
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _refuse_foreign(executable)
        executable.write_text(script)
        executable.chmod(0o755)
        # What an earlier shim kept here is none of this one's.
        state.unlink(missing_ok=True)
    except OSError as error:
        raise _unfit(executable, f"{error.strerror}") from None
    return executable


def _refuse_foreign(executable: Path) -> None:
    """Leave a codex alone that is not ours."""
    if executable.is_symlink() or (executable.exists() and b"codex_conformance.shim" not in _beginning(executable)):
        raise _unfit(executable, "a codex that is no shim")


def _beginning(executable: Path) -> bytes:
    with executable.open("rb") as file:
        return file.read(4096)


def _unfit(executable: Path, found: str) -> Problem:
    return Problem(
        f"writing {executable}",
        expected="a folder for a codex of its own",
        found=found,
        advice="Name a new folder, or one that holds a shim.",
    )
