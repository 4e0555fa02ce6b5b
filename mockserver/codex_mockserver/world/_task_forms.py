"""Cloud tasks as they go on the wire."""

from __future__ import annotations

from typing import Any

from codex_mockserver.world._diffs import diff_stats
from codex_mockserver.world._state import Task, Workspace
from codex_mockserver.world._task_work import attempt_status, updated_at

__all__ = ["list_item", "sibling_turns", "task_detail", "task_object", "turn_ids"]

Json = dict[str, Any]

#: The ``state`` of a task by the status of its latest turn.
_STATES = {"completed": "ready", "failed": "error", "cancelled": "error"}

_FAILURE = {"code": "environment_setup_failed", "message": "The setup script of the environment failed."}


def list_item(task: Task, workspace: Workspace, now: float) -> Json:
    """Return a ``TaskListItem``."""
    return {**_common(task, workspace, now), "pull_requests": []}


def task_object(task: Task, workspace: Workspace, now: float) -> Json:
    """Return the ``task`` of a task's details."""
    return {
        **_common(task, workspace, now),
        "external_pull_requests": [],
        "environment_id": task.environment_id,
        "is_review": False,
        "current_turn_id": turn_ids(task)[0],
    }


def task_detail(task: Task, workspace: Workspace, now: float) -> Json:
    """Return a task with the user's turn and the first attempt, its messages apart from its diff."""
    turn = _turn(task, 0, now)
    diffs = [item for item in turn["output_items"] if item["type"] == "pr"]
    messages = [item for item in turn["output_items"] if item["type"] != "pr"]
    return {
        "task": task_object(task, workspace, now),
        "task_status_display": _status_display(task, workspace, now),
        "current_user_turn": _user_turn(task),
        "current_assistant_turn": {**turn, "output_items": messages},
        "current_diff_task_turn": {**turn, "output_items": diffs, "worklog": None} if diffs else None,
    }


def sibling_turns(task: Task, turn_id: str, now: float) -> list[Json]:
    """Return the other attempts beside one of them."""
    return [_turn(task, index, now) for index, other in enumerate(turn_ids(task)) if other != turn_id]


def turn_ids(task: Task) -> list[str]:
    """Return the turn ids of a task's attempts, the one that clients show first."""
    return [f"{task.id}~assttrn_{index}" for index in range(len(task.attempts))]


def _common(task: Task, workspace: Workspace, now: float) -> Json:
    return {
        "id": task.id,
        "title": task.title,
        "archived": task.archived,
        "has_unread_turn": task.is_unread,
        "has_generated_title": False,
        "created_at": task.created_at,
        "updated_at": updated_at(task, task.attempts[0], now),
        "task_status_display": _status_display(task, workspace, now),
    }


def _status_display(task: Task, workspace: Workspace, now: float) -> Json:
    attempt = task.attempts[0]
    status = attempt_status(task, attempt, now)
    labels = {environment.id: environment.label for environment in workspace.environments}
    return {
        "state": _STATES.get(status, "pending"),
        "environment_label": labels.get(task.environment_id) or task.environment_id,
        "latest_turn_status_display": {
            "turn_status": status,
            "diff_stats": diff_stats(attempt.diff if status == "completed" else ""),
            "sibling_turn_ids": turn_ids(task)[1:],
            "created_at": task.created_at,
            "updated_at": updated_at(task, attempt, now),
        },
    }


def _user_turn(task: Task) -> Json:
    items = [_message("user", task.prompt)]
    if task.starting_diff is not None:
        items.append({"type": "pre_apply_patch", "output_diff": {"diff": task.starting_diff}})
    return {"id": f"{task.id}~usrturn", "input_items": items, "created_at": task.created_at}


def _turn(task: Task, index: int, now: float) -> Json:
    """Return one attempt; what it has to show depends on how far it is."""
    attempt, own_id = task.attempts[index], turn_ids(task)[index]
    status = attempt_status(task, attempt, now)
    output = [_message("assistant", attempt.answer), {"type": "pr", "output_diff": {"diff": attempt.diff}}]
    return {
        "id": own_id,
        "attempt_placement": index,
        "turn_status": status,
        "sibling_turn_ids": [other for other in turn_ids(task) if other != own_id],
        "created_at": task.created_at,
        "output_items": output if status == "completed" else [],
        "worklog": None if status == "pending" else _worklog(f"Attempt {index + 1} started."),
        "error": _FAILURE if status == "failed" else None,
    }


def _message(role: str, text: str) -> Json:
    return {"type": "message", "role": role, "content": [_text(text)]}


def _worklog(text: str) -> Json:
    return {"messages": [{"author": {"role": "assistant"}, "content": {"parts": [_text(text)]}}]}


def _text(text: str) -> Json:
    return {"content_type": "text", "text": text}
