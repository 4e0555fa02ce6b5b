"""``thread/queue/*``: input that waits until a thread is idle."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codex_mockserver.app_server._call import Call, Handler, Json
from codex_mockserver.app_server._errors import INTERNAL, RpcError
from codex_mockserver.app_server._tasks import Steps
from codex_mockserver.app_server.threads._continuation import go_on, take_queued
from codex_mockserver.app_server.threads._paging import page_from, page_size
from codex_mockserver.app_server.threads._reading import archived_text
from codex_mockserver.app_server.threads.forms import turn_form
from codex_mockserver.app_server.threads.ids import checked_id
from codex_mockserver.world import QueuedInput, Thread

if TYPE_CHECKING:
    from codex_mockserver.app_server._server import AppServer

__all__ = ["HANDLERS"]

#: Inputs that wait at once for one thread.
_CAPACITY = 1000
_NO_NUMBER = "invalid queue pagination cursor: invalid digit found in string"


def add(call: Call) -> Json:
    """Put input at the end of the queue; an idle thread takes it at once."""
    record = _thread_with_queue(call)
    given = call.params["input"]
    if not given:
        raise RpcError("only user input can be added to the user-message queue")
    if len(record.queue) >= _CAPACITY:
        raise RpcError(f"thread queue is full: {record.id}")
    identifier = call.server.world.ids.uuid7(call.server.world.now())
    metadata = call.get("responsesapiClientMetadata")
    queued = QueuedInput(identifier, call.params["clientUserMessageId"], given, metadata)
    record.queue.append(queued)
    call.afterwards(_queue_has_changed(call.server, record))
    return {"queuedSubmission": _form(queued)}


def list_queued(call: Call) -> Json:
    """Return a page of what waits, in its order."""
    queue = _thread_with_queue(call).queue
    seen = page_from(call.get("cursor"), page_size(call.get("limit")), len(queue), _NO_NUMBER)
    return {
        "data": [_form(queue[index]) for index in seen.rows],
        "nextCursor": str(seen.rows.stop) if seen.has_more else None,
    }


def update(call: Call) -> Json:
    """Change the input of what waits."""
    record = _thread_with_queue(call)
    queued = _queued(record, call.params["queuedSubmissionId"])
    queued.input = call.params["input"]
    queued.metadata = call.get("responsesapiClientMetadata", queued.metadata)
    call.afterwards(_queue_has_changed(call.server, record))
    return {"queuedSubmission": _form(queued)}


def reorder(call: Call) -> Json:
    """Put what waits in another order."""
    record = _thread_with_queue(call)
    wanted = call.params["queuedSubmissionIds"]
    if sorted(wanted) != sorted(queued.id for queued in record.queue):
        raise RpcError("queue reorder must include every queued submission exactly once")
    record.queue.sort(key=lambda queued: wanted.index(queued.id))
    call.afterwards(_queue_has_changed(call.server, record))
    return {}


def delete(call: Call) -> Json:
    """Take something out of the queue."""
    record = _thread_with_queue(call)
    rest = [queued for queued in record.queue if queued.id != call.params["queuedSubmissionId"]]
    if len(rest) == len(record.queue):
        return {"deleted": False}
    record.queue = rest
    call.afterwards(_queue_has_changed(call.server, record))
    return {"deleted": True}


def start(call: Call) -> Json:
    """Begin a turn with what waits first, or with something named."""
    record = _thread_with_queue(call)
    wanted = call.get("queuedSubmissionId")
    thread = call.server.threads.find(record.id)
    if thread.turn is not None:
        raise RpcError("thread already has an active or pending turn")
    if wanted is None and not record.queue:
        raise RpcError("queue is empty")
    queued = record.queue[0] if wanted is None else _queued(record, wanted)
    return {"turn": turn_form(take_queued(thread, queued).record)}


def _thread_with_queue(call: Call) -> Thread:
    thread_id = checked_id(call.params["threadId"])
    record = call.server.threads.known(thread_id)
    if record is None:
        raise RpcError(
            f"failed to read thread: invalid thread-store request: no rollout found for thread id {thread_id}", INTERNAL
        )
    if record.is_archived:
        raise RpcError(archived_text(record.id))
    if record.is_ephemeral:
        raise RpcError(f"ephemeral thread does not support queued submissions: {thread_id}")
    return record


def _queued(record: Thread, identifier: str) -> QueuedInput:
    for queued in record.queue:
        if queued.id == identifier:
            return queued
    raise RpcError(f"queued submission not found: {identifier}")


def _queue_has_changed(server: AppServer, record: Thread) -> Steps:
    server.notify_all("thread/queue/changed", {"threadId": record.id})
    if (thread := server.threads.loaded.get(record.id)) is not None:
        go_on(thread)
    yield from ()


def _form(queued: QueuedInput) -> Json:
    return {
        "id": queued.id,
        "clientUserMessageId": queued.client_id,
        "input": queued.input,
        "responsesapiClientMetadata": queued.metadata,
    }


HANDLERS: dict[str, Handler] = {
    "thread/queue/add": add,
    "thread/queue/list": list_queued,
    "thread/queue/update": update,
    "thread/queue/reorder": reorder,
    "thread/queue/delete": delete,
    "thread/queue/start": start,
}
