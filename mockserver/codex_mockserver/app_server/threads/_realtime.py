"""``thread/realtime/*``: conversations by voice, of which only the voices are real."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codex_mockserver.app_server._call import Call, Handler, Json
from codex_mockserver.app_server._errors import RpcError
from codex_mockserver.app_server._tasks import Steps

if TYPE_CHECKING:
    from codex_mockserver.app_server.threads.loaded import LoadedThread

__all__ = ["HANDLERS"]

_V1 = ["juniper", "maple", "spruce", "ember", "vale", "breeze", "arbor", "sol", "cove"]
_V2 = ["alloy", "ash", "ballad", "coral", "echo", "sage", "shimmer", "verse", "marin", "cedar"]
_V3 = [
    *_V1,
    *("aube", "bubbie", "haetsal", "hanul", "himari", "leher", "miko", "neer"),
    *("porto", "rindo", "rio", "rivage", "selva", "sonna", "tinta", "viola"),
]
_NO_ONE_THERE = "unexpected status 404 Not Found: realtime websocket handshake failed"


def list_voices(_call: Call) -> Json:
    """Return the voices; the release's shape leaves out those that it does not have."""
    return {"voices": {"defaultV1": "cove", "defaultV2": "marin", "v1": _V1, "v2": _V2, "v3": _V3}}


def start(call: Call) -> Json:
    """Begin a conversation, which nobody at the other end takes."""
    call.afterwards(_fail(_thread(call)))
    return {}


def stop(call: Call) -> Json:
    """End a conversation; there is never one."""
    call.afterwards(_close(_thread(call)))
    return {}


def append(call: Call) -> Json:
    """Say something in a conversation; there is never one."""
    call.afterwards(_complain(_thread(call)))
    return {}


def _thread(call: Call) -> LoadedThread:
    thread = call.server.threads.find(call.params["threadId"])
    if not call.server.traits.speaks_realtime:
        raise RpcError(f"thread {thread.id} does not support realtime conversation")
    return thread


def _fail(thread: LoadedThread) -> Steps:
    thread.notify("thread/realtime/error", {"message": _NO_ONE_THERE})
    yield from ()


def _close(thread: LoadedThread) -> Steps:
    thread.notify("thread/realtime/closed", {"reason": "requested"})
    yield from ()


def _complain(thread: LoadedThread) -> Steps:
    world = thread.server.world
    error = {"message": "conversation is not running", "codexErrorInfo": "badRequest"}
    thread.set_status({"type": "systemError"})
    thread.notify("error", {"turnId": world.ids.uuid7(world.now()), "error": error, "willRetry": False})
    yield from ()


HANDLERS: dict[str, Handler] = {
    "thread/realtime/listVoices": list_voices,
    "thread/realtime/start": start,
    "thread/realtime/stop": stop,
    "thread/realtime/appendText": append,
    "thread/realtime/appendAudio": append,
    "thread/realtime/appendSpeech": append,
}
