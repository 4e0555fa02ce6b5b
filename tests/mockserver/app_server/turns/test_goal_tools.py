"""Goals that the model sets and reaches by itself."""

from __future__ import annotations

import json

import pytest

DONE = {"say": [{"message": "Done."}], "times": None}


def call(name, **arguments):
    return [{"function_call": {"name": name, "arguments": arguments}}]


def test_a_goal_is_set_read_and_reached(conversation):
    talk = conversation(
        call("create_goal", objective="Do it"), call("get_goal"), call("update_goal", status="complete")
    )
    talk.turn()

    told = [json.loads(output)["goal"]["status"] for output in talk.outputs()]
    assert told == ["active", "active", "complete"]
    assert talk.ask("thread/goal/get")["goal"]["status"] == "complete"


def test_everyone_hears_of_a_goal(conversation):
    messages = conversation(call("create_goal", objective="Do it"), call("update_goal", status="complete")).turn()

    told = [each["params"]["goal"]["status"] for each in messages if each["method"] == "thread/goal/updated"]
    assert (told[0], told[-1]) == ("active", "complete")


def test_a_goal_of_the_client_ends_when_the_model_says_so(conversation, told):
    talk = conversation([{"message": "Working."}], call("update_goal", status="complete"), DONE)
    talk.ask("thread/goal/set", {"objective": "Do it"})

    assert told(talk.client.take()).count("turn/completed") == 2
    assert talk.ask("thread/goal/get")["goal"]["status"] == "complete"


@pytest.mark.parametrize(
    ("calls", "output"),
    [
        ([call("update_goal", status="complete")], "cannot update goal because this thread has no goal"),
        (
            [call("create_goal", objective="a"), call("create_goal", objective="b")],
            "cannot create a new goal because this thread has an unfinished goal; complete the existing goal first",
        ),
        (
            [call("create_goal", objective="a"), call("update_goal", status="paused")],
            "update_goal can only mark the existing goal complete or blocked;",
        ),
        ([call("update_goal", status="nope")], "failed to parse function arguments: "),
    ],
)
def test_what_the_model_may_not_do(conversation, calls, output):
    talk = conversation(*calls, call("update_goal", status="complete"), DONE)
    talk.turn()

    assert talk.outputs()[len(calls) - 1].startswith(output)


def test_a_thread_without_a_goal(conversation):
    talk = conversation(call("get_goal"), DONE)
    talk.turn()

    assert json.loads(talk.outputs()[0]) == {"goal": None, "remainingTokens": None, "completionBudgetReport": None}
