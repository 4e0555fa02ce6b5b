"""``feedback/*``: reports of users; nothing leaves the machine."""

from __future__ import annotations

import io
import posixpath
import zipfile
from typing import TYPE_CHECKING

import msgspec

from codex_mockserver.app_server._call import Call, Handler, Json
from codex_mockserver.app_server._errors import INTERNAL, RpcError
from codex_mockserver.app_server.configuration import layers, merged
from codex_mockserver.app_server.files import system_error
from codex_mockserver.app_server.threads.ids import checked_id

if TYPE_CHECKING:
    from codex_mockserver.app_server._server import AppServer

__all__ = ["HANDLERS"]


def upload(call: Call) -> Json:
    """Take a report, and forget it."""
    return {"threadId": _thread(call), "promptHash": None}


def save(call: Call) -> Json:
    """Write a report into the files that clients see."""
    path, files = call.params["savePath"], call.server.files
    if not path.startswith("/"):
        raise RpcError("feedback savePath must be an absolute host path")
    thread_id = _thread(call)
    try:
        if files.exists(path):
            raise RpcError("failed to save feedback: feedback save path already exists", INTERNAL)
        files.write(path, _report(call, thread_id))
    except OSError as error:
        place = posixpath.join(posixpath.dirname(path), ".tmp")
        reason = f'{system_error(error).message} at path "{place}"'
        raise RpcError(f"failed to save feedback: {reason}", INTERNAL) from None
    return {"savedPath": path, "threadId": thread_id, "promptHash": None}


def _thread(call: Call) -> str:
    """Return the thread that a report is about, or what stands in its place."""
    _check_allowed(call.server)
    thread_id = call.get("threadId")
    if thread_id is not None:
        return checked_id(thread_id)
    return f"no-active-thread-{call.server.world.ids.uuid7(call.server.world.now())}"


def _check_allowed(server: AppServer) -> None:
    feedback = merged(layers(server)).get("feedback")
    if isinstance(feedback, dict) and feedback.get("enabled") is False:
        raise RpcError("sending feedback is disabled by configuration")


def _report(call: Call, thread_id: str) -> bytes:
    told = {"classification": call.params["classification"], "reason": call.get("reason"), "threadId": thread_id}
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        # A fixed date: the same report gives the same bytes.
        archive.writestr(zipfile.ZipInfo("report.json"), msgspec.json.encode({**told, "tags": call.get("tags", {})}))
        archive.writestr(zipfile.ZipInfo("manifest.json"), b"[]")
    return packed.getvalue()


HANDLERS: dict[str, Handler] = {"feedback/upload": upload, "feedback/save": save}
