"""Cutting lists into pages."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from codex_mockserver.app_server._errors import INVALID_REQUEST, RpcError

__all__ = ["Anchor", "Window", "page_from", "page_size", "window"]

_PAGE, _LARGEST_PAGE = 25, 100


@dataclass(frozen=True, slots=True)
class Anchor:
    """Where a page begins: at a position, or right after it."""

    position: int
    is_included: bool


@dataclass(frozen=True, slots=True)
class Window:
    """A page: the indexes of its rows in their order, and whether more would follow."""

    rows: range
    has_more: bool


def page_size(limit: int | None, default: int = _PAGE) -> int:
    """Return how many rows a page has at most."""
    return default if limit is None else min(max(limit, 1), _LARGEST_PAGE)


def window(positions: Sequence[int], anchor: Anchor | None, size: int, *, ascending: bool) -> Window:
    """Return a page of what stands at ascending positions.

    Args:
        positions: The position of each row.
        anchor: Where the page begins; None at the first row of that direction.
        size: The rows that it has at most.
        ascending: Whether it goes from the first to the last.
    """
    if ascending:
        find = bisect_right if anchor and not anchor.is_included else bisect_left
        begin = 0 if anchor is None else find(positions, anchor.position)
        return Window(range(begin, min(begin + size, len(positions))), begin + size < len(positions))
    find = bisect_left if anchor and not anchor.is_included else bisect_right
    end = len(positions) if anchor is None else find(positions, anchor.position)
    return Window(range(end - 1, max(end - size, 0) - 1, -1), end - size > 0)


def page_from(cursor: str | None, size: int, total: int, refusal: str, code: int = INVALID_REQUEST) -> Window:
    """Return a page whose cursor is the number of rows before it.

    Raises:
        RpcError: The cursor is no number; the message is ``refusal``.
    """
    if cursor is not None and not (cursor.isascii() and cursor.isdigit()):
        raise RpcError(refusal, code)
    begin = int(cursor or 0)
    return Window(range(begin, min(begin + size, total)), begin + size < total)
