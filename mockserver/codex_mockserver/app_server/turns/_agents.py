"""Sub-agents: threads that a turn begins, and that work beside it."""

from __future__ import annotations

from collections.abc import Callable, Generator
from typing import Any

import msgspec

from codex_mockserver.app_server._tasks import Tasks, Wait
from codex_mockserver.app_server.threads.births import warn_of_switches
from codex_mockserver.app_server.threads.loaded import LoadedThread
from codex_mockserver.app_server.turns._calls import BadCall, Output, Tool, ToolCall
from codex_mockserver.app_server.turns._warnings import warn_of_model
from codex_mockserver.app_server.turns.active import ActiveTurn, abort
from codex_mockserver.world import Thread

__all__ = ["AGENTS", "AGENT_TOOLS", "Breath", "begin_work", "new_child"]

Json = dict[str, Any]

#: The namespace of the tools.
AGENTS = "multi_agent_v1"

_NICKNAMES = ("Ampere", "Curie", "Faraday", "Gauss", "Hertz", "Kepler", "Noether", "Peirce", "Turing", "Volta")
_PATIENCE_MS = 30_000
_USUAL_EFFORT = "medium"


class _AllIdle(Wait):
    """Wait until none of these threads runs a turn, but no longer than so many seconds."""

    def __init__(self, threads: list[LoadedThread], seconds: float) -> None:
        self._threads = threads
        self._seconds = seconds

    def begin(self, tasks: Tasks, wake: Callable[[Any], None]) -> None:
        """Look after the turns and the clock."""
        tasks.call_at(tasks.now() + self._seconds, lambda: wake(None))
        running = [thread.turn for thread in self._threads if thread.turn is not None]
        left = len(running)

        def one_less(_: Any) -> None:
            nonlocal left
            left -= 1
            if left == 0:
                wake(None)

        for turn in running:
            turn.watchers.append(one_less)


class Breath(Wait):
    """Let everything else that can be done now be done first."""

    def begin(self, tasks: Tasks, wake: Callable[[Any], None]) -> None:
        """Come back at once, behind what waits already."""
        del tasks
        wake(None)


class _Message(msgspec.Struct):
    message: str
    target: str | None = None
    interrupt: bool = False


class _Targets(msgspec.Struct):
    targets: list[str] | None = None
    timeout_ms: float = _PATIENCE_MS


class _Target(msgspec.Struct):
    target: str | None = None


def spawn_agent(active: ActiveTurn, call: ToolCall) -> Generator[Wait, Any, Output]:
    """Begin a thread that works on a message."""
    prompt = call.read(_Message).message
    settings = active.thread.record.settings
    effort = settings["reasoningEffort"] or _USUAL_EFFORT
    item = _item(active, call, "spawnAgent", prompt=prompt, model="", reasoningEffort=effort)
    active.start_item(item)
    child = new_child(active)
    is_early = active.server.traits.warns_early
    if is_early:
        warn_of_model(child)
    states = {child.id: {"status": "pendingInit", "message": None}}
    receivers = {"receiverThreadIds": [child.id], "model": settings["model"], "agentsStates": states}
    active.complete_item({**item, "status": "completed", **receivers})
    turn = begin_work(child, prompt, active)
    if not is_early:
        turn.before_begin = lambda: warn_of_model(child)
    yield Breath()
    return _encoded({"agent_id": child.id, "nickname": child.record.agent_nickname})


def send_input(active: ActiveTurn, call: ToolCall) -> Generator[Wait, Any, Output]:
    """Give a sub-agent a further message; without ``target`` the one that began last."""
    given = call.read(_Message)
    child = _child(active, given.target)
    item = _item(active, call, "sendInput", prompt=given.message, receiverThreadIds=[child.id])
    active.start_item(item)
    if given.interrupt and child.turn is not None:
        abort(child.turn)
    turn = begin_work(child, given.message, active)
    active.complete_item({**item, "status": "completed", "agentsStates": {child.id: _state(child)}})
    yield Breath()
    return _encoded({"submission_id": turn.record.id})


def wait_agent(active: ActiveTurn, call: ToolCall) -> Generator[Wait, Any, Output]:
    """Wait until sub-agents are done; without ``targets`` all of them."""
    wanted = call.read(_Targets)
    children = [each for each in _children(active) if wanted.targets is None or each.id in wanted.targets]
    if not children:
        raise BadCall("agent ids must be non-empty")
    item = _item(active, call, "wait", receiverThreadIds=[child.id for child in children])
    active.start_item(item)
    if any(child.turn is not None for child in children):
        yield _AllIdle(children, wanted.timeout_ms / 1000)
    states = {child.id: _state(child) for child in children}
    active.complete_item({**item, "status": "completed", "agentsStates": states})
    done = {name: {state["status"]: state["message"]} for name, state in states.items() if state["status"] != "running"}
    return _encoded({"status": done, "timed_out": not done})


