"""Cloud tasks: created with one or more attempts that run with the world's clock."""

from __future__ import annotations

import base64
from collections.abc import Callable
from typing import Any

from codex_mockserver.world import Task, Workspace, World
from codex_mockserver.world._task_forms import list_item, sibling_turns, task_detail, task_object, turn_ids
from codex_mockserver.world._task_work import attempt_status, new_task
from codex_mockserver.world.workspaces import find_environment
from codex_schemas import Problem

__all__ = [
    "LARGEST_PAGE",
    "MAX_ATTEMPTS",
    "PAGE_SIZE",
    "NotFound",
    "TaskRejected",
    "attempt_status",
    "create",
    "page",
    "read",
    "siblings",
]

#: Tasks on a page when the client names no limit, and the most that it may name.
PAGE_SIZE = 20
LARGEST_PAGE = 100

#: The most attempts that a client can ask for.
MAX_ATTEMPTS = 4

_FILTERS: dict[str, Callable[[Task], bool]] = {
    "current": lambda task: not task.archived,
    "archived": lambda task: task.archived,
    "all": lambda _task: True,
}


class TaskRejected(Problem):
    """A request about tasks that cannot be served as it is."""


class NotFound(Problem):
    """A task, turn or environment that the workspace does not have."""

    def __init__(self, kind: str, name: str) -> None:
        super().__init__(
            f"looking up a {kind}",
            expected=f"the id of a {kind} of this workspace",
            found=repr(name),
            advice="Check the id and the workspace.",
        )


def create(
    world: World,
    workspace: Workspace,
    environment_id: str,
    prompt: str,
    *,
    attempts: int = 1,
    branch: str | None = None,
    starting_diff: str | None = None,
) -> dict[str, Any]:
    """Create a task and return it as clients see it.

    Args:
        world: Keeps the task and gives its id and time.
        workspace: Who owns it.
        environment_id: One of the workspace's environments.
        prompt: What to do.
        attempts: How many attempts run side by side.
        branch: The git branch to start from.
        starting_diff: A diff to apply before the work.

    Raises:
        NotFound: The workspace has no such environment.
        TaskRejected: The prompt is blank, or there are too many attempts.
    """
    if find_environment(workspace, environment_id) is None:
        raise NotFound("environment", environment_id)
    if not prompt.strip():
        raise _rejected("creating a task", "a user message with text", "none", "Say what is to be done.")
    if not 1 <= attempts <= MAX_ATTEMPTS:
        raise _rejected("creating a task", f"1 to {MAX_ATTEMPTS} attempts", str(attempts), "Ask for fewer.")
    task = new_task(
        world.ids.new("task_e_"),
        workspace,
        environment_id,
        prompt,
        world.now(),
        attempts=attempts,
        branch=branch,
        starting_diff=starting_diff,
    )
    world.remember(world.state.tasks, task.id, task)
    return task_object(task, workspace, world.now())


def page(
    world: World,
    workspace: Workspace,
    *,
    limit: int = PAGE_SIZE,
    task_filter: str = "all",
    cursor: str | None = None,
    environment_id: str | None = None,
) -> dict[str, Any]:
    """Return one page of the workspace's tasks, newest first, with the cursor of the next.

    A task that is created while a client turns the pages moves none of those that follow.

    Raises:
        TaskRejected: The filter or the cursor is none that this list knows.
    """
    if task_filter not in _FILTERS:
        raise _rejected("listing tasks", f"a filter of {', '.join(_FILTERS)}", repr(task_filter), "Use one of these.")
    tasks = _newest_first(world, workspace)
    rest = tasks if cursor is None else tasks[_position(tasks, cursor) + 1 :]
    wanted = [t for t in rest if _FILTERS[task_filter](t) and environment_id in (None, t.environment_id)]
    shown, more = wanted[:limit], len(wanted) > limit
    return {
        "items": [list_item(task, workspace, world.now()) for task in shown],
        "cursor": _cursor(shown[-1]) if more else None,
    }


def read(world: World, workspace: Workspace, task_id: str) -> dict[str, Any]:
    """Return a task with its turns.

    Raises:
        NotFound: The workspace has no such task.
    """
    return task_detail(_find(world, workspace, task_id), workspace, world.now())


def siblings(world: World, workspace: Workspace, task_id: str, turn_id: str) -> dict[str, Any]:
    """Return the attempts beside one of a task's attempts.

    Raises:
        NotFound: The workspace has no such task, or the task no such attempt.
    """
    task = _find(world, workspace, task_id)
    if turn_id not in turn_ids(task):
        raise NotFound("turn", turn_id)
    return {"sibling_turns": sibling_turns(task, turn_id, world.now())}


def _find(world: World, workspace: Workspace, task_id: str) -> Task:
    task = world.state.tasks.get(task_id)
    if task is None or task.workspace != workspace.id:
        raise NotFound("task", task_id)
    return task


def _newest_first(world: World, workspace: Workspace) -> list[Task]:
    """Return the workspace's tasks by age; of two from the same instant the later made comes first."""
    own = [task for task in world.state.tasks.values() if task.workspace == workspace.id]
    return sorted(own, key=lambda task: task.created_at)[::-1]


def _cursor(task: Task) -> str:
    return base64.urlsafe_b64encode(task.id.encode()).rstrip(b"=").decode()


def _position(tasks: list[Task], cursor: str) -> int:
    """Return the place of the task that a cursor stands at."""
    for index, task in enumerate(tasks):
        if _cursor(task) == cursor:
            return index
    raise _rejected("listing tasks", "the cursor of an earlier page", repr(cursor), "Start again without a cursor.")


def _rejected(doing: str, expected: str, found: str, advice: str) -> TaskRejected:
    return TaskRejected(doing, expected=expected, found=found, advice=advice)
