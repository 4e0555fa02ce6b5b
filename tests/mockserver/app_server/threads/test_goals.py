"""``thread/goal/*``, and the turns that an active goal begins by itself."""

from __future__ import annotations

import pytest

from codex_mockserver.app_server.threads._continuation import OWN_TURNS

WORK = {"say": [{"message": "working"}]}
REACHED = {"say": [{"function_call": {"name": "update_goal", "arguments": {"status": "complete"}}}]}


def goals(thread):
    """Return the goals that were told, as status and turn."""
    told = thread.client.take("thread/goal/updated")
    return [(message["params"]["goal"]["status"], message["params"]["turnId"]) for message in told]


def test_a_goal_is_set_changed_and_cleared(talk, release):
    thread = talk(version=release)
    assert thread.ask("thread/goal/get") == {"goal": None}

    goal = thread.ask("thread/goal/set", objective=" win ", status="paused", tokenBudget=5)["goal"]
    assert (goal["objective"], goal["status"], goal["tokenBudget"], goal["tokensUsed"]) == ("win", "paused", 5, 0)
    goal = thread.ask("thread/goal/set", tokenBudget=None)["goal"]
    assert (goal["objective"], goal["tokenBudget"]) == ("win", None)
    goal = thread.ask("thread/goal/set", objective="lose")["goal"]
    assert (goal["objective"], goal["status"]) == ("lose", "paused")
    assert thread.ask("thread/goal/get") == {"goal": goal}
    assert goals(thread) == [("paused", None)] * 3

    assert [thread.ask("thread/goal/clear")["cleared"] for _ in range(2)] == [True, False]
    assert thread.told() == ["thread/goal/cleared"]


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({"status": "paused"}, "cannot update goal for thread {}: no goal exists"),
        ({"objective": "  "}, "goal objective must not be empty"),
        ({"objective": "x" * 4001}, "goal objective must be at most 4000 characters"),
        ({"objective": "x", "tokenBudget": 0}, "goal budgets must be positive when provided"),
    ],
    ids=["no goal", "empty", "too long", "no budget"],
)
def test_a_bad_goal_is_refused(talk, release, params, message):
    thread = talk(version=release)

    assert thread.refused("thread/goal/set", **params).message == message.format(thread.id)


@pytest.mark.parametrize("method", ["thread/goal/set", "thread/goal/get", "thread/goal/clear"])
def test_an_ephemeral_thread_has_no_goals(talk, release, method):
    thread = talk(version=release, ephemeral=True)

    assert thread.refused(method).message == f"ephemeral thread does not support goals: {thread.id}"


def test_an_active_goal_begins_turns_until_the_model_says_that_it_is_reached(talk, release):
    thread = talk(version=release, scenario={"model": [WORK, WORK, REACHED, WORK, WORK]})

    thread.ask("thread/goal/set", objective="win")

    turns = thread.ask("thread/turns/list", itemsView="full")["data"]
    assert len(turns) == 3
    assert not any(item["type"] == "userMessage" for turn in turns for item in turn["items"])
    assert thread.ask("thread/goal/get")["goal"]["status"] == "complete"
    assert goals(thread)[-1] == ("complete", turns[0]["id"])


def test_a_goal_that_is_never_reached_is_blocked_at_last(talk, release):
    thread = talk(version=release)

    thread.ask("thread/goal/set", objective="win")

    assert len(thread.server.threads.find(thread.id).turns) == OWN_TURNS
    assert thread.ask("thread/goal/get")["goal"]["status"] == "blocked"


def test_a_budget_ends_the_work_and_only_a_new_one_could_go_on(talk, release):
    thread = talk(version=release)

    thread.ask("thread/goal/set", objective="win", tokenBudget=1)

    assert len(thread.turns()) == 1
    goal = thread.ask("thread/goal/set", status="active")["goal"]
    assert goal["status"] == "budgetLimited"
    assert goal["tokensUsed"] > 1


def test_a_turn_that_fails_blocks_the_goal_before_its_end_is_told(talk, release):
    failing = {"say": [], "end": {"failed": {"code": "server_error", "message": "boom"}}}
    config = {"model_providers": {"x": {"name": "x"}}, "stream_max_retries": 0}
    thread = talk(version=release, scenario={"model": [failing] * 9}, config=config)

    thread.ask("thread/goal/set", objective="win")
    for _ in range(20):
        thread.server.tasks.now.seconds += 10
        thread.client.wake()

    told = thread.told()
    assert told.index("systemError") > max(i for i, each in enumerate(told) if each == "thread/goal/updated")
    assert thread.ask("thread/goal/get")["goal"]["status"] == "blocked"


def test_an_interrupted_goal_waits_for_the_user(talk, release, slow):
    thread = talk(version=release, scenario={"model": [*slow["model"], WORK, REACHED, WORK]})
    thread.ask("thread/goal/set", objective="win")
    turn = thread.server.threads.find(thread.id).turns[-1].id
    thread.ask("turn/interrupt", turnId=turn)
    assert len(thread.turns()) == 1
    assert thread.ask("thread/goal/get")["goal"]["status"] == "active"

    thread.say("go on")

    assert len(thread.turns()) == 3
    assert thread.ask("thread/goal/get")["goal"]["status"] == "complete"


def test_who_comes_back_is_told_the_goal(talk, release):
    thread = talk(version=release)
    thread.say("hello")
    thread.ask("thread/goal/set", objective="win", status="paused")
    thread.client.take()

    thread.ask("thread/resume", excludeTurns=True)

    assert goals(thread) == [("paused", None)]
