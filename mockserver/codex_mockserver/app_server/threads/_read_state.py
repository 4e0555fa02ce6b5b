"""How far a thread was read by its people."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codex_mockserver.app_server._call import Call, Handler, Json
from codex_mockserver.app_server._errors import INVALID_PARAMS, RpcError
from codex_mockserver.app_server.threads.forms import read_state_form
from codex_mockserver.app_server.threads.ids import checked_id
from codex_mockserver.world import Thread, ThreadTurn

if TYPE_CHECKING:
    from codex_mockserver.app_server._server import AppServer
    from codex_mockserver.app_server.threads.loaded import LoadedThread

__all__ = ["HANDLERS", "forget_unread", "mark_unread"]

_UNREAD_FROM: dict[str, Json | None] = {"read": None, "unread": {"type": "threadStart"}}


def update(call: Call) -> Json:
    """Mark a thread as read or unread, unless somebody else did so meanwhile."""
    thread_id = checked_id(call.params["threadId"], code=INVALID_PARAMS)
    record = call.server.threads.known(thread_id)
    if record is None:
        raise RpcError(f"thread not loaded: {thread_id}")
    state = read_state_form(record)
    if state is None:
        raise RpcError("thread read state unavailable")
    if state["revision"] != call.params["expectedRevision"]:
        raise RpcError("read state changed", data={"reason": "readStateConflict", "readState": state})
    _change(call.server, record, _UNREAD_FROM[call.params["operation"]["type"]])
    return {"readState": read_state_form(record)}


def mark_unread(thread: LoadedThread, turn: ThreadTurn) -> None:
    """Note that a turn has ended that nobody has read yet."""
    if thread.server.traits.tells_read_state and read_state_form(thread.record) is not None:
        _change(thread.server, thread.record, thread.record.first_unread or {"type": "turn", "turnId": turn.id})


def forget_unread(thread: LoadedThread) -> None:
    """Note that turns are gone, perhaps the one from which on nothing was read."""
    unread = thread.record.first_unread
    if unread is not None and "turnId" in unread and unread["turnId"] not in {turn.id for turn in thread.turns}:
        _change(thread.server, thread.record, None)


def _change(server: AppServer, record: Thread, unread: Json | None) -> None:
    record.first_unread, record.read_revision = unread, server.world.ids.uuid()
    if (thread := server.threads.loaded.get(record.id)) is not None:
        thread.notify("thread/readState/changed", {"readState": read_state_form(record)})


HANDLERS: dict[str, Handler] = {"thread/readState/update": update}
