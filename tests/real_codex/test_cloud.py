"""The real codex reads and creates cloud tasks."""

from __future__ import annotations

import re
import subprocess

import pytest


@pytest.fixture
def cloud(codex):
    """A logged-in codex in a git repository."""
    codex.log_in("team")
    for command in (
        ["init", "-q"],
        ["-c", "user.name=t", "-c", "user.email=t@example.com", "commit", "-q", "--allow-empty", "-m", "x"],
    ):
        subprocess.run(["git", *command], cwd=codex.work, check=True)
    return codex


def task_with(backend, status: str):
    """Return a task of the team's first workspace whose only attempt has that outcome."""
    workspace = backend.world.account("team").workspaces[0].id
    outcome = {"completed": "complete", "failed": "fail"}[status]
    return next(
        t for t in backend.world.state.tasks.values() if t.workspace == workspace and t.attempts[0].outcome == outcome
    )


def test_list(cloud, backend) -> None:
    done = cloud.run("cloud", "list")

    assert done.returncode == 0, done.stdout + done.stderr
    assert task_with(backend, "completed").title in done.stdout
    assert backend.journal.single_request("listTasks").query == "limit=20&task_filter=current"


def test_status_of_a_finished_task(cloud, backend) -> None:
    done = cloud.run("cloud", "status", task_with(backend, "completed").id)

    assert done.returncode == 0, done.stdout + done.stderr
    assert "READY" in done.stdout


def test_status_of_a_failed_task(cloud, backend) -> None:
    done = cloud.run("cloud", "status", task_with(backend, "failed").id)

    assert done.returncode == 1
    assert "ERROR" in done.stdout


def test_status_of_an_unknown_task(cloud) -> None:
    done = cloud.run("cloud", "status", "task_e_00000000000000000000000000000000")

    assert done.returncode != 0


def test_diff(cloud, backend) -> None:
    task = task_with(backend, "completed")

    done = cloud.run("cloud", "diff", task.id)

    assert done.returncode == 0, done.stdout + done.stderr
    assert "diff --git" in done.stdout


@pytest.mark.parametrize("command", [("cloud", "apply"), ("apply",)], ids=["cloud apply", "apply"])
def test_apply(cloud, backend, command) -> None:
    """The diff of a task really applies to an empty repository."""
    done = cloud.run(*command, task_with(backend, "completed").id)

    assert done.returncode == 0, done.stdout + done.stderr
    assert subprocess.run(["git", "status", "--short"], cwd=cloud.work, capture_output=True, check=True).stdout


def test_exec_creates_a_task_that_progresses_with_the_clock(cloud, backend) -> None:
    """A new task is pending, works for a while of world time, and is then ready with a diff."""
    environment = backend.world.account("team").workspaces[0].environments[0]

    created = cloud.run("cloud", "exec", "--env", environment.label, "write the tide table")

    assert created.returncode == 0, created.stdout + created.stderr
    task_id = re.search(r"/codex/tasks/(\S+)", created.stdout)[1]
    assert "PENDING" in cloud.run("cloud", "status", task_id).stdout
    backend.world.clock.advance(24 * 3600)
    assert "READY" in cloud.run("cloud", "status", task_id).stdout
    assert cloud.run("cloud", "diff", task_id).returncode == 0


def test_exec_with_several_attempts(cloud, backend) -> None:
    environment = backend.world.account("team").workspaces[0].environments[0]

    created = cloud.run("cloud", "exec", "--env", environment.id, "--attempts", "3", "write it")

    assert created.returncode == 0, created.stdout + created.stderr
    body = backend.journal.single_request("createTask").json
    assert body["metadata"] == {"best_of_n": 3}
    task_id = re.search(r"/codex/tasks/(\S+)", created.stdout)[1]
    backend.world.clock.advance(24 * 3600)
    assert cloud.run("cloud", "diff", task_id, "--attempt", "3").returncode == 0


def test_exec_with_an_unknown_environment(cloud) -> None:
    assert cloud.run("cloud", "exec", "--env", "nowhere", "write it").returncode != 0
