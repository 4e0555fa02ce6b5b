"""What an idle thread does by itself: it takes input out of its queue, or works towards its goal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codex_mockserver.app_server.threads.goal_state import change_goal
from codex_mockserver.app_server.turns.begin import begin_turn
from codex_mockserver.world import QueuedInput, ThreadGoal

if TYPE_CHECKING:
    from codex_mockserver.app_server.threads.loaded import LoadedThread
    from codex_mockserver.app_server.turns import ActiveTurn

__all__ = ["go_on", "take_queued"]

#: Turns that a goal begins before somebody must touch it again: a scripted model may never call it complete.
OWN_TURNS = 20


def go_on(thread: LoadedThread) -> None:
    """Begin the next turn of an idle thread, where there is a reason for one."""
    if thread.turn is not None or thread.id not in thread.server.threads.loaded:
        return
    record = thread.record
    if record.queue and not thread.is_held:
        take_queued(thread, record.queue[0])
    elif record.goal is not None and record.goal.status == "active" and not thread.is_held:
        _work(thread, record.goal)


def take_queued(thread: LoadedThread, queued: QueuedInput) -> ActiveTurn:
    """Begin a turn with input out of the queue."""
    thread.record.queue.remove(queued)
    thread.is_held = False
    thread.notify_all("thread/queue/changed", {})
    return begin_turn(thread, queued.input, queued.client_id)


def _work(thread: LoadedThread, goal: ThreadGoal) -> None:
    """Begin a turn towards a goal, which the model is told and no message of the user."""
    if goal.own_turns >= OWN_TURNS:
        change_goal(thread, "blocked")
        return
    goal.own_turns += 1
    active = begin_turn(thread, [])
    text = f"Go on with the goal of this thread: {goal.objective}"
    content = [{"type": "input_text", "text": text}]
    active.record.history.append({"type": "message", "role": "developer", "content": content})
