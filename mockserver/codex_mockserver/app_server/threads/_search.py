"""Searching in what was said: over all threads, or in one."""

from __future__ import annotations

from collections.abc import Iterator

from codex_mockserver.app_server._call import Call, Handler, Json
from codex_mockserver.app_server._errors import UNSUPPORTED, RpcError
from codex_mockserver.app_server.threads._listing import page_of, sources_wanted
from codex_mockserver.app_server.threads._paging import page_from, page_size
from codex_mockserver.app_server.threads._texts import item_text
from codex_mockserver.app_server.threads._turn_cursors import turn_cursor
from codex_mockserver.app_server.threads.forms import row_form
from codex_mockserver.app_server.threads.ids import checked_id
from codex_mockserver.app_server.threads.views import is_paginated, spots
from codex_mockserver.world import Thread

__all__ = ["HANDLERS"]

#: How many characters of a longer text are shown on each side of what was found.
_AROUND = 60


def search(call: Call) -> Json:
    """Return a page of the threads in which something was said, with the place."""
    term = _term(call)
    is_wanted = sources_wanted(call)
    attached = call.get("includeAttachedThreads", False)
    archived = call.get("archived", False)
    found = {
        record.id: snippet
        for record in call.server.threads.all()
        if record.is_archived == archived
        and is_wanted(record)
        and (attached or record.attached_to_id is None)
        and (snippet := _first_snippet(call, record, term))
    }
    page = page_of(call, [record for record in call.server.threads.all() if record.id in found])
    return {
        "data": [{"thread": row_form(call.server, record), "snippet": found[record.id]} for record in page.rows],
        "nextCursor": page.next_cursor,
        "backwardsCursor": page.back_cursor,
    }


def search_occurrences(call: Call) -> Json:
    """Return a page of the messages of a thread in which something was said, the oldest first."""
    thread_id, term = checked_id(call.params["threadId"]), _term(call)
    record = call.server.threads.known(thread_id)
    if record is None or record.is_ephemeral or not is_paginated(record):
        raise RpcError(f"{call.method} is not supported yet", UNSUPPORTED)
    found = list(_occurrences(call, record, term))
    cursor = call.get("cursor")
    seen = page_from(cursor, page_size(call.get("limit")), len(found), f"invalid cursor: {cursor}")
    return {
        "data": [found[index] for index in seen.rows],
        "nextCursor": str(seen.rows.stop) if seen.has_more else None,
    }


def _term(call: Call) -> str:
    term: str = call.params["searchTerm"]
    if not term.strip():
        raise RpcError(f"{call.method} requires a non-empty searchTerm")
    return term


def _first_snippet(call: Call, record: Thread, term: str) -> str:
    for turn in call.server.threads.turns_of(record):
        for item in turn.items:
            text = item_text(item)
            if (place := text.casefold().find(term.casefold())) >= 0:
                return _snippet(text, place, len(term))[0]
    return ""


def _occurrences(call: Call, record: Thread, term: str) -> Iterator[Json]:
    for spot in spots(record, call.server.threads.turns_of(record)):
        for item in spot.items:
            text = item_text(item)
            if (place := text.casefold().find(term.casefold())) >= 0:
                snippet, start = _snippet(text, place, len(term))
                yield {
                    "itemId": item["id"],
                    "turnId": spot.turn.id,
                    "turnCursor": turn_cursor(record, spot, included=True),
                    "snippet": snippet,
                    "snippetMatchRange": {"start": start, "end": start + len(term)},
                }


def _snippet(text: str, place: int, length: int) -> tuple[str, int]:
    """Return what stands around a place, and where the place is in it."""
    begin, end = max(0, place - _AROUND), min(len(text), place + length + _AROUND)
    before, after = "... " if begin else "", " ..." if end < len(text) else ""
    return f"{before}{text[begin:end]}{after}", len(before) + place - begin


HANDLERS: dict[str, Handler] = {"thread/search": search, "thread/searchOccurrences": search_occurrences}
