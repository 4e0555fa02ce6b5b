"""The texts that say where the next page of a thread's turns or items begins."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from codex_mockserver.app_server._errors import RpcError
from codex_mockserver.app_server.threads._paging import Anchor
from codex_mockserver.app_server.threads.views import Spot, is_paginated
from codex_mockserver.world import Thread

__all__ = ["item_cursor", "read_cursor", "read_timeline_cursor", "timeline_cursor", "turn_cursor", "turn_positions"]

Json = dict[str, Any]

TURNS, ITEMS = "turns", "itemsByCreatedAtOrdinal"


def turn_positions(record: Thread, found: Sequence[Spot]) -> list[int]:
    """Return what turns are ordered by in cursors: their first lines, in a legacy history their numbers."""
    return [spot.first for spot in found] if is_paginated(record) else list(range(len(found)))


def turn_cursor(record: Thread, spot: Spot, *, included: bool) -> str:
    """Return the cursor of the page that begins at a turn, or after it."""
    if is_paginated(record):
        return _ordinal_cursor(record, Anchor(spot.first, included), TURNS)
    return _text({"turnId": spot.turn.id, "includeAnchor": included})


def item_cursor(record: Thread, place: int, *, included: bool) -> str:
    """Return the cursor of the page that begins at an item, or after it."""
    return _ordinal_cursor(record, Anchor(place, included), ITEMS)


def timeline_cursor(record: Thread, entry: Json) -> str:
    """Return the cursor of the page that ends before an entry."""
    identifier = entry["item"]["id"] if entry["type"] == "item" else entry["turnId"]
    kind = 1 if entry["type"] == "item" else 0
    return _text({"threadId": record.id, "position": entry["position"], "kind": kind, "id": identifier})


def read_cursor(record: Thread, text: str | None, found: Sequence[Spot], scope: str = TURNS) -> Anchor | None:
    """Return where a page begins; None for the first page.

    Raises:
        RpcError: The text is no cursor of this thread.
    """
    if text is None:
        return None
    match _fields(text):
        case {"requestedThreadId": record.id, "rolloutOrdinal": int(place), "includeAnchor": bool(included), **rest}:
            if rest.get("scope") == {"kind": scope} and is_paginated(record):
                return Anchor(place, included)
        case {"turnId": str(turn_id), "includeAnchor": bool(included)} if not is_paginated(record):
            for index, spot in enumerate(found):
                if spot.turn.id == turn_id:
                    return Anchor(index, included)
    raise RpcError(f"invalid cursor: {text}")


def read_timeline_cursor(record: Thread, text: str | None) -> Anchor | None:
    """Return where a page of the timeline ends; None for the newest page.

    Raises:
        RpcError: The text is no cursor of this thread.
    """
    if text is None:
        return None
    match _fields(text):
        case {"threadId": record.id, "position": int(place)}:
            return Anchor(place, is_included=False)
    raise RpcError(f"invalid cursor: {text}")


def _ordinal_cursor(record: Thread, anchor: Anchor, scope: str) -> str:
    return _text(
        {
            "requestedThreadId": record.id,
            "rolloutOrdinal": anchor.position,
            "includeAnchor": anchor.is_included,
            "scope": {"kind": scope},
        }
    )


def _text(fields: Json) -> str:
    return msgspec.json.encode(fields).decode()


def _fields(text: str) -> Any:
    try:
        return msgspec.json.decode(text)
    except msgspec.DecodeError:
        return None
