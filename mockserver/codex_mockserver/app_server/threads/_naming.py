"""What clients write down about a thread: its name, where its code stands, its project."""

from __future__ import annotations

from codex_mockserver.app_server._call import Call, Handler, Json
from codex_mockserver.app_server._errors import RpcError
from codex_mockserver.app_server._tasks import Steps
from codex_mockserver.app_server.threads._projects import assign_project, known_project
from codex_mockserver.app_server.threads.forms import brief_form
from codex_mockserver.app_server.threads.ids import checked_id
from codex_mockserver.world import Thread

__all__ = ["HANDLERS"]

_GIT_FIELDS = ("sha", "branch", "originUrl")


def set_name(call: Call) -> Json:
    """Name a thread."""
    record = _named_thread(call)
    name = call.params["name"].strip()
    if not name:
        raise RpcError("thread name must not be empty")
    if record.is_archived:
        if not call.server.traits.looks_for_rollouts:
            # The name is written down before the file is missed.
            record.name = name
        raise RpcError(f"no rollout found for thread id {record.id}")
    record.name, record.is_kept = name, True
    call.afterwards(_tell_name(call, record))
    return {}


def update_metadata(call: Call) -> Json:
    """Write down where a thread's code stands, which project it belongs to, and so on."""
    record = _named_thread(call)
    git, project_id, daybreak = (call.get(name) for name in ("gitInfo", "projectId", "daybreakEnabled"))
    if git is None and project_id is None and daybreak is None:
        raise RpcError(_nothing(call))
    if git is not None:
        record.git_info = _git_info(record, git)
    if project_id is not None:
        project = known_project(call.server, project_id, RpcError(f"project not found: {project_id}"))
        assign_project(call.server, record, project)
    record.is_daybreak = record.is_daybreak if daybreak is None else daybreak
    record.is_kept = True
    return {"thread": brief_form(call.server, record)}


def _named_thread(call: Call) -> Thread:
    thread_id = checked_id(call.params["threadId"])
    record = call.server.threads.known(thread_id)
    if record is None:
        is_missing = call.server.traits.looks_for_rollouts
        raise RpcError(
            f"no rollout found for thread id {thread_id}" if is_missing else f"thread not found: {thread_id}"
        )
    if record.is_ephemeral:
        raise RpcError(f"ephemeral thread does not support metadata updates: {thread_id}")
    return record


def _nothing(call: Call) -> str:
    if call.server.traits.looks_for_rollouts:
        return "thread metadata update must include at least one field"
    return "gitInfo must include at least one field"


def _git_info(record: Thread, changes: Json) -> Json | None:
    """Return where the code stands after changes: null takes something away."""
    if not changes:
        raise RpcError("gitInfo must include at least one field")
    for name in _GIT_FIELDS:
        if isinstance(changes.get(name), str) and not changes[name].strip():
            raise RpcError(f"gitInfo.{name} must not be empty")
    whole = {name: changes[name] if name in changes else (record.git_info or {}).get(name) for name in _GIT_FIELDS}
    return whole if any(value is not None for value in whole.values()) else None


def _tell_name(call: Call, record: Thread) -> Steps:
    call.server.notify_all("thread/name/updated", {"threadId": record.id, "threadName": record.name})
    yield from ()


HANDLERS: dict[str, Handler] = {"thread/name/set": set_name, "thread/metadata/update": update_metadata}
