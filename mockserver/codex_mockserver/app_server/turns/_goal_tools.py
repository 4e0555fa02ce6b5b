"""The tools by which the model sets, reads and reaches the goal of its thread."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any, Literal

import msgspec

from codex_mockserver.app_server._tasks import Wait
from codex_mockserver.app_server.threads.goal_state import change_goal, goal_form, tell_goal
from codex_mockserver.app_server.turns._calls import BadCall, Tool, ToolCall
from codex_mockserver.app_server.turns.active import ActiveTurn
from codex_mockserver.world import ThreadGoal

__all__ = ["GOAL_TOOLS"]

_REPORT = "The goal is achieved: tell the user what it took, as the fields of the goal say it."


class _NewGoal(msgspec.Struct):
    objective: str
    token_budget: int | None = None


class _Status(msgspec.Struct):
    status: Literal["active", "paused", "blocked", "usageLimited", "budgetLimited", "complete"]


def create_goal(active: ActiveTurn, call: ToolCall) -> Generator[Wait, Any, str]:
    """Give the thread a goal, unless it still has one to reach."""
    wanted, record = call.read(_NewGoal), active.thread.record
    if record.goal is not None and record.goal.status != "complete":
        raise BadCall(
            "cannot create a new goal because this thread has an unfinished goal; complete the existing goal first"
        )
    now = active.server.world.now()
    record.goal = ThreadGoal(wanted.objective, "active", now, now, token_budget=wanted.token_budget)
    tell_goal(active.server, record, active.record.id)
    yield from ()
    return _told(active)


def get_goal(active: ActiveTurn, _call: ToolCall) -> Generator[Wait, Any, str]:
    """Tell the model the goal of the thread."""
    yield from ()
    return _told(active)


def update_goal(active: ActiveTurn, call: ToolCall) -> Generator[Wait, Any, str]:
    """Let the model say that the goal is reached, or cannot be."""
    status = call.read(_Status).status
    if status not in ("complete", "blocked"):
        raise BadCall(
            "update_goal can only mark the existing goal complete or blocked; pause, resume, budget-limited, "
            "and usage-limited status changes are controlled by the user or system"
        )
    if change_goal(active.thread, status, active.record.id) is None:
        raise BadCall("cannot update goal because this thread has no goal")
    yield from ()
    return _told(active, _REPORT if status == "complete" else None)


def _told(active: ActiveTurn, report: str | None = None) -> str:
    """Return what the model is told of the goal."""
    goal = active.thread.record.goal
    form = goal and goal_form(active.thread.record, goal)
    left = None if goal is None or goal.token_budget is None else max(0, goal.token_budget - goal.tokens_used)
    told = {"goal": form, "remainingTokens": left, "completionBudgetReport": report}
    return msgspec.json.encode(told).decode()


GOAL_TOOLS: dict[str, Tool] = {"create_goal": create_goal, "get_goal": get_goal, "update_goal": update_goal}
