"""Reading turns and items of a thread page by page."""

from __future__ import annotations

from typing import Any

from codex_mockserver.app_server._call import Call, Handler
from codex_mockserver.app_server._errors import INVALID_PARAMS, UNSUPPORTED, RpcError
from codex_mockserver.app_server.threads._paging import Anchor, page_size, window
from codex_mockserver.app_server.threads._turn_cursors import (
    ITEMS,
    item_cursor,
    read_cursor,
    read_timeline_cursor,
    timeline_cursor,
    turn_cursor,
    turn_positions,
)
from codex_mockserver.app_server.threads.ids import checked_id
from codex_mockserver.app_server.threads.views import Spot, is_paginated, spots, viewed
from codex_mockserver.world import Thread

__all__ = ["HANDLERS", "check_has_turns", "newest_cursors", "turns_page"]

Json = dict[str, Any]

_MOST_IDS = 100


def list_turns(call: Call) -> Json:
    """Return a page of turns, the newest first unless asked otherwise."""
    thread_id = checked_id(call.params["threadId"])
    record = call.server.threads.known(thread_id)
    if record is None:
        raise RpcError(f"thread not loaded: {thread_id}")
    check_has_turns(record, "ephemeral threads do not support thread/turns/list", "thread/turns/list")
    return turns_page(record, _spots(call, record), call.params)


def turns_page(record: Thread, found: list[Spot], params: Json) -> Json:
    """Return a page of turns with its cursors.

    Args:
        record: The thread.
        found: Its turns.
        params: ``cursor``, ``limit``, ``sortDirection`` and ``itemsView``, each optional.
    """
    anchor = read_cursor(record, params.get("cursor"), found)
    size, ascending = page_size(params.get("limit")), params.get("sortDirection") == "asc"
    seen = window(turn_positions(record, found), anchor, size, ascending=ascending)
    shown = [found[index] for index in seen.rows]
    return {
        "data": [viewed(spot.turn, spot.items, params.get("itemsView") or "summary") for spot in shown],
        "nextCursor": turn_cursor(record, shown[-1], included=False) if seen.has_more else None,
        "backwardsCursor": turn_cursor(record, shown[0], included=True) if shown else None,
    }


def newest_cursors(record: Thread, found: list[Spot]) -> Json:
    """Return the cursors that lead backwards from the newest turn and the newest item."""
    places = [place for spot in found for place in spot.places]
    return {
        "turnsBackwardsCursor": turn_cursor(record, found[-1], included=True) if found else None,
        "itemsBackwardsCursor": item_cursor(record, places[-1], included=True) if places else None,
    }


def list_items(call: Call) -> Json:
    """Return a page of items, the oldest first unless asked otherwise."""
    record = _paged_thread(call)
    found = _spots(call, record)
    wanted = call.get("turnId")
    entries = [
        (place, _entry(spot, item))
        for spot in found
        if wanted is None or spot.turn.id == wanted
        for place, item in zip(spot.places, spot.items, strict=True)
    ]
    anchor = _item_anchor(record, call.get("cursor"), wanted, found, entries)
    ascending = call.get("sortDirection") != "desc"
    seen = window([place for place, _ in entries], anchor, page_size(call.get("limit")), ascending=ascending)
    shown = [entries[index] for index in seen.rows]
    return {
        "data": [entry for _, entry in shown],
        "nextCursor": item_cursor(record, shown[-1][0], included=False) if seen.has_more else None,
        "backwardsCursor": item_cursor(record, shown[0][0], included=True) if shown else None,
    }


def read_items(call: Call) -> Json:
    """Return the items of a turn that have these ids; those that do not exist are left out."""
    record = _paged_thread(call)
    wanted = call.params["itemIds"]
    if not 1 <= len(wanted) <= _MOST_IDS:
        raise RpcError(f"itemIds must contain 1 to {_MOST_IDS} IDs")
    found = {
        item["id"]: _entry(spot, item)
        for spot in _spots(call, record)
        if spot.turn.id == call.params["turnId"]
        for item in spot.items
    }
    return {"data": [found[identifier] for identifier in wanted if identifier in found]}


