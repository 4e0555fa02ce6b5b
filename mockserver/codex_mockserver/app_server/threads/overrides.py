"""Changing what a thread's next turns run with, and telling of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from codex_mockserver.app_server._errors import RpcError
from codex_mockserver.app_server.threads._permissions import completed_sandbox
from codex_mockserver.app_server.threads.settings import folder, set_plain

if TYPE_CHECKING:
    from codex_mockserver.app_server._server import AppServer
    from codex_mockserver.app_server.threads.loaded import LoadedThread
    from codex_mockserver.world import Thread

__all__ = ["change_settings", "collaboration_mode", "move", "settings_told", "tell_settings"]

Json = dict[str, Any]

_PLAN_INSTRUCTIONS = "Work out a plan together with the user, and change nothing before the user agrees to it."


def change_settings(thread: LoadedThread, params: Json) -> bool:
    """Take the overrides of ``turn/start`` and ``thread/settings/update``; return whether anything changed.

    Raises:
        RpcError: The params contradict each other, or name what does not exist.
    """
    if params.get("permissions") is not None and params.get("sandboxPolicy") is not None:
        raise RpcError("`permissions` cannot be combined with `sandboxPolicy`")
    record, changed = thread.record, {**thread.record.settings}
    set_plain(changed, params)
    if (effort := params.get("effort")) is not None:
        changed["reasoningEffort"] = effort
    if (sandbox := params.get("sandboxPolicy")) is not None:
        changed |= {"sandbox": completed_sandbox(sandbox), "activePermissionProfile": None}
    if (mode := params.get("collaborationMode")) is not None:
        inner = mode["settings"]
        changed |= {"mode": mode["mode"], "model": inner["model"], "reasoningEffort": inner.get("reasoning_effort")}
        changed["modeInstructions"] = inner.get("developer_instructions")
    cwd = record.cwd if params.get("cwd") is None else folder(thread.server, params["cwd"])
    if cwd != record.cwd:
        changed["runtimeWorkspaceRoots"] = [cwd]
    if changed == record.settings and cwd == record.cwd:
        return False
    record.settings = changed
    move(thread.server, record, cwd)
    return True


def tell_settings(thread: LoadedThread) -> None:
    """Tell the subscribers of a thread what its turns run with now."""
    thread.notify("thread/settings/updated", {"threadSettings": settings_told(thread.record)})


def settings_told(record: Thread) -> Json:
    """Return the settings of a thread as ``thread/settings/updated`` has them."""
    settings = record.settings
    return {
        **settings,
        "cwd": record.cwd,
        "sandboxPolicy": settings["sandbox"],
        "effort": settings["reasoningEffort"],
        "environments": record.environments,
        "collaborationMode": collaboration_mode(record),
    }


def collaboration_mode(record: Thread) -> Json:
    """Return the mode of a thread with what it runs with."""
    settings = record.settings
    ours = _PLAN_INSTRUCTIONS if settings["mode"] == "plan" else None
    return {
        "mode": settings["mode"],
        "settings": {
            "model": settings["model"],
            "reasoning_effort": settings["reasoningEffort"],
            "developer_instructions": settings.get("modeInstructions") or ours,
        },
    }


def move(server: AppServer, record: Thread, cwd: str) -> None:
    """Let a thread work in another folder; in older releases it goes on to say that it is in the first one."""
    if cwd == record.cwd:
        return
    if not server.traits.tells_moves:
        record.told_cwd = record.told_cwd or record.cwd
    record.cwd = cwd
    record.environments = [
        {**each, "cwd": cwd, "runtimeWorkspaceRoots": record.settings["runtimeWorkspaceRoots"]}
        for each in record.environments
    ]
