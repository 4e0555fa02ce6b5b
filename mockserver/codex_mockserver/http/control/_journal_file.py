"""The journal on disk: a line of JSON for each exchange, its secrets shortened."""

from __future__ import annotations

import os
from pathlib import Path
from types import TracebackType
from typing import Self

import msgspec

from codex_mockserver.http.control._journal_view import whole
from codex_mockserver.journal import Exchange
from codex_schemas import Problem

__all__ = ["JournalFile"]


class JournalFile:
    """A file to which exchanges are appended as they end.

    Args:
        path: The file; a new one can be read by its owner only.

    Raises:
        Problem: It cannot be written.
    """

    def __init__(self, path: Path) -> None:
        try:
            self._file = os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "ab", buffering=0)
        except OSError as error:
            raise Problem(
                f"opening the journal file {path}",
                expected="a file that can be written",
                found=error.strerror or str(error),
                advice="Name a file in a folder that exists.",
            ) from None

    def write(self, exchange: Exchange) -> None:
        """Append one exchange, in one write."""
        self._file.write(msgspec.json.encode(whole(exchange)) + b"\n")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()
