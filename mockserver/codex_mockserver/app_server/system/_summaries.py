"""``getConversationSummary``: a thread in the words of older clients."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from codex_mockserver.app_server._call import Call, Handler, Json
from codex_mockserver.app_server._errors import RpcError
from codex_mockserver.app_server._uuid_text import read_uuid
from codex_mockserver.app_server.threads.forms import kept_path
from codex_mockserver.world import Thread, rfc3339

if TYPE_CHECKING:
    from codex_mockserver.app_server._server import AppServer

__all__ = ["HANDLERS"]


def read_summary(call: Call) -> Json:
    """Tell the most important of a thread, by its id or by the path of its file."""
    server = call.server
    if (path := call.get("rolloutPath")) is not None:
        whole = posixpath.join(server.home, path)
        found = next((each for each in server.threads.all() if kept_path(server.home, each) == whole), None)
        if found is None:
            raise RpcError(f"failed to resolve rollout path `{whole}`: file does not exist")
    else:
        thread_id = _conversation(call)
        found = server.threads.known(thread_id)
        if found is None:
            raise RpcError(f"no rollout found for conversation id {thread_id}")
    return {"summary": _summary(server, found)}


def _conversation(call: Call) -> str:
    try:
        return read_uuid(call.params["conversationId"])
    except ValueError:
        union = "untagged enum GetConversationSummaryParams"
        raise RpcError(f"Invalid request: data did not match any variant of {union}") from None


def _summary(server: AppServer, record: Thread) -> Json:
    git = record.git_info
    return {
        "conversationId": record.id,
        "path": kept_path(server.home, record) or "",
        "preview": record.preview,
        "timestamp": rfc3339(record.created_at),
        "updatedAt": rfc3339(record.updated_at),
        "modelProvider": record.settings["modelProvider"],
        "cwd": record.cwd,
        "cliVersion": record.cli_version,
        "source": record.source,
        "gitInfo": None if git is None else {**git, "origin_url": git.get("originUrl")},
    }


HANDLERS: dict[str, Handler] = {"getConversationSummary": read_summary}
