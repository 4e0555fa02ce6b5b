"""Taking turns back: ``thread/revert``, and ``thread/rollback`` of older releases."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codex_mockserver.app_server._call import Call, Handler, Json
from codex_mockserver.app_server._errors import RpcError
from codex_mockserver.app_server._tasks import Steps
from codex_mockserver.app_server.threads._read_state import forget_unread
from codex_mockserver.app_server.threads._turn_pages import newest_cursors
from codex_mockserver.app_server.threads.forms import thread_form
from codex_mockserver.app_server.threads.loaded import NOT_LOADED
from codex_mockserver.app_server.threads.views import full_turns, is_paginated, spots
from codex_mockserver.app_server.turns.active import abort
from codex_mockserver.app_server.turns.usage import tell_standing

if TYPE_CHECKING:
    from codex_mockserver.app_server.threads.loaded import LoadedThread

__all__ = ["HANDLERS"]


def revert(call: Call) -> Json:
    """Drop a turn and all that came after it."""
    server = call.server
    thread = server.threads.find(call.params["threadId"])
    record = thread.record
    if not is_paginated(record):
        raise RpcError("thread/revert only supports paginated threads")
    if record.is_ephemeral:
        raise RpcError("ephemeral threads do not support thread/revert")
    if thread.turn is not None:
        abort(thread.turn)
    wanted = call.params["beforeTurnId"]
    kept = next((index for index, turn in enumerate(thread.turns) if turn.id == wanted), None)
    status = thread.status
    thread.set_status(NOT_LOADED)
    if kept is not None:
        server.threads.drop_turns(thread, len(thread.turns) - kept)
        forget_unread(thread)
    thread.set_status(status)
    if kept is None:
        raise RpcError(f"turn not found: {wanted}")
    record.revision = server.world.ids.uuid7(server.world.now())
    call.afterwards(_tell_reverted(thread))
    return {"thread": thread_form(server, record), **newest_cursors(record, spots(record, thread.turns))}


def rollback(call: Call) -> Json:
    """Drop the last turns."""
    if call.server.traits.discourages_rollback:
        notice = {"summary": "thread/rollback is deprecated and will be removed soon", "details": None}
        call.server.wire.notify([call.connection], "deprecationNotice", notice)
    count = call.params["numTurns"]
    if count < 1:
        raise RpcError("numTurns must be >= 1")
    thread = call.server.threads.find(call.params["threadId"])
    if thread.turn is not None:
        raise _failed(thread, "Cannot rollback while a turn is in progress.")
    if thread.record.is_ephemeral:
        raise _failed(thread, "thread rollback requires persisted thread history")
    call.server.threads.drop_turns(thread, min(count, len(thread.turns)))
    tell_standing(thread, call.server.world.ids.uuid7(call.server.world.now()))
    form = thread_form(call.server, thread.record, full_turns(thread.record, thread.turns))
    return {"thread": {**form, "canAcceptDirectInput": None}}


def _failed(thread: LoadedThread, message: str) -> RpcError:
    thread.set_status({"type": "systemError"})
    return RpcError(message)


def _tell_reverted(thread: LoadedThread) -> Steps:
    thread.notify_all("thread/reverted", {})
    yield from ()


HANDLERS: dict[str, Handler] = {"thread/revert": revert, "thread/rollback": rollback}
