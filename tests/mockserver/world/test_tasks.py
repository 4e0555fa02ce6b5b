"""Cloud tasks: creation, progress with the clock, pages, and diffs that apply."""

import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codex_mockserver.world import TRANSITIONS, Attempt, Clock, Task, Workspace, World, tasks
from codex_schemas import load

NOW = 1_800_000_000.0


@pytest.fixture
def world() -> World:
    return World(seed=1, clock=Clock(frozen_at=NOW))


@pytest.fixture
def plus(world: World) -> Workspace:
    return world.account("plus").workspaces[0]


def create(world: World, workspace: Workspace, prompt: str = "Fix the build", **options) -> str:
    return tasks.create(world, workspace, workspace.environments[0].id, prompt, **options)["id"]


def read(world: World, workspace: Workspace, task_id: str) -> dict:
    detail = tasks.read(world, workspace, task_id)
    load("wham").validator("CodeTaskDetailsResponse").check(detail)
    return detail


def page(world: World, workspace: Workspace, **query) -> dict:
    listed = tasks.page(world, workspace, **query)
    load("wham").validator("PaginatedListTaskListItem").check(listed)
    return listed


def status(detail: dict) -> str:
    return detail["task_status_display"]["latest_turn_status_display"]["turn_status"]


def diff(detail: dict) -> str:
    return detail["current_diff_task_turn"]["output_items"][0]["output_diff"]["diff"]


def test_every_workspace_starts_with_a_completed_and_a_failed_task(world: World) -> None:
    for _, workspace in world.workspaces():
        details = [read(world, workspace, item["id"]) for item in page(world, workspace)["items"]]
        assert [status(detail) for detail in details] == ["failed", "completed"]
        assert details[0]["current_assistant_turn"]["error"]["code"]
        assert diff(details[1]).startswith("diff --git ")


def test_a_task_runs_with_the_clock_from_pending_to_completed(world: World, plus: Workspace) -> None:
    task_id = create(world, plus)
    seen = []
    for _ in range(7):
        detail = read(world, plus, task_id)
        seen.append((status(detail), detail["task_status_display"]["state"], detail["task"]["updated_at"] - NOW))
        world.clock.advance(1)

    assert list(dict.fromkeys(seen)) == [
        ("pending", "pending", 0),
        ("in_progress", "pending", 1),
        ("completed", "ready", 5),
    ]


def test_an_unfinished_task_shows_neither_answer_nor_diff(world: World, plus: Workspace) -> None:
    detail = read(world, plus, create(world, plus))

    assert detail["current_diff_task_turn"] is None
    assert detail["current_assistant_turn"]["output_items"] == []
    assert not any(detail["task_status_display"]["latest_turn_status_display"]["diff_stats"].values())
    assert detail["current_assistant_turn"]["worklog"] is None


def test_a_failed_attempt_says_why_and_has_no_diff(world: World, plus: Workspace) -> None:
    task_id = create(world, plus)
    world.state.tasks[task_id].attempts[0].outcome = "fail"
    world.clock.advance(5)

    detail = read(world, plus, task_id)

    assert (status(detail), detail["task_status_display"]["state"]) == ("failed", "error")
    assert detail["current_assistant_turn"]["error"]["message"]
    assert detail["current_diff_task_turn"] is None


def test_the_prompt_and_the_starting_diff_are_shown_as_the_users_turn(world: World, plus: Workspace) -> None:
    task_id = create(world, plus, "\n  First line\nSecond line", starting_diff="diff --git a/x b/x\n", branch="main")

    detail = read(world, plus, task_id)
    items = detail["current_user_turn"]["input_items"]

    assert detail["task"]["title"] == "First line"
    assert items[0]["content"][0]["text"] == "\n  First line\nSecond line"
    assert items[1] == {"type": "pre_apply_patch", "output_diff": {"diff": "diff --git a/x b/x\n"}}
    assert world.state.tasks[task_id].branch == "main"


def test_attempts_are_siblings_with_diffs_of_their_own(world: World, plus: Workspace) -> None:
    task_id = create(world, plus, attempts=3)
    world.clock.advance(5)

    detail = read(world, plus, task_id)
    current = detail["current_assistant_turn"]
    others = tasks.siblings(world, plus, task_id, current["id"])
    load("wham").validator("SiblingTurnsResponse").check(others)

    assert [turn["id"] for turn in others["sibling_turns"]] == current["sibling_turn_ids"]
    assert [turn["attempt_placement"] for turn in others["sibling_turns"]] == [1, 2]
    diffs = [turn["output_items"][1]["output_diff"]["diff"] for turn in others["sibling_turns"]]
    assert len({diff(detail), *diffs}) == 3


@pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")
@pytest.mark.parametrize("prompt", ["Fix it", "a\u2028b \u00fc\r\nc", "+++ b/x", "```\n--- a\n```"], ids=repr)
def test_every_diff_applies_to_an_empty_repository(world: World, plus: Workspace, prompt: str, tmp_path: Path) -> None:
    task_id = create(world, plus, prompt)
    world.clock.advance(5)
    detail = read(world, plus, task_id)
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)

    subprocess.run(["git", "apply", "--index", "-"], cwd=tmp_path, input=diff(detail).encode(), check=True)

    numstat = subprocess.run(
        ["git", "diff", "--cached", "--numstat", "4b825dc642cb6eb9a060e54bf8d69288fbee4904"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    stats = detail["task_status_display"]["latest_turn_status_display"]["diff_stats"]
    assert numstat.split()[:2] == [str(stats["lines_added"]), "0"]
    assert stats["files_modified"] == 1


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("", (0, 0, 0), id="empty"),
        pytest.param("--- a/x\n+++ b/x\n@@ -1 +1,2 @@\n one\n+two\n", (1, 1, 0), id="added line"),
        pytest.param("--- a/x\n+++ b/x\n@@ -1,2 +1 @@\n--- a\n-++ b\n+++ c\n", (1, 1, 2), id="lines like headers"),
        pytest.param(
            "--- a/x\n+++ b/x\n@@ -1 +1 @@\n-a\n\\ No newline at end of file\n+b\n\\ No newline at end of file\n"
            "--- a/y\n+++ /dev/null\n@@ -1 +0,0 @@\n-c\n",
            (2, 1, 2),
            id="two files",
        ),
    ],
)
def test_the_statistics_count_what_a_diff_changes(
    world: World, plus: Workspace, text: str, expected: tuple[int, int, int]
) -> None:
    task_id = create(world, plus)
    world.state.tasks[task_id].attempts[0] = Attempt(diff=text)

    stats = read(world, plus, task_id)["task_status_display"]["latest_turn_status_display"]["diff_stats"]

    assert (stats["files_modified"], stats["lines_added"], stats["lines_removed"]) == expected


@pytest.mark.parametrize(
    ("prompt", "attempts"),
    [pytest.param(" \n", 1, id="blank prompt"), pytest.param("x", 0, id="no attempt"), pytest.param("x", 5, id="five")],
)
def test_an_impossible_task_is_rejected_and_leaves_nothing(
    world: World, plus: Workspace, prompt: str, attempts: int
) -> None:
    before = world.snapshot()
    with pytest.raises(tasks.TaskRejected):
        create(world, plus, prompt, attempts=attempts)
    assert world.snapshot() == before


def test_a_workspace_has_neither_the_tasks_nor_the_environments_of_another(world: World, plus: Workspace) -> None:
    other = world.account("pro").workspaces[0]
    task_id = create(world, plus)

    with pytest.raises(tasks.NotFound):
        tasks.read(world, other, task_id)
    with pytest.raises(tasks.NotFound):
        tasks.siblings(world, other, task_id, f"{task_id}~assttrn_0")
    with pytest.raises(tasks.NotFound):
        tasks.create(world, other, plus.environments[0].id, "x")
    assert task_id not in [item["id"] for item in page(world, other)["items"]]


def test_siblings_of_an_unknown_turn_are_not_found(world: World, plus: Workspace) -> None:
    with pytest.raises(tasks.NotFound):
        tasks.siblings(world, plus, create(world, plus), "turn_unknown")


def test_pages_are_newest_first_and_end_with_a_null_cursor(world: World, plus: Workspace) -> None:
    made = [create(world, plus) for _ in range(3)]
    first = page(world, plus, limit=3)
    second = page(world, plus, limit=3, cursor=first["cursor"])

    assert [item["id"] for item in first["items"]] == made[::-1]
    assert len(second["items"]) == 2
    assert second["cursor"] is None


def test_a_new_task_does_not_move_the_following_pages(world: World, plus: Workspace) -> None:
    first = page(world, plus, limit=1)
    create(world, plus)
    second = page(world, plus, limit=1, cursor=first["cursor"])

    assert first["items"][0]["id"] != second["items"][0]["id"]
    assert second["cursor"] is None


@pytest.mark.parametrize(
    ("task_filter", "expected"), [("current", [False, False]), ("archived", [True]), ("all", [True, False, False])]
)
def test_a_filter_chooses_by_what_is_archived(
    world: World, plus: Workspace, task_filter: str, expected: list[bool]
) -> None:
    world.state.tasks[create(world, plus)].archived = True

    assert [item["archived"] for item in page(world, plus, task_filter=task_filter)["items"]] == expected


def test_an_environment_filter_lists_only_its_tasks(world: World, plus: Workspace) -> None:
    second = plus.environments[1].id
    made = tasks.create(world, plus, second, "Elsewhere")["id"]

    assert [item["id"] for item in page(world, plus, environment_id=second)["items"]] == [made]
    assert page(world, plus, environment_id="env_unknown")["items"] == []


@pytest.mark.parametrize("query", [{"task_filter": "mine"}, {"cursor": "AAAA"}, {"cursor": "\u00fc"}], ids=str)
def test_a_query_that_cannot_be_served_is_rejected(world: World, plus: Workspace, query: dict[str, str]) -> None:
    with pytest.raises(tasks.TaskRejected):
        tasks.page(world, plus, **query)


@given(
    starts=st.floats(0, 100),
    works=st.floats(0, 100),
    moments=st.lists(st.floats(0, 300), min_size=1),
    outcome=st.sampled_from(["complete", "fail"]),
)
def test_an_attempt_only_ever_moves_along_the_table(
    starts: float, works: float, moments: list[float], outcome: str
) -> None:
    attempt = Attempt(starts_after=starts, ends_after=starts + works, outcome=outcome)
    task = Task("t", "w", "title", "prompt", "env", NOW, [attempt])
    seen = [tasks.attempt_status(task, attempt, NOW + moment) for moment in sorted(moments)]
    order = ["pending", "in_progress", TRANSITIONS["task"]["in_progress"][outcome]]

    assert [order.index(state) for state in seen] == sorted(order.index(state) for state in seen)
