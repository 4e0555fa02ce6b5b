"""Sub-agents as the feature ``multi_agent_v2`` has them: they have names, and tell of themselves."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

import msgspec

from codex_mockserver.app_server._tasks import Wait
from codex_mockserver.app_server.turns._agents import Breath, begin_work, new_child
from codex_mockserver.app_server.turns._calls import Output, ToolCall
from codex_mockserver.app_server.turns.active import ActiveTurn

__all__ = ["FEATURE", "spawn_named_agent"]

Json = dict[str, Any]

#: The feature that brings them.
FEATURE = "multi_agent_v2"


class _Task(msgspec.Struct):
    task_name: str
    message: str


def spawn_named_agent(active: ActiveTurn, call: ToolCall) -> Generator[Wait, Any, Output]:
    """Begin a thread that works on a message, which is no item of it."""
    task = call.read(_Task)
    path = f"/root/{task.task_name}"
    child = new_child(active, path)
    told = {name: child.record.settings[name] for name in ("model", "reasoningEffort")}
    tells_course = active.server.traits.tells_course_of_agents
    begun = _activity(call.id, "started", child.id, path, **told)
    if tells_course:
        active.tell_item(begun)
    else:
        active.complete_item(begun)
        # What is stored of it begins as its parent does.
        child.record.preview = active.thread.record.preview
    turn = begin_work(child, "", active)
    asked = {"type": "message", "role": "user", "content": [{"type": "input_text", "text": task.message}]}
    turn.record.history.append(asked)
    if tells_course:
        ended = _activity(f"subagent-completed-{turn.record.id}", "completed", child.id, path)
        turn.watchers.append(lambda _: active.tell_item(ended))
    yield Breath()
    return msgspec.json.encode({"task_name": path}).decode()


def _activity(identifier: str, kind: str, thread_id: str, path: str, **more: Any) -> Json:
    item = {"type": "subAgentActivity", "id": identifier, "kind": kind, "model": None, "reasoningEffort": None}
    return {**item, "agentThreadId": thread_id, "agentPath": path, **more}
