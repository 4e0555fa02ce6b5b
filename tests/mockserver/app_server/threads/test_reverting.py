"""``thread/revert`` and ``thread/rollback``: taking turns back."""

from __future__ import annotations

import pytest


def test_a_turn_and_all_that_came_after_it_are_dropped(talk):
    thread = talk()
    first, second, _ = thread.say("one", "two", "three")
    thread.client.take()

    answer = thread.ask("thread/revert", beforeTurnId=second)

    assert thread.told() == ["notLoaded", "idle", "thread/reverted"]
    assert (answer["thread"]["status"], answer["thread"]["turns"]) == ({"type": "idle"}, [])
    assert thread.turns() == [first]
    assert thread.ask("thread/turns/list", cursor=answer["turnsBackwardsCursor"])["data"][0]["id"] == first


def test_the_model_forgets_what_was_dropped(talk):
    thread = talk()
    _, second = thread.say("one", "two")

    thread.ask("thread/revert", beforeTurnId=second)

    said = str(thread.server.threads.find(thread.id).conversation())
    assert "one" in said
    assert "two" not in said


def test_nothing_is_unread_when_it_was_dropped(talk):
    thread = talk()
    first, second = thread.say("one", "two")
    thread.client.take()

    thread.ask("thread/revert", beforeTurnId=second)
    assert thread.ask("thread/read")["readState"]["firstUnread"]["turnId"] == first
    thread.ask("thread/revert", beforeTurnId=first)
    assert thread.ask("thread/read")["readState"]["firstUnread"] is None
    assert thread.told().count("thread/readState/changed") == 1


def test_a_turn_that_is_not_there_unsettles_the_thread_all_the_same(talk):
    thread = talk()
    thread.say("one")
    thread.client.take()

    assert thread.refused("thread/revert", beforeTurnId="nope").message == "turn not found: nope"

    assert thread.told() == ["notLoaded", "idle"]
    assert len(thread.turns()) == 1


def test_a_running_turn_ends_first(talk, slow):
    thread = talk(scenario=slow)
    (turn,) = thread.say("go")
    thread.client.take()

    thread.ask("thread/revert", beforeTurnId=turn)

    assert thread.told() == ["idle", "turn/completed", "notLoaded", "idle", "thread/reverted"]
    assert thread.turns() == []


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({"historyMode": "legacy"}, "thread/revert only supports paginated threads"),
        ({"ephemeral": True}, "ephemeral threads do not support thread/revert"),
    ],
    ids=["legacy", "ephemeral"],
)
def test_only_a_paginated_history_is_reverted(talk, params, message):
    thread = talk(**params)
    thread.say("one")

    assert thread.refused("thread/revert", beforeTurnId="x").message == message


@pytest.mark.parametrize(("count", "left"), [(1, 2), (2, 1), (100, 0)])
def test_an_old_release_drops_the_last_turns(talk, count, left):
    thread = talk(version="0.141.0")
    turns = thread.say("one", "two", "three")
    thread.client.take()

    answer = thread.ask("thread/rollback", numTurns=count)

    assert [turn["id"] for turn in answer["thread"]["turns"]] == turns[:left]
    assert thread.told() == ["thread/tokenUsage/updated"]


def test_a_rollback_refuses_what_it_cannot_do(talk, slow):
    thread = talk(version="0.141.0", scenario=slow)
    assert thread.refused("thread/rollback", numTurns=0).message == "numTurns must be >= 1"
    thread.say("go")
    thread.client.take()

    refusal = thread.refused("thread/rollback", numTurns=1)

    assert refusal.message == "Cannot rollback while a turn is in progress."
    assert thread.told() == ["systemError"]


def test_an_ephemeral_thread_has_nothing_to_roll_back(talk):
    thread = talk(version="0.141.0", ephemeral=True)
    thread.say("one")

    assert thread.refused("thread/rollback", numTurns=1).message == "thread rollback requires persisted thread history"


def test_some_releases_discourage_rolling_back(talk):
    thread = talk(version="0.150.0")
    thread.say("one")
    thread.client.take()

    thread.ask("thread/rollback", numTurns=1)

    assert thread.told()[0] == "deprecationNotice"
