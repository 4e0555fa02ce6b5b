"""What a person is told about a part of a scenario, or of an expectation, that cannot be."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from difflib import get_close_matches
from typing import NamedTuple

from codex_schemas.yaml_text import Path

__all__ = ["Contradiction", "bad_pattern", "unknown"]


class Contradiction(NamedTuple):
    """One thing that cannot be."""

    path: Path
    expected: str
    found: str
    advice: str


def bad_pattern(path: Path, pattern: str | None) -> Iterator[Contradiction]:
    """Yield what is wrong with a regular expression."""
    try:
        re.compile(pattern or "")
    except (re.error, OverflowError, RecursionError) as error:
        yield Contradiction(path, "a regular expression", f"{str(pattern)[:60]!r}: {error}", "Escape or correct it.")


def unknown(path: Path, name: str, known: Collection[str]) -> Iterator[Contradiction]:
    """Yield that a name is not among the known ones, with the closest of them."""
    if name not in known:
        close = get_close_matches(name, known, n=1, cutoff=0.4)
        advice = f"Write {close[0]}." if close else "Known: " + (", ".join(known) or "none") + "."
        yield Contradiction(path, "a known name", repr(name[:60]), advice)
