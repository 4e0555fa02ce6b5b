"""``thread/compact/start``: the conversation is replaced by a summary of it."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

from codex_mockserver.app_server._call import Call, Handler, Json
from codex_mockserver.app_server._tasks import Steps, Wait
from codex_mockserver.app_server.threads.loaded import LoadedThread
from codex_mockserver.app_server.turns._attempts import ask_model
from codex_mockserver.app_server.turns._run import guarded
from codex_mockserver.app_server.turns._warnings import warn_of_compaction
from codex_mockserver.app_server.turns.active import ActiveTurn, abort
from codex_mockserver.app_server.turns.begin import begin_turn
from codex_mockserver.app_server.turns.usage import tell_counts, tell_usage

__all__ = ["HANDLERS"]


def start(call: Call) -> Json:
    """Compact a thread; a running turn is interrupted."""
    thread = call.server.threads.find(call.params["threadId"])
    call.afterwards(_compact(thread))
    return {}


def _compact(thread: LoadedThread) -> Steps:
    if thread.turn is not None:
        abort(thread.turn)
    begin_turn(thread, kind="compact", course=_run)
    yield from ()


def _run(active: ActiveTurn) -> Steps:
    active.begin()
    yield from guarded(active, _summarise(active))


def _summarise(active: ActiveTurn) -> Generator[Wait, Any, None]:
    server = active.server
    item: Json = {"type": "contextCompaction", "id": server.world.ids.uuid7(server.world.now())}
    active.start_item(item)
    conversation = active.thread.conversation()
    _turn, telling = yield from ask_model(active, conversation, shown="nothing")
    tell_counts(active)
    active.untold_usage = telling.usage
    tell_usage(active)
    tell_counts(active)
    active.record.is_fresh_start = True
    active.record.history = [*_said_by_user(conversation), *telling.items]
    active.complete_item(item)
    warn_of_compaction(active.thread)


def _said_by_user(conversation: list[Json]) -> list[Json]:
    """Return what stays of a conversation beside its summary: the messages of the user."""
    return [item for item in conversation if item.get("role") == "user"]


HANDLERS: dict[str, Handler] = {"thread/compact/start": start, "thread/compact": start}
