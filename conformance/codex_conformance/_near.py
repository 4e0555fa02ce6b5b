"""The name that was probably meant."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

__all__ = ["meant"]


def meant(name: str, known: Iterable[str], otherwise: str) -> str:
    """Return the advice for a name that is none: the known one that it looks like, or else what to do."""
    originals = {each.casefold(): each for each in known}
    close = get_close_matches(name.casefold(), originals, n=1)
    return f"Did you mean {originals[close[0]]}?" if close else otherwise
