"""What strangers said, on one line of a report."""

from __future__ import annotations

from codex_conformance._printable import printable
from codex_fixtures import mask

__all__ = ["shortened"]

#: Letters that are shown of the beginning and of the end, and letters or bytes that are looked at.
_HEAD, _TAIL = 150, 50
_MOST = 16_384


def shortened(said: str | bytes) -> str:
    """Return the beginning and the end of a text on one line, its secrets cut short."""
    text = said[:_MOST].decode(errors="replace") if isinstance(said, bytes) else said[:_MOST]
    words = printable(mask(text))
    return words if len(words) <= _HEAD + _TAIL else f"{words[:_HEAD]} … {words[-_TAIL:]}"
