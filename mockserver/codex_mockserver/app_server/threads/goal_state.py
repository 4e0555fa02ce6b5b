"""What a goal is, and what its turns do to it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from codex_mockserver.world import Thread, ThreadGoal

if TYPE_CHECKING:
    from codex_mockserver.app_server._server import AppServer
    from codex_mockserver.app_server.threads.loaded import LoadedThread

__all__ = ["change_goal", "count_towards_goal", "goal_form", "is_used_up", "tell_goal"]

Json = dict[str, Any]


def tell_goal(server: AppServer, record: Thread, turn_id: str | None = None) -> None:
    """Tell everyone what a thread works towards, or that it has no goal."""
    if record.goal is None:
        server.notify_all("thread/goal/cleared", {"threadId": record.id})
        return
    told = {"threadId": record.id, "turnId": turn_id, "goal": goal_form(record, record.goal)}
    server.notify_all("thread/goal/updated", told)


def goal_form(record: Thread, goal: ThreadGoal) -> Json:
    """Return a goal as the wire has it."""
    return {
        "threadId": record.id,
        "objective": goal.objective,
        "status": goal.status,
        "tokenBudget": goal.token_budget,
        "tokensUsed": goal.tokens_used,
        "timeUsedSeconds": int(goal.time_used),
        "createdAt": int(goal.created_at),
        "updatedAt": int(goal.updated_at),
    }


def change_goal(thread: LoadedThread, status: str, turn_id: str | None = None) -> ThreadGoal | None:
    """Let a turn, or what happened to it, change how the goal of its thread stands, and tell everyone.

    Returns:
        The goal; None where the thread has none, and nothing was told.
    """
    if (goal := thread.record.goal) is not None:
        goal.status, goal.updated_at = status, thread.server.world.now()
        tell_goal(thread.server, thread.record, turn_id)
    return goal


def count_towards_goal(thread: LoadedThread, turn_id: str, tokens: int, seconds: float = 0.0) -> None:
    """Count what a turn has used against an active goal, and tell everyone; a budget that is used up ends it.

    Args:
        thread: Where the turn runs.
        turn_id: The turn.
        tokens: The tokens that it has used since this was called last.
        seconds: The time that it has taken since.
    """
    goal = thread.record.goal
    if goal is None or goal.status != "active":
        return
    goal.tokens_used += tokens
    goal.time_used += seconds
    change_goal(thread, "budgetLimited" if is_used_up(goal) else "active", turn_id)


def is_used_up(goal: ThreadGoal) -> bool:
    """Tell whether nothing is left of a goal's budget."""
    return goal.token_budget is not None and goal.tokens_used >= goal.token_budget
