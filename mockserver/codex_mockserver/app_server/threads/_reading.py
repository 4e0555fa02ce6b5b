"""``thread/read`` and ``thread/loaded/list``."""

from __future__ import annotations

from codex_mockserver.app_server._call import Call, Handler, Json
from codex_mockserver.app_server._errors import RpcError
from codex_mockserver.app_server.threads._paging import window
from codex_mockserver.app_server.threads._turn_pages import check_has_turns
from codex_mockserver.app_server.threads.forms import read_state_form, thread_form
from codex_mockserver.app_server.threads.ids import checked_id
from codex_mockserver.app_server.threads.views import full_turns, is_paginated
from codex_mockserver.world import Thread

__all__ = ["HANDLERS", "archived_text", "discourage", "find_kept"]

_PAGES = "then page with `thread/turns/list` and `thread/items/list`."
_WAYS = {
    "thread/read": f"omit `includeTurns` or set it to `false`, {_PAGES}",
    "thread/resume": f"use `excludeTurns: true`, {_PAGES}",
    "thread/fork": f"use `excludeTurns: true`, {_PAGES}",
}


def read(call: Call) -> Json:
    """Return a thread, with its turns when they are asked for."""
    threads = call.server.threads
    thread_id = checked_id(call.params["threadId"])
    record = threads.known(thread_id)
    if record is None:
        raise RpcError(f"thread not loaded: {thread_id}")
    turns: list[Json] = []
    if call.get("includeTurns"):
        # Looking for turns makes the real one write the file of a paginated thread.
        record.is_half_kept = record.is_half_kept or is_paginated(record)
        check_has_turns(record, "ephemeral threads do not support includeTurns", "includeTurns")
        discourage(call, record)
        turns = full_turns(record, threads.turns_of(record))
    form = thread_form(call.server, record, turns)
    return {"thread": form, "readState": read_state_form(record)}


def list_loaded(call: Call) -> Json:
    """Return the ids of the threads in memory, in order."""
    cursor, loaded = call.get("cursor", ""), call.server.threads.loaded
    if cursor and loaded:
        _check_cursor(cursor)
    ids = sorted(each for each in loaded if each > cursor)
    limit = call.get("limit")
    seen = window(range(len(ids)), None, len(ids) if limit is None else max(limit, 1), ascending=True)
    shown = [ids[index] for index in seen.rows]
    return {"data": shown, "nextCursor": shown[-1] if seen.has_more else None}


def _check_cursor(cursor: str) -> None:
    try:
        checked_id(cursor)
    except RpcError:
        raise RpcError(f"invalid cursor: {cursor}") from None


def discourage(call: Call, record: Thread) -> None:
    """Tell a client that it should rather read the turns of a thread page by page."""
    if is_paginated(record):
        summary = f"Full-history hydration is deprecated for paginated threads; {_WAYS[call.method]}"
        call.server.wire.notify([call.connection], "deprecationNotice", {"summary": summary, "details": None})


def find_kept(call: Call) -> Thread:
    """Return the thread that is to be resumed or forked, by its path or its id.

    Raises:
        RpcError: There is none, or it is archived.
    """
    threads = call.server.threads
    if path := call.get("path"):
        record = threads.known(path[-len("00000000-0000-0000-0000-000000000000.jsonl") :].removesuffix(".jsonl"))
        if record is None:
            raise RpcError(f"failed to resolve rollout path `{path}`: file does not exist")
    else:
        thread_id = checked_id(call.params["threadId"], "invalid session id: ")
        record = threads.known(thread_id)
        if record is None or record.is_ephemeral or not (record.is_kept or record.is_half_kept):
            raise RpcError(f"no rollout found for thread id {thread_id}")
    if record.is_archived:
        raise RpcError(archived_text(record.id))
    return record


def archived_text(thread_id: str) -> str:
    """Return what is said of a thread that must be unarchived first."""
    return f"session {thread_id} is archived. Run `codex unarchive {thread_id}` to unarchive it first."


HANDLERS: dict[str, Handler] = {"thread/read": read, "thread/loaded/list": list_loaded}
