"""Lists that are read in pages, with the offset of the next page as the cursor."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from codex_mockserver.app_server._call import Call, Json
from codex_mockserver.app_server._errors import RpcError

__all__ = ["page"]


def page(call: Call, rows: Sequence[Any], noun: str) -> Json:
    """Return the page that ``cursor`` and ``limit`` ask for; without a limit, all that is left.

    Args:
        call: The request.
        rows: Everything there is.
        noun: What the rows are called when a cursor lies behind them, such as ``models``.

    Raises:
        RpcError: The cursor is no offset, or lies behind the end.
    """
    cursor = call.get("cursor", "0")
    if not (cursor.isascii() and cursor.isdigit()):
        raise RpcError(f"invalid cursor: {cursor}")
    start = int(cursor)
    if start > len(rows):
        raise RpcError(f"cursor {start} exceeds total {noun} {len(rows)}")
    end = start + max(call.get("limit", len(rows)), 1)
    return {"data": list(rows[start:end]), "nextCursor": str(end) if end < len(rows) else None}
