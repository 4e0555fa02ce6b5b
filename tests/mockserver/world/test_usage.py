"""Usage: days, streaks, threads and past windows."""

import pytest

from codex_mockserver.world import Clock, Workspace, World, parse_time
from codex_mockserver.world.limits import record_turn
from codex_mockserver.world.usage import (
    InvalidThreads,
    plan_limit_history,
    profile,
    task_usage,
    thread_estimates,
    thread_usage,
)
from codex_schemas import load

DAY = 24 * 3600
NOON = parse_time("2026-03-10T12:00:00Z")


@pytest.fixture
def world() -> World:
    return World(seed=1, clock=Clock(frozen_at=NOON))


@pytest.fixture
def plus(world: World) -> Workspace:
    return world.account("plus").workspaces[0]


def stats(world: World, workspace: Workspace) -> dict:
    answer = profile(world, world.account("plus"), workspace)
    load("wham").validator("TokenUsageProfile").check(answer)
    return answer["stats"]


def test_a_new_account_has_used_nothing(world: World, plus: Workspace) -> None:
    assert stats(world, plus) == {
        "lifetime_tokens": 0,
        "peak_daily_tokens": 0,
        "longest_running_turn_sec": 0,
        "current_streak_days": 0,
        "longest_streak_days": 0,
        "daily_usage_buckets": [],
        "total_threads": 0,
    }


def test_turns_are_counted_on_the_worlds_day(world: World, plus: Workspace) -> None:
    record_turn(world, plus, 100, "thread-a", seconds=12.9)
    world.clock.advance(DAY / 2 - 1)
    record_turn(world, plus, 200, "thread-a", seconds=3)
    world.clock.advance(1)
    record_turn(world, plus, 50, "thread-b")

    found = stats(world, plus)

    assert found["daily_usage_buckets"] == [
        {"start_date": "2026-03-10", "tokens": 300},
        {"start_date": "2026-03-11", "tokens": 50},
    ]
    assert (found["lifetime_tokens"], found["peak_daily_tokens"]) == (350, 300)
    assert (found["longest_running_turn_sec"], found["total_threads"]) == (12, 2)


@pytest.mark.parametrize(
    ("pauses", "current", "longest"),
    [
        pytest.param([0], 1, 1, id="only today"),
        pytest.param([0, 1], 1, 1, id="only yesterday still counts"),
        pytest.param([0, 2], 0, 1, id="two days ago is over"),
        pytest.param([0, 1, 1, 0], 3, 3, id="three days in a row"),
        pytest.param([0, 1, 1, 2, 0], 1, 3, id="a gap starts again"),
    ],
)
def test_streaks_count_days_in_a_row(
    world: World, plus: Workspace, pauses: list[int], current: int, longest: int
) -> None:
    for number, days in enumerate(pauses):
        world.clock.advance(days * DAY)
        if number < len(pauses) - 1 or days == 0:
            record_turn(world, plus, 1)

    found = stats(world, plus)

    assert (found["current_streak_days"], found["longest_streak_days"]) == (current, longest)


def test_a_thread_query_answers_exactly_the_threads_asked_for(world: World, plus: Workspace) -> None:
    record_turn(world, plus, 1000, "known")

    answer = thread_usage(plus, ["unknown", "known"])

    load("wham").validator("ThreadUsageResponse").check(answer)
    unknown, known = answer["threads"]
    assert (unknown["thread_id"], unknown["estimated_usage_credits_micros"], unknown["groups"]) == ("unknown", 0, [])
    assert (known["thread_id"], known["estimated_usage_credits_micros"]) == ("known", 25_000)
    assert known["estimated_usage_usd_micros"] == 1000
    assert known["groups"] == [{"estimated_usage_credits_micros": 25_000, "total_tokens": 1000}]


def test_a_task_query_adds_descendants_to_their_root(world: World, plus: Workspace) -> None:
    record_turn(world, plus, 5_000, "root")
    record_turn(world, plus, 10_000, "child")

    answer = task_usage(world, plus, [{"thread_id": "root", "created_at": None, "descendant_thread_ids": ["child"]}])

    load("wham").validator("TaskUsageResponse").check(answer)
    [task] = answer["threads"]
    assert task["thread_id"] == "root"
    assert (task["five_hour_limit_percent"], task["weekly_limit_percent"]) == (3.0, 0.5)


def test_a_plan_without_a_five_hour_window_has_no_share_of_it(world: World) -> None:
    free = world.account("free").workspaces[0]
    record_turn(world, free, 2_000, "root")

    [task] = task_usage(world, free, [{"thread_id": "root", "created_at": None, "descendant_thread_ids": []}])[
        "threads"
    ]

    assert (task["five_hour_limit_percent"], task["weekly_limit_percent"]) == (None, 1.0)


@pytest.mark.parametrize(
    "threads",
    [
        pytest.param([("a", []), ("a", [])], id="one root twice"),
        pytest.param([("a", ["b"]), ("b", [])], id="a root that is a descendant"),
        pytest.param([("a", ["b", "b"])], id="one descendant twice"),
        pytest.param([("a", [str(n) for n in range(1000)])], id="more than a thousand"),
    ],
)
def test_a_task_query_names_each_thread_once(
    world: World, plus: Workspace, threads: list[tuple[str, list[str]]]
) -> None:
    query = [{"thread_id": root, "created_at": None, "descendant_thread_ids": below} for root, below in threads]

    with pytest.raises(InvalidThreads):
        task_usage(world, plus, query)


def test_an_estimate_names_exactly_the_turns_asked_for() -> None:
    answer = thread_estimates([{"thread_id": "a", "turn_ids": ["1", "2"]}, {"thread_id": "b", "turn_ids": []}])

    load("wham").validator("ThreadEstimatesResponse").check(answer)
    assert [(t["thread_id"], [turn["turn_id"] for turn in t["turns"]]) for t in answer["threads"]] == [
        ("a", ["1", "2"]),
        ("b", []),
    ]


def test_the_history_has_finished_and_running_windows_of_the_asked_days(world: World, plus: Workspace) -> None:
    record_turn(world, plus, 50_000)
    world.clock.advance(6 * 3600)
    record_turn(world, plus, 100_000)

    answer = plan_limit_history(world, plus, 7)

    load("wham").validator("PlanLimitHistory").check(answer)
    assert [(p["window_minutes"], p["used_basis_points"], p["accounting_complete"]) for p in answer["periods"]] == [
        (300, 2000, False),
        (300, 1000, True),
        (10080, 500, False),
    ]
    assert answer["periods"][1]["starts_at"] == "2026-03-10T12:00:00Z"
    assert answer["periods"][1]["ends_at"] == "2026-03-10T17:00:00Z"
    world.clock.advance(30 * DAY)
    assert plan_limit_history(world, plus, 7)["periods"] == []
