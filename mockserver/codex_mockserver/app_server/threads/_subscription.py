"""``thread/unsubscribe``: not hearing of a thread any more."""

from __future__ import annotations

from codex_mockserver.app_server._call import Call, Handler, Json
from codex_mockserver.app_server.threads.ids import checked_id

__all__ = ["HANDLERS"]


def unsubscribe(call: Call) -> Json:
    """Let the client hear of a thread no longer; the thread stays in memory for a while."""
    threads = call.server.threads
    thread = threads.loaded.get(checked_id(call.params["threadId"]))
    if thread is None:
        return {"status": "notLoaded"}
    return {"status": "unsubscribed" if threads.unsubscribe(thread, call.connection) else "notSubscribed"}


HANDLERS: dict[str, Handler] = {"thread/unsubscribe": unsubscribe}
