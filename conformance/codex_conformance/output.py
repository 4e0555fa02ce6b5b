"""Where a command puts what it made: standard output, or a file that is never half-written."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from codex_schemas import Problem

__all__ = ["put", "require_place", "staged"]


def put(text: str, path: Path | None) -> None:
    """Write a text to a file, or to standard output where none is named.

    Raises:
        Problem: The file cannot be written.
    """
    if path is None:
        # A terminal need not know every letter of a schema.
        encoding = sys.stdout.encoding or "utf-8"
        sys.stdout.write(text.encode(encoding, "backslashreplace").decode(encoding))
        sys.stdout.flush()
        return
    with staged(path) as staging:
        staging.write_bytes(text.encode("utf-8", "backslashreplace"))


def require_place(path: Path) -> None:
    """Refuse a path where no file can be written, before the work for it is done.

    Raises:
        Problem: It is a folder, its folder is not there, or must not be written.
    """
    folder = path.resolve().parent
    if not folder.is_dir():
        raise _no_place(path, f"no folder {folder}")
    if path.is_dir():
        raise _no_place(path, "a folder")
    if not os.access(path if _is_special(path) else folder, os.W_OK):
        raise _no_place(path, f"no permission to write in {folder}")


@contextmanager
def staged(path: Path) -> Iterator[Path]:
    """Give a file to write, which takes the place of ``path`` when all went well; else nothing has changed.

    Raises:
        Problem: The file cannot be written.
    """
    try:
        if _is_special(path):
            # A pipe or a device is written to; a folder refuses.
            yield path
            return
        target = path.resolve()
        with tempfile.TemporaryDirectory(prefix=f".{target.name}-", dir=target.parent) as name:
            staging = Path(name, target.name)
            yield staging
            staging.replace(target)
    except OSError as error:
        raise _no_place(path, error.strerror or str(error)) from None


def _is_special(path: Path) -> bool:
    return path.exists() and not path.is_file()


def _no_place(path: Path, found: str) -> Problem:
    return Problem(
        f"writing {path}",
        expected="a file that can be written, in a folder that exists",
        found=found,
        advice="Name another file, or make the folder.",
    )
