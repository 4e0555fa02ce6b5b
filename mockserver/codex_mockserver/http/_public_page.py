"""Pages of the public API's lists."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from codex_mockserver.http._refusal import Refusal

__all__ = ["page"]

Json = dict[str, Any]


def page(entries: Sequence[Json], query: Json) -> Json:
    """Return one page of a list.

    Args:
        entries: All of it, the oldest first; each has an id of its own.
        query: ``after``, ``limit`` and ``order`` as the client wants them.

    Raises:
        Refusal: 400 when ``after`` names none of the entries.
    """
    ordered = list(entries) if query["order"] == "asc" else list(reversed(entries))
    rest = ordered if query["after"] is None else ordered[_position(ordered, query["after"]) + 1 :]
    shown = rest[: query["limit"]]
    return {
        "object": "list",
        "data": shown,
        "first_id": shown[0]["id"] if shown else None,
        "last_id": shown[-1]["id"] if shown else None,
        "has_more": len(rest) > len(shown),
    }


def _position(entries: Sequence[Json], entry_id: str) -> int:
    for index, entry in enumerate(entries):
        if entry["id"] == entry_id:
            return index
    raise Refusal(400, f"Nothing here has the id '{entry_id[:80]}'.", code="invalid_value", param="after")
