"""Release numbers, and ranges of them as the store writes them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

__all__ = ["is_version", "members", "ranges", "sort_key", "within"]

_VERSION = re.compile(r"(\d{1,12})\.(\d{1,12})\.(\d{1,12})")


def is_version(text: str) -> bool:
    """Tell whether a text is the number of a stable release, such as ``0.169.0``."""
    return _VERSION.fullmatch(text) is not None


def sort_key(version: str) -> tuple[int, ...]:
    """Return what sorts releases by number: ``0.99.0`` before ``0.100.0``."""
    return tuple(int(step) for step in version.split("."))


def within(version: str, since: str | None, until: str | None) -> bool:
    """Tell whether a release lies between two others, both included; None leaves that end open."""
    return (since is None or sort_key(since) <= sort_key(version)) and (
        until is None or sort_key(version) <= sort_key(until)
    )


def ranges(present: Iterable[str], order: Sequence[str]) -> str:
    """Write a set of releases as ranges: ``0.58.0..0.63.0, 0.65.0..``.

    A range without an end reaches the newest release, so that importing a release that
    changes nothing changes nothing here.
    """
    wanted = set(present)
    runs: list[list[str]] = []
    for before, version in zip(["", *order], order, strict=False):
        if version in wanted:
            if runs and runs[-1][-1] == before:
                runs[-1].append(version)
            else:
                runs.append([version])
    return ", ".join(_range(run, order[-1]) for run in runs)


def members(text: str, order: Sequence[str]) -> tuple[range, ...]:
    """Read ranges back, as ranges of positions in the order of the releases.

    Raises:
        ValueError: The text is not such ranges, or names a release that is not in the order.
    """
    return tuple(_positions(part, order) for part in text.split(", ")) if text else ()


def _positions(text: str, order: Sequence[str]) -> range:
    first, dots, last = text.partition("..")
    start = order.index(first)
    if not dots:
        return range(start, start + 1)
    return range(start, order.index(last) + 1 if last else len(order))


def _range(run: list[str], newest: str) -> str:
    if run[-1] == newest:
        return f"{run[0]}.."
    return run[0] if len(run) == 1 else f"{run[0]}..{run[-1]}"