def close_agent(active: ActiveTurn, call: ToolCall) -> Generator[Wait, Any, Output]:
    """End a sub-agent; without ``target`` the one that began last."""
    child = _child(active, call.read(_Target).target)
    item = _item(active, call, "closeAgent", receiverThreadIds=[child.id])
    active.start_item(item)
    state = _state(child)
    if child.turn is not None:
        abort(child.turn)
    active.complete_item({**item, "status": "completed", "agentsStates": {child.id: state}})
    yield from ()
    return _encoded({"previous_status": state["status"]})


def _item(active: ActiveTurn, call: ToolCall, tool: str, **more: Any) -> Json:
    blank: Json = {"receiverThreadIds": [], "prompt": None, "model": None, "reasoningEffort": None, "agentsStates": {}}
    head = {"type": "collabAgentToolCall", "id": call.id, "tool": tool, "status": "inProgress"}
    return {**head, "senderThreadId": active.thread.id, **blank, **more}


def new_child(active: ActiveTurn, path: str | None = None) -> LoadedThread:
    """Return a new thread with the settings of the turn's own, told to everyone and with the same subscribers.

    Args:
        active: The turn.
        path: What the sub-agent is called.
    """
    server, parent = active.server, active.thread.record
    now = server.world.now()
    identifier = server.world.ids.uuid7(now)
    nickname = _NICKNAMES[int(server.world.ids.new("", 4), 16) % len(_NICKNAMES)]
    origin = {
        "parent_thread_id": parent.id,
        "depth": 1,
        "agent_path": path,
        "agent_nickname": nickname,
        "agent_role": None,
    }
    record = Thread(
        id=identifier,
        cwd=parent.cwd,
        created_at=now,
        updated_at=now,
        recency_at=now,
        settings={**parent.settings, "reasoningEffort": parent.settings["reasoningEffort"] or _USUAL_EFFORT},
        cli_version=parent.cli_version,
        history_mode=parent.history_mode,
        originator=parent.originator,
        source={"subAgent": {"thread_spawn": origin}},
        is_ephemeral=parent.is_ephemeral,
        environments=parent.environments,
        parent_id=parent.id,
        agent_nickname=nickname,
    )
    child = server.threads.add(record)
    child.subscribers.update(active.thread.subscribers)
    child.notify_all("thread/status/changed", {"status": child.status})
    warn_of_switches(child)
    return child


def begin_work(child: LoadedThread, prompt: str, active: ActiveTurn) -> ActiveTurn:
    """Let a sub-agent work on a message, in a turn of its own or in the one that runs; empty for none."""
    from codex_mockserver.app_server.turns._input import user_message  # noqa: PLC0415 (the same)
    from codex_mockserver.app_server.turns.begin import begin_turn  # noqa: PLC0415 (turns use tools, and this tool turns)

    content = [{"type": "text", "text": prompt}] if prompt else []
    if child.turn is not None:
        child.turn.input.append(user_message(child.server, content))
        return child.turn
    return begin_turn(child, content, root_turn_id=active.record.root_turn_id)


def _children(active: ActiveTurn) -> list[LoadedThread]:
    """Return the sub-agents of the thread that are in memory, in the order in which they began."""
    return [each for each in active.server.threads.loaded.values() if each.record.parent_id == active.thread.id]


def _child(active: ActiveTurn, target: str | None) -> LoadedThread:
    """Return a sub-agent by its id, or the one that began last.

    Raises:
        BadCall: There is none.
    """
    found = [each for each in _children(active) if target in (None, each.id)]
    if not found:
        raise BadCall(f"agent with id {target} not found")
    return found[-1]


def _state(child: LoadedThread) -> Json:
    """Return how a sub-agent stands: its status, and what it said last."""
    if child.turn is not None:
        return {"status": "running", "message": None}
    last = child.turns[-1] if child.turns else None
    if last is None or last.status != "completed":
        return {"status": "errored" if last and last.status == "failed" else "interrupted", "message": None}
    texts = [item["text"] for item in last.items if item["type"] == "agentMessage"]
    return {"status": "completed", "message": texts[-1] if texts else None}


def _encoded(value: Json) -> str:
    return msgspec.json.encode(value).decode()


AGENT_TOOLS: dict[str, Tool] = {
    "spawn_agent": spawn_agent,
    "send_input": send_input,
    "wait_agent": wait_agent,
    "close_agent": close_agent,
}
