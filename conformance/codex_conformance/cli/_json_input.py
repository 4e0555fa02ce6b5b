"""Reading JSON that a user names: one document, or a line of many."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

from codex_schemas import Problem

__all__ = ["called", "opened", "parse", "read", "within_depth"]

#: The largest message that the app-server itself takes.
_LARGEST = 64 * 2**20


def called(name: str) -> str:
    """Return what to call a file in messages."""
    return "standard input" if name == "-" else name


@contextmanager
def opened(name: str) -> Iterator[BinaryIO]:
    """Open a file, or standard input where it is ``-``.

    Raises:
        Problem: There is no such file, or it cannot be opened.
    """
    if name == "-":
        yield sys.stdin.buffer
        return
    try:
        file = Path(name).open("rb")  # noqa: SIM115 (what goes wrong while it is used is not a problem of opening it)
    except (OSError, ValueError) as error:
        raise _unreadable(name, error) from None
    with file:
        yield file


def read(stream: BinaryIO, place: str, *, line: bool = False) -> bytes:
    """Return all that is left of a stream, or its next line; empty at its end.

    Raises:
        Problem: It cannot be read, or is larger than any message that the app-server takes.
    """
    try:
        content = stream.readline(_LARGEST + 1) if line else stream.read(_LARGEST + 1)
    except OSError as error:
        raise _unreadable(place, error) from None
    if len(content) > _LARGEST:
        raise _malformed(place, f"at most {_LARGEST // 2**20} MiB, as the app-server takes them", "more")
    return content


def parse(content: bytes, place: str) -> Any:
    """Return what a text of JSON means.

    Raises:
        Problem: It is not JSON as codex reads it.
    """
    with within_depth(place):
        try:
            value = json.loads(content.decode("utf-8-sig"), parse_constant=_refuse)
            if b"\\u" in content:
                # An escaped half of a character is no text: codex refuses it, and nobody can write it.
                json.dumps(value, ensure_ascii=False).encode()
        except json.JSONDecodeError as error:
            line = f"line {error.lineno}, " if error.lineno > 1 else ""
            raise _malformed(place, "JSON", f"{error.msg} at {line}column {error.colno}") from None
        except UnicodeError as error:
            raise _malformed(place, "text in UTF-8", str(error)) from None
        except ValueError as error:
            raise _malformed(place, "JSON", str(error)) from None
    return value


@contextmanager
def within_depth(place: str) -> Iterator[None]:
    """Refuse what nests too deep to be read or checked.

    Raises:
        Problem: It does.
    """
    try:
        yield
    except RecursionError:
        raise _malformed(place, "lists and objects that nest some hundred times at most", "deeper ones") from None


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant}, which is not JSON")


def _unreadable(name: str, error: Exception) -> Problem:
    return Problem(
        f"reading {name}",
        expected="a file that can be read, or - for standard input",
        found=getattr(error, "strerror", None) or str(error),
        advice="Check the path.",
    )


def _malformed(place: str, expected: str, found: str) -> Problem:
    return Problem(f"reading {place}", expected=expected, found=found, advice="Correct it.")
