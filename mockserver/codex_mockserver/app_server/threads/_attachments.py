"""``thread/attachment/*``: what clients hang at threads, one thing for each type and key."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from codex_mockserver.app_server._call import Call, Handler, Json
from codex_mockserver.app_server._errors import INVALID_PARAMS, RpcError
from codex_mockserver.app_server._tasks import Steps
from codex_mockserver.app_server.threads._paging import page_size
from codex_mockserver.app_server.threads.ids import checked_id
from codex_mockserver.world import Thread, ThreadAttachment

if TYPE_CHECKING:
    from codex_mockserver.app_server._server import AppServer

__all__ = ["HANDLERS"]

#: Attachments of one thread.
_CAPACITY = 1000


def add(call: Call) -> Json:
    """Hang something at a thread; what hangs there already under that type and key stays."""
    kind, key = _names(call)
    record = _thread(call)
    if (attachment := _find(record, kind, key)) is not None:
        return {"outcome": "existing", "attachment": _form(attachment)}
    if len(record.attachments) >= _CAPACITY:
        raise RpcError(f"thread has too many attachments: {record.id}", INVALID_PARAMS)
    now = call.server.world.now()
    attachment = ThreadAttachment(call.server.world.ids.uuid7(now), kind, key, call.params["payload"], now)
    record.attachments.append(attachment)
    call.afterwards(_tell(call.server, record, attachment, "created"))
    return {"outcome": "created", "attachment": _form(attachment)}


def remove(call: Call) -> Json:
    """Take something away from a thread, if it is there."""
    kind, key = _names(call)
    record = _thread(call)
    if (attachment := _find(record, kind, key)) is not None:
        record.attachments.remove(attachment)
        call.afterwards(_tell(call.server, record, attachment, "deleted"))
    return {}


def list_attachments(call: Call) -> Json:
    """Return a page of what hangs at a thread, oldest first."""
    thread_id = checked_id(call.params["threadId"], code=INVALID_PARAMS)
    record = call.server.threads.known(thread_id)
    rest = [] if record is None else record.attachments
    if (cursor := call.get("cursor")) is not None:
        texts = [_cursor(thread_id, attachment) for attachment in rest]
        if cursor not in texts:
            raise RpcError("invalid pagination cursor", INVALID_PARAMS)
        rest = rest[texts.index(cursor) + 1 :]
    shown = rest[: page_size(call.get("limit"))]
    return {
        "data": [_form(attachment) for attachment in shown],
        "nextCursor": _cursor(thread_id, shown[-1]) if len(shown) < len(rest) else None,
    }


def list_owners(call: Call) -> Json:
    """Return a page of the threads at which something hangs under a type and key."""
    kind, key = _names(call)
    archived = call.get("archived")
    found = [
        record
        for record in call.server.threads.all()
        if _find(record, kind, key) is not None and archived in (None, record.is_archived)
    ]
    if (cursor := call.get("cursor")) is not None:
        texts = [_owner_cursor(call, record) for record in found]
        if cursor not in texts:
            raise RpcError("invalid pagination cursor", INVALID_PARAMS)
        found = found[texts.index(cursor) + 1 :]
    shown = found[: page_size(call.get("limit"))]
    return {
        "data": [{"threadId": record.id, "archived": record.is_archived} for record in shown],
        "nextCursor": _owner_cursor(call, shown[-1]) if len(shown) < len(found) else None,
    }


def _names(call: Call) -> tuple[str, str]:
    for name in ("attachmentType", "identityKey"):
        if not call.params[name]:
            raise RpcError(f"{name} must not be empty", INVALID_PARAMS)
    return call.params["attachmentType"], call.params["identityKey"]


def _thread(call: Call) -> Thread:
    thread_id = checked_id(call.params["threadId"], code=INVALID_PARAMS)
    record = call.server.threads.known(thread_id)
    if record is None or record.is_ephemeral or not record.is_kept:
        raise RpcError(f"thread not found: {thread_id}", INVALID_PARAMS)
    return record


def _find(record: Thread, kind: str, key: str) -> ThreadAttachment | None:
    return next((each for each in record.attachments if each.type == kind and each.key == key), None)


def _cursor(thread_id: str, attachment: ThreadAttachment) -> str:
    return f"{thread_id}|{int(attachment.created_at)}|{attachment.id}"


def _owner_cursor(call: Call, record: Thread) -> str:
    kind, key = _names(call)
    fields = {"attachment_type": kind, "identity_key": key, "archived": call.get("archived"), "thread_id": record.id}
    return msgspec.json.encode(fields).decode()


def _form(attachment: ThreadAttachment) -> Json:
    return {
        "id": attachment.id,
        "attachmentType": attachment.type,
        "identityKey": attachment.key,
        "payload": attachment.payload,
        "createdAt": int(attachment.created_at),
    }


def _tell(server: AppServer, record: Thread, attachment: ThreadAttachment, operation: str) -> Steps:
    told = {name: value for name, value in _form(attachment).items() if name in ("attachmentType", "identityKey")}
    told |= {"threadId": record.id, "attachmentId": attachment.id, "operation": operation}
    server.notify_all("thread/attachment/updated", told)
    yield from ()


HANDLERS: dict[str, Handler] = {
    "thread/attachment/add": add,
    "thread/attachment/remove": remove,
    "thread/attachment/list": list_attachments,
    "thread/attachmentOwner/list": list_owners,
}
