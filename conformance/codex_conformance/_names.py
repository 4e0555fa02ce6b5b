"""Names that a user writes: those that are known, and the one that was probably meant by another."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

from codex_schemas import Problem

__all__ = ["capabilities_of", "meant"]


def meant(name: str, known: Iterable[str], otherwise: str) -> str:
    """Return the advice for a name that is none: the known one that it looks like, or else what to do."""
    originals = {each.casefold(): each for each in known}
    close = get_close_matches(name.casefold(), originals, n=1)
    return f"Did you mean {originals[close[0]]}?" if close else otherwise


def capabilities_of(whom: str, names: Iterable[str], known: Iterable[str]) -> frozenset[str]:
    """Return the names of capabilities that a target or a client has, or has not.

    Raises:
        Problem: One of them is not known.
    """
    chosen, allowed = frozenset(names), tuple(known)
    if unknown := sorted(chosen.difference(allowed)):
        raise Problem(
            f"reading the capabilities of {whom}",
            expected=f"some of {', '.join(allowed)}",
            found=", ".join(unknown),
            advice=meant(unknown[0], allowed, "Correct the name."),
        )
    return chosen
