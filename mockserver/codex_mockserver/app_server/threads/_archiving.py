"""Putting threads away, getting them back, and deleting them, each with its descendants."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codex_mockserver.app_server._call import Call, Handler, Json
from codex_mockserver.app_server._errors import RpcError
from codex_mockserver.app_server._tasks import Steps
from codex_mockserver.app_server.threads.forms import brief_form
from codex_mockserver.app_server.threads.ids import checked_id
from codex_mockserver.app_server.turns.active import abort
from codex_mockserver.world import Thread

if TYPE_CHECKING:
    from codex_mockserver.app_server._server import AppServer

__all__ = ["HANDLERS"]


def archive(call: Call) -> Json:
    """Put a thread and its descendants away; what they do ends."""
    server = call.server
    thread_id = checked_id(call.params["threadId"], "invalid session id: ")
    record = server.threads.known(thread_id)
    if record is None or record.is_ephemeral or record.is_archived or not _is_on_file(server, record):
        raise RpcError(f"no rollout found for thread id {thread_id}")
    family = [record, *server.threads.children(thread_id)]
    for each in family:
        each.is_archived = True
        _end(server, each)
    call.afterwards(_tell(server, "thread/archived", family))
    return {}


def unarchive(call: Call) -> Json:
    """Get a thread back, and in newer releases its descendants."""
    server = call.server
    thread_id = checked_id(call.params["threadId"], "invalid session id: ")
    record = server.threads.known(thread_id)
    if record is None or not record.is_archived:
        if server.traits.looks_for_rollouts and thread_id in server.threads.loaded and not _is_ephemeral(record):
            raise RpcError(f"thread {thread_id} already has an active writer")
        raise RpcError(f"no archived rollout found for thread id {thread_id}")
    family = [record, *(server.threads.children(thread_id) if server.traits.unarchives_descendants else ())]
    for each in family:
        server.threads.known(each.id)
        each.is_archived = False
    call.afterwards(_tell(server, "thread/unarchived", family))
    return {"thread": brief_form(server, record)}


def delete(call: Call) -> Json:
    """Delete a thread and its descendants for good."""
    server = call.server
    thread_id = checked_id(call.params["threadId"])
    record = server.threads.known(thread_id)
    if record is None:
        raise RpcError(f"no rollout found for thread id {thread_id}")
    if record.is_ephemeral:
        raise RpcError(f"thread is not persisted and cannot be deleted: {thread_id}")
    family = [record, *server.threads.children(thread_id)]
    for each in family:
        _end(server, each)
    if server.traits.keeps_forked_threads and any(each.forked_from_id == thread_id for each in server.threads.all()):
        raise RpcError(f"cannot delete thread {thread_id}: forked history still references it")
    for each in family:
        server.threads.remove(each.id)
    call.afterwards(_tell(server, "thread/deleted", family))
    return {}


def _is_on_file(server: AppServer, record: Thread) -> bool:
    return record.is_kept or server.traits.archives_empty_threads


def _is_ephemeral(record: Thread | None) -> bool:
    return record is not None and record.is_ephemeral


def _end(server: AppServer, record: Thread) -> None:
    """End what a thread does, and take it out of memory."""
    server.threads.known(record.id)
    if (thread := server.threads.loaded.get(record.id)) is not None:
        if thread.turn is not None:
            abort(thread.turn)
        server.threads.unload(thread)


def _tell(server: AppServer, method: str, family: list[Thread]) -> Steps:
    for record in family:
        server.notify_all(method, {"threadId": record.id})
    yield from ()


HANDLERS: dict[str, Handler] = {
    "thread/archive": archive,
    "thread/unarchive": unarchive,
    "thread/delete": delete,
}
