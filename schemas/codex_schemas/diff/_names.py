"""Which name that vanished came back as another."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from itertools import product

__all__ = ["pair_renamed", "same_letters"]

_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[^\W_]")
#: The share of words that two names must have in common to be taken for one that was changed.
_SHARED_WORDS = 0.5
#: With more pairs of names than this, whole vocabularies changed, and guessing would take long.
_MOST_PAIRS = 100_000


def same_letters(one: str, other: str) -> bool:
    """Return whether two names differ in capitals and separators only, such as ``on-failure`` and ``onFailure``."""
    return "".join(_words(one)) == "".join(_words(other)) != ""


def pair_renamed(
    removed: Collection[str],
    added: Collection[str],
    alike: Callable[[str, str], bool],
    distinctive: Callable[[str], bool] = lambda _: False,
) -> list[tuple[str, str]]:
    """Return the names that were changed, each with its new name.

    Args:
        removed: The names that vanished.
        added: The names that came.
        alike: Whether what the old and the new name stand for is the same.
        distinctive: Whether what a vanished name stands for is so special that the only new name
            that stands for the same must be its successor, however little the names have in common.
    """
    if len(removed) * len(added) > _MOST_PAIRS:
        return []
    # Words, not letters: ``inputTokens`` and ``outputTokens`` have most of these in common. A plural may come or go.
    words = {name: frozenset(word.rstrip("s") for word in _words(name)) for name in (*removed, *added)}
    scores = {(old, new): _similarity(words[old], words[new]) for old, new in product(removed, added)}
    special = {name for name in removed if distinctive(name)} if added else set()
    matching = [pair for pair, score in scores.items() if (score or pair[0] in special) and alike(*pair)]
    chosen: list[tuple[str, str]] = []
    for old, new in sorted(matching, key=lambda pair: (-scores[pair], sorted(pair))):
        rivals = sum(old in pair or new in pair for pair in matching) - 1
        taken = any(old in pair or new in pair for pair in chosen)
        if not taken and (scores[old, new] or not rivals):
            chosen.append((old, new))
    return sorted(chosen)


def _words(name: str) -> list[str]:
    return [word.lower() for word in _WORD.findall(name)]


def _similarity(one: frozenset[str], other: frozenset[str]) -> float:
    """Return the share of words that two names have in common: 0 for too few, at most 1."""
    common = len(one & other)
    share = common / (len(one) + len(other) - common) if common else 0.0
    return share if share >= _SHARED_WORDS else 0.0
