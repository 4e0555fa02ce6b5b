"""Where a command puts what it made: standard output, or a file that is never half-written."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from codex_schemas import Problem

__all__ = ["put"]


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
    try:
        _write(text.encode("utf-8", "backslashreplace"), path)
    except OSError as error:
        raise Problem(
            f"writing {path}",
            expected="a file that can be written, in a folder that exists",
            found=error.strerror or str(error),
            advice="Name another file, or make the folder.",
        ) from None


def _write(content: bytes, path: Path) -> None:
    if path.exists() and not path.is_file():
        # A pipe or a device is written to; a folder refuses.
        path.write_bytes(content)
        return
    target = path.resolve()
    with tempfile.TemporaryDirectory(prefix=f".{target.name}-", dir=target.parent) as name:
        staging = Path(name, target.name)
        staging.write_bytes(content)
        staging.replace(target)
