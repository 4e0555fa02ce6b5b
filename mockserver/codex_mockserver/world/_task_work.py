"""What the attempts at a cloud task come to, and the tasks that every world starts with."""

from __future__ import annotations

from codex_mockserver.world._diffs import added_file
from codex_mockserver.world._ids import Ids
from codex_mockserver.world._state import Account, Attempt, Task, Workspace
from codex_mockserver.world._transitions import advance

__all__ = ["attempt_status", "new_task", "seeded_tasks", "updated_at"]

#: Seconds from creation to the start and to the end of an attempt.
_STARTS_AFTER = 1.0
_ENDS_AFTER = 5.0

_LONGEST_TITLE = 80

#: The seeded tasks: seconds before the world began, the outcome and the prompt.
_SEEDS = (
    (7200.0, "complete", "Write down how to release the project."),
    (3600.0, "fail", "Upgrade the build image."),
)


def new_task(
    task_id: str,
    workspace: Workspace,
    environment_id: str,
    prompt: str,
    created_at: float,
    *,
    attempts: int = 1,
    branch: str | None = None,
    starting_diff: str | None = None,
) -> Task:
    """Return a task whose attempts each add one file of their own and succeed."""
    title = prompt.strip().splitlines()[0][:_LONGEST_TITLE]
    return Task(
        id=task_id,
        workspace=workspace.id,
        title=title,
        prompt=prompt,
        environment_id=environment_id,
        created_at=created_at,
        attempts=[_attempt(f"{task_id}.md", title, number) for number in range(1, attempts + 1)],
        branch=branch,
        starting_diff=starting_diff,
    )


def seeded_tasks(accounts: dict[str, Account], now: float) -> dict[str, Task]:
    """Return a completed and a failed task for every workspace; their ids are the same in every world."""
    workspaces = [workspace for account in accounts.values() for workspace in account.workspaces]
    return {task.id: task for workspace in workspaces for task in _seeded(workspace, now)}


def attempt_status(task: Task, attempt: Attempt, now: float) -> str:
    """Return the state of an attempt at an instant, as in the table ``task``."""
    status, elapsed = "pending", now - task.created_at
    if elapsed >= attempt.starts_after:
        status = advance("task", status, "start")
        if elapsed >= attempt.ends_after:
            status = advance("task", status, attempt.outcome)
    return status


def updated_at(task: Task, attempt: Attempt, now: float) -> float:
    """Return when the state of an attempt last changed, in Unix seconds."""
    elapsed = now - task.created_at
    passed = [after for after in (attempt.starts_after, attempt.ends_after) if elapsed >= after]
    return task.created_at + max(passed, default=0.0)


def _attempt(path: str, title: str, number: int) -> Attempt:
    return Attempt(
        diff=added_file(path, f"# {title}\n\nThis file was added by attempt {number}.\n"),
        answer=f"Attempt {number} added the file {path}.",
        starts_after=_STARTS_AFTER,
        ends_after=_ENDS_AFTER,
    )


def _seeded(workspace: Workspace, now: float) -> list[Task]:
    ids = Ids(seed=f"tasks/{workspace.id}")
    tasks = []
    for ago, outcome, prompt in _SEEDS:
        task = new_task(ids.new("task_e_"), workspace, workspace.environments[0].id, prompt, now - ago)
        task.attempts[0].outcome = outcome
        tasks.append(task)
    return tasks
