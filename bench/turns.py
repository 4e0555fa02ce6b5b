"""Measuring in turns: what disturbs the machine for a while disturbs all alike."""

from __future__ import annotations

import statistics
import sys
from collections.abc import Callable, Iterable

__all__ = ["medians", "say"]


def medians(what: str, kinds: Iterable[str], rounds: int, measure: Callable[[str], float]) -> dict[str, float]:
    """Let all kinds take turns, and return the median of what was measured of each."""
    measured: dict[str, list[float]] = {kind: [] for kind in kinds}
    for number in range(rounds):
        for kind, figures in measured.items():
            say(f"{what}: {kind}, round {number + 1} of {rounds}")
            figures.append(measure(kind))
    return {kind: statistics.median(figures) for kind, figures in measured.items()}


def say(text: str) -> None:
    """Show what is being done in the place of what was shown before, where somebody looks."""
    if sys.stderr.isatty():
        print(f"\r\x1b[K{text}", end="", file=sys.stderr, flush=True)