def list_timeline(call: Call) -> Json:
    """Return a page of the beginnings, items and ends of turns; the first page has the newest."""
    record = _paged_thread(call)
    entries = [entry for spot in _spots(call, record) for entry in _timeline(spot)]
    anchor = read_timeline_cursor(record, call.get("cursor"))
    positions = [entry["position"] for entry in entries]
    seen = window(positions, anchor, page_size(call.get("limit")), ascending=False)
    shown = [entries[index] for index in reversed(seen.rows)]
    return {"data": shown, "nextCursor": timeline_cursor(record, shown[0]) if seen.has_more else None}


def unsupported(call: Call) -> Json:
    """Refuse what no release ever did."""
    raise RpcError(f"{call.method} is not supported yet", UNSUPPORTED)


def check_has_turns(record: Thread, ephemeral: str, reading: str) -> None:
    """Refuse to read turns of a thread that keeps none.

    Args:
        record: The thread.
        ephemeral: What is said of an ephemeral one.
        reading: What is said to be unavailable in a legacy history without a turn.

    Raises:
        RpcError: It keeps none.
    """
    if record.is_ephemeral:
        raise RpcError(ephemeral)
    if record.is_half_kept and not record.is_kept:
        raise RpcError("list_turns is not supported yet", UNSUPPORTED)
    if not record.is_kept:
        raise RpcError(
            f"thread {record.id} is not materialized yet; {reading} is unavailable before first user message"
        )


def _paged_thread(call: Call) -> Thread:
    """Return a thread whose items can be paged."""
    record = call.server.threads.known(checked_id(call.params["threadId"]))
    if record is None or record.is_ephemeral or not record.is_kept or not is_paginated(record):
        raise RpcError(f"{call.method} is not supported yet", UNSUPPORTED)
    return record


def _spots(call: Call, record: Thread) -> list[Spot]:
    return spots(record, call.server.threads.turns_of(record))


def _item_anchor(
    record: Thread, cursor: Any, turn_id: str | None, found: list[Spot], entries: list[tuple[int, Json]]
) -> Anchor | None:
    """Return where a page begins; a cursor may also name an item of a turn, which is left out then."""
    if not isinstance(cursor, dict):
        return read_cursor(record, cursor, found, ITEMS)
    if turn_id is None:
        raise RpcError("turnId is required when cursor is an item anchor", INVALID_PARAMS)
    for place, entry in entries:
        if entry["item"]["id"] == cursor["itemId"]:
            return Anchor(place, is_included=False)
    raise RpcError("cursor.itemId does not identify an item in the requested history scope", INVALID_PARAMS)


def _entry(spot: Spot, item: Json) -> Json:
    times = {name: item.get(name) for name in ("startedAtMs", "completedAtMs")}
    return {"turnId": spot.turn.id, "item": item, **times}


def _timeline(spot: Spot) -> list[Json]:
    form = viewed(spot.turn, [], "notLoaded")
    turn_id = spot.turn.id
    entries: list[Json] = [
        {"type": "turnStarted", "position": spot.first, "turnId": turn_id, "startedAt": form["startedAt"]},
        *(
            {"type": "item", "position": place, "turnId": turn_id, "item": item}
            for place, item in zip(spot.places, spot.items, strict=True)
        ),
    ]
    if spot.turn.status != "inProgress":
        ended = {name: form[name] for name in ("status", "error", "startedAt", "completedAt", "durationMs")}
        entries.append({"type": "turnCompleted", "position": spot.last, "turnId": turn_id, **ended})
    return entries


HANDLERS: dict[str, Handler] = {
    "thread/turns/list": list_turns,
    "thread/turns/items/list": unsupported,
    "thread/items/list": list_items,
    "thread/items/read": read_items,
    "thread/timeline/list": list_timeline,
}
