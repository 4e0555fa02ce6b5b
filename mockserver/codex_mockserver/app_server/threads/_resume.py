"""``thread/resume``: coming back to a thread, in memory or kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codex_mockserver.app_server._call import Call, Handler, Json
from codex_mockserver.app_server._errors import UNSUPPORTED, RpcError
from codex_mockserver.app_server._tasks import Steps
from codex_mockserver.app_server.threads._continuation import go_on
from codex_mockserver.app_server.threads._reading import discourage, find_kept
from codex_mockserver.app_server.threads._texts import user_text
from codex_mockserver.app_server.threads._turn_pages import newest_cursors, turns_page
from codex_mockserver.app_server.threads.births import new_thread
from codex_mockserver.app_server.threads.forms import thread_form
from codex_mockserver.app_server.threads.goal_state import tell_goal
from codex_mockserver.app_server.threads.loaded import IDLE, NOT_LOADED
from codex_mockserver.app_server.threads.overrides import collaboration_mode, move
from codex_mockserver.app_server.threads.settings import (
    BOTH,
    folder,
    kept_policies,
    new_settings,
    overridden,
    settings_form,
)
from codex_mockserver.app_server.threads.views import full_turns, is_paginated, spots
from codex_mockserver.app_server.turns.usage import repeat_usage
from codex_mockserver.world import Thread

if TYPE_CHECKING:
    from codex_mockserver.app_server.threads.loaded import LoadedThread

__all__ = ["HANDLERS"]


def resume(call: Call) -> Json:
    """Subscribe the client to a thread, which is taken into memory if it is not there."""
    if call.get("permissions") is not None and call.get("sandbox") is not None:
        raise RpcError(BOTH)
    if call.get("history") is not None and not call.get("path"):
        return _resume_history(call)
    record = find_kept(call)
    has_turns = not call.get("excludeTurns")
    if has_turns:
        discourage(call, record)
    if not record.is_kept:
        raise RpcError("list_turns is not supported yet", UNSUPPORTED)
    loaded = call.server.threads.loaded.get(record.id)
    thread = loaded or _load(call, record)
    form = thread_form(call.server, record, full_turns(record, thread.turns) if has_turns else ())
    repeats_usage = has_turns or (loaded is None and call.server.traits.keeps_settings)
    return _answer(call, thread, form, repeats_usage=repeats_usage)


def _resume_history(call: Call) -> Json:
    """Begin a thread out of items that the client brings."""
    server, thread_id = call.server, call.params["threadId"]
    if thread_id in server.threads.loaded:
        raise RpcError(f"cannot resume thread {thread_id} with history while it is already running")
    if not call.params["history"]:
        raise RpcError("history must not be empty")
    cwd = folder(server, call.get("cwd"))
    settings = overridden(server, new_settings(server, cwd, call.get("config")), call.params)
    record = new_thread(call, cwd, settings)
    record.opening, record.is_kept = call.params["history"], True
    thread = server.threads.add(record)
    _show_idle(thread)
    return _answer(call, thread, {**thread_form(server, record), "preview": user_text(record.opening)})


def _load(call: Call, record: Thread) -> LoadedThread:
    """Take a thread into memory with the settings that it had, and those that the client wants."""
    server, recorded = call.server, record.settings["model"]
    settings = record.settings
    if not server.traits.keeps_settings:
        kept = {name: settings[name] for name in ("model", "reasoningEffort")} | kept_policies(server, settings)
        settings = {**new_settings(server, record.cwd, call.get("config")), **kept}
    record.settings = overridden(server, settings, call.params)
    if (cwd := call.get("cwd")) is not None:
        record.settings["runtimeWorkspaceRoots"] = call.get("runtimeWorkspaceRoots", [folder(server, cwd)])
        move(server, record, folder(server, cwd))
    if (model := record.settings["model"]) != recorded:
        warning = (
            f"This session was recorded with model `{recorded}` but is resuming with `{model}`. "
            f"Consider switching back to `{recorded}` as it may affect Codex performance."
        )
        server.wire.notify([call.connection], "warning", {"threadId": record.id, "message": warning})
    thread = server.threads.load(record)
    _show_idle(thread)
    return thread


def _show_idle(thread: LoadedThread) -> None:
    thread.status = NOT_LOADED
    thread.set_status(IDLE)


def _answer(call: Call, thread: LoadedThread, form: Json, *, repeats_usage: bool = False) -> Json:
    record = thread.record
    thread.subscribe(call.connection)
    call.afterwards(_follow_up(call, thread, repeats_usage=repeats_usage))
    found = spots(record, thread.turns)
    page = call.get("initialTurnsPage")
    return {
        "thread": form,
        **settings_form(call.server, record),
        "collaborationMode": collaboration_mode(record),
        "initialTurnsPage": None if page is None else turns_page(record, found, page),
        **(newest_cursors(record, found) if is_paginated(record) else {}),
    }


def _follow_up(call: Call, thread: LoadedThread, *, repeats_usage: bool) -> Steps:
    if repeats_usage:
        repeat_usage(thread, call.connection)
    tell_goal(thread.server, thread.record)
    call.server.requests.resend(thread.id, call.connection)
    go_on(thread)
    yield from ()


HANDLERS: dict[str, Handler] = {"thread/resume": resume}
