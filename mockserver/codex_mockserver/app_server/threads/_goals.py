"""``thread/goal/*``: what a thread works towards by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codex_mockserver.app_server._call import Call, Handler, Json
from codex_mockserver.app_server._errors import RpcError
from codex_mockserver.app_server._tasks import Steps
from codex_mockserver.app_server.threads._continuation import go_on
from codex_mockserver.app_server.threads.goal_state import goal_form, is_used_up, tell_goal
from codex_mockserver.app_server.threads.ids import checked_id
from codex_mockserver.world import Thread, ThreadGoal

if TYPE_CHECKING:
    from codex_mockserver.app_server._server import AppServer

__all__ = ["HANDLERS"]

_LONGEST_OBJECTIVE = 4000
_BUDGET_LIMITED = "budgetLimited"
#: What a goal cannot be without anything left of its budget.
_WORKABLE = ("active", "paused")


def set_goal(call: Call) -> Json:
    """Give a thread a goal, or change the one that it has."""
    record = _thread_with_goals(call)
    objective = _objective(call)
    if (budget := call.get("tokenBudget")) is not None and budget <= 0:
        raise RpcError("goal budgets must be positive when provided")
    now = call.server.world.now()
    if record.goal is None:
        if objective is None:
            raise RpcError(f"cannot update goal for thread {record.id}: no goal exists")
        record.goal = ThreadGoal(objective, "active", now, now)
    goal = record.goal
    goal.objective, goal.updated_at, goal.own_turns = objective or goal.objective, now, 0
    if "tokenBudget" in call.params:
        goal.token_budget = budget
    if (status := call.get("status")) is not None:
        goal.status = _BUDGET_LIMITED if status in _WORKABLE and is_used_up(goal) else status
    record.is_kept = True
    if call.server.traits.goals_show_threads:
        record.preview = record.preview or goal.objective
    call.afterwards(_goal_was_set(call.server, record))
    return {"goal": goal_form(record, goal)}


def get_goal(call: Call) -> Json:
    """Return the goal of a thread, or null."""
    record = _thread_with_goals(call)
    return {"goal": record.goal and goal_form(record, record.goal)}


def clear_goal(call: Call) -> Json:
    """Take the goal from a thread."""
    record = _thread_with_goals(call)
    if record.goal is None:
        return {"cleared": False}
    record.goal = None
    call.afterwards(_tell(call.server, record))
    return {"cleared": True}


def _thread_with_goals(call: Call) -> Thread:
    thread_id = checked_id(call.params["threadId"])
    record = call.server.threads.known(thread_id)
    if record is None or record.is_archived:
        raise RpcError(f"thread not found: {thread_id}")
    if record.is_ephemeral:
        raise RpcError(f"ephemeral thread does not support goals: {thread_id}")
    return record


def _objective(call: Call) -> str | None:
    text: str | None = call.get("objective")
    if text is None:
        return None
    if not (text := text.strip()):
        raise RpcError("goal objective must not be empty")
    if len(text) > _LONGEST_OBJECTIVE:
        raise RpcError(f"goal objective must be at most {_LONGEST_OBJECTIVE} characters")
    return text


def _goal_was_set(server: AppServer, record: Thread) -> Steps:
    tell_goal(server, record)
    if (thread := server.threads.loaded.get(record.id)) is not None:
        go_on(thread)
    yield from ()


def _tell(server: AppServer, record: Thread) -> Steps:
    tell_goal(server, record)
    yield from ()


HANDLERS: dict[str, Handler] = {
    "thread/goal/set": set_goal,
    "thread/goal/get": get_goal,
    "thread/goal/clear": clear_goal,
}
