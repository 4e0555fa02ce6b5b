"""``thread/fork``: a new thread that begins with the turns of another one."""

from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING

from codex_mockserver.app_server._call import Call, Handler, Json
from codex_mockserver.app_server._errors import RpcError
from codex_mockserver.app_server._tasks import Steps
from codex_mockserver.app_server.threads._reading import discourage, find_kept
from codex_mockserver.app_server.threads._texts import user_text
from codex_mockserver.app_server.threads.births import announce, environments_of, new_thread
from codex_mockserver.app_server.threads.forms import thread_form
from codex_mockserver.app_server.threads.settings import folder, kept_policies, new_settings, overridden, settings_form
from codex_mockserver.app_server.threads.views import full_turns, is_paginated
from codex_mockserver.app_server.turns.usage import repeat_usage
from codex_mockserver.world import Thread, ThreadTurn

if TYPE_CHECKING:
    from codex_mockserver.app_server.threads.loaded import LoadedThread

__all__ = ["HANDLERS"]


def fork(call: Call) -> Json:
    """Begin a thread with the turns of another one, up to a turn or before one."""
    server = call.server
    last, before = _limits(call)
    if last is not None and before is not None:
        raise RpcError("`beforeTurnId` cannot be combined with `lastTurnId`")
    source = find_kept(call)
    has_turns = not call.get("excludeTurns")
    if has_turns and is_paginated(source):
        if call.get("ephemeral"):
            raise RpcError("ephemeral paginated thread/fork requires `excludeTurns: true`")
        discourage(call, source)
    turns = [_copied(turn) for turn in _cut(source, server.threads.turns_of(source), last, before)]
    record = _branch(call, source, turns)
    thread = server.threads.add(record, turns)
    thread.subscribe(call.connection)
    call.afterwards(_follow_up(call, thread))
    form = thread_form(server, record, full_turns(record, turns) if has_turns else ())
    return {"thread": form, **settings_form(server, record)}


def _follow_up(call: Call, thread: LoadedThread) -> Steps:
    if not call.get("excludeTurns"):
        repeat_usage(thread, call.connection)
    if not call.get("attachToSource"):
        yield from announce(thread)


def _limits(call: Call) -> tuple[str | None, str | None]:
    if not call.server.traits.forks_at_turns:
        return None, None
    return call.get("lastTurnId"), call.get("beforeTurnId")


def _cut(source: Thread, turns: list[ThreadTurn], last: str | None, before: str | None) -> list[ThreadTurn]:
    """Return the turns up to one, before one, or all."""
    wanted, name = (last, "lastTurnId") if before is None else (before, "beforeTurnId")
    if wanted is None:
        return turns
    for index, turn in enumerate(turns):
        if turn.id == wanted:
            return turns[: index + 1] if before is None else turns[:index]
    if is_paginated(source):
        raise RpcError(f"turn not found: {wanted}")
    raise RpcError(f"{name} '{wanted}' was not found in the source thread")


def _copied(turn: ThreadTurn) -> ThreadTurn:
    copy = deepcopy(turn)
    if copy.status == "inProgress":
        copy.status = "interrupted"
    return copy


def _branch(call: Call, source: Thread, turns: list[ThreadTurn]) -> Thread:
    """Return the record of a fork."""
    server = call.server
    cwd = (source.told_cwd or source.cwd) if call.get("cwd") is None else folder(server, call.params["cwd"])
    settings = new_settings(server, cwd, call.get("config"))
    settings |= kept_policies(server, source.settings)
    record = new_thread(call, cwd, overridden(server, settings, call.params))
    record.environments = environments_of(server, cwd, record.settings["runtimeWorkspaceRoots"])
    record.history_mode = source.history_mode
    record.forked_from_id = source.id
    record.attached_to_id = source.id if call.get("attachToSource") else None
    record.opening = list(source.opening)
    if server.traits.forks_without_preview:
        record.preview = ""
    elif any(_has_user_message(turn) for turn in turns):
        record.preview = source.preview
    elif is_paginated(source):
        record.preview = user_text(record.opening)
    record.dynamic_tools = source.dynamic_tools
    record.token_usage, record.last_usage = source.token_usage, source.last_usage
    record.is_kept = bool(turns or record.opening)
    return record


def _has_user_message(turn: ThreadTurn) -> bool:
    return any(item["type"] == "userMessage" for item in turn.items)


HANDLERS: dict[str, Handler] = {"thread/fork": fork}
