"""Texts of strangers in GitHub's Markdown, where they mean only themselves."""

from __future__ import annotations

import re

from codex_conformance._printable import printable

__all__ = ["code", "escaped"]

_FENCES = re.compile(r"`+")
_MARKS = re.compile(r"([\\`*_<>\[\]|~#&@])")


def code(text: str) -> str:
    """Return a code span; its fence is longer than any in the text."""
    longest = max(map(len, _FENCES.findall(text)), default=0)
    fence, space = "`" * (longest + 1), " " * bool(longest)
    return f"{fence}{space}{printable(text)}{space}{fence}"


def escaped(text: str) -> str:
    """Return prose whose marks mean themselves."""
    return _MARKS.sub(r"\\\1", printable(text))
