"""``thread/start``: a new thread with its settings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codex_mockserver.app_server._call import Call, Handler, Json
from codex_mockserver.app_server._errors import RpcError
from codex_mockserver.app_server._tasks import Steps
from codex_mockserver.app_server.threads._dynamic_tools import check_dynamic_tools
from codex_mockserver.app_server.threads._projects import known_project
from codex_mockserver.app_server.threads._requirements import meet_requirements
from codex_mockserver.app_server.threads.births import announce, environments_of, new_thread
from codex_mockserver.app_server.threads.forms import thread_form
from codex_mockserver.app_server.threads.settings import folder, new_settings, overridden, settings_form, trust

if TYPE_CHECKING:
    from codex_mockserver.app_server.threads.loaded import LoadedThread

__all__ = ["HANDLERS"]

_ON_FAILURE = (
    "`on-failure` approval policy is deprecated and will be removed in a future release. "
    "Use `on-request` for interactive approvals or `never` for non-interactive runs."
)


def start(call: Call) -> Json:
    """Begin a thread; the client is subscribed to it."""
    server = call.server
    cwd = folder(server, call.get("cwd"))
    settings = overridden(server, new_settings(server, cwd, call.get("config")), call.params)
    warnings = meet_requirements(server, settings)
    record = new_thread(call, cwd, settings)
    record.environments = environments_of(server, cwd, settings["runtimeWorkspaceRoots"], call.get("environments"))
    if server.traits.follows_environments:
        roots = [root for each in record.environments for root in each["runtimeWorkspaceRoots"]]
        settings["runtimeWorkspaceRoots"] = roots
    record.dynamic_tools = call.get("dynamicTools", [])
    check_dynamic_tools(record.dynamic_tools)
    if (project_id := call.get("projectId")) is not None:
        record.project_id = known_project(server, project_id, RpcError(f"project not found: {project_id}")).id
    record.is_daybreak = call.get("daybreakEnabled")
    record.tells_raw_events = call.get("experimentalRawEvents", False)
    if server.traits.notes_trust and call.get("cwd") is not None and settings["sandbox"]["type"] != "readOnly":
        trust(server, cwd)
    thread = server.threads.add(record)
    thread.subscribe(call.connection)
    call.afterwards(_announce(thread, warnings))
    return {"thread": thread_form(server, record), **settings_form(server, record)}


def _announce(thread: LoadedThread, warnings: list[str]) -> Steps:
    yield from announce(thread)
    if thread.record.settings["approvalPolicy"] == "on-failure":
        warnings = [*warnings, _ON_FAILURE]
    for warning in warnings:
        thread.notify("warning", {"message": warning})


HANDLERS: dict[str, Handler] = {"thread/start": start}
