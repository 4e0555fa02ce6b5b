"""The smaller things that clients ask of a thread."""

from __future__ import annotations

import pytest


def test_elicitations_are_counted(talk, release):
    thread = talk(version=release)

    counts = [thread.ask(f"thread/{step}_elicitation") for step in ("increment", "increment", "decrement", "decrement")]

    assert [(each["count"], each["paused"]) for each in counts] == [(1, True), (2, True), (1, True), (0, False)]
    assert thread.refused("thread/decrement_elicitation").message == "out-of-band elicitation count is already zero"


def test_nothing_is_remembered_of_a_thread(talk):
    thread = talk()

    assert thread.ask("thread/memory/read") == {"summary": None}
    assert thread.ask("thread/memoryMode/set", mode="disabled") == {}


def test_a_plan_is_prepared(talk):
    thread = talk()

    assert thread.ask("thread/prepareApprovedPlan", markdown="# Plan") == {"prompt": "Implement the plan."}
    assert thread.refused("thread/prepareApprovedPlan", markdown=" ").message == "The approved plan is empty."


def test_a_prediction_is_not_there_yet(talk):
    refusal = talk().refused("thread/prediction/request", sourceTurnId="x")

    assert (refusal.code, refusal.message) == (-32601, "thread/prediction/request is not implemented yet")


def test_the_items_of_a_turn_alone_were_never_there(talk):
    refusal = talk(version="0.141.0").refused("thread/turns/items/list", turnId="x")

    assert (refusal.code, refusal.message) == (-32601, "thread/turns/items/list is not supported yet")


@pytest.mark.parametrize("event", [{}, 5, {"id": "x"}], ids=str)
def test_an_event_that_is_none_is_refused(talk, release, event):
    message = talk(version=release).refused("thread/approveGuardianDeniedAction", event=event).message

    assert message.startswith("invalid Guardian denial event: missing field `")


def test_a_denied_action_is_approved(talk, release):
    event = {"id": "x", "status": "denied", "action": {}}

    assert talk(version=release).ask("thread/approveGuardianDeniedAction", event=event) == {}


def test_there_is_no_call_to_review(talk):
    thread = talk()
    call = "plaintext exec_command, apply_patch, request_permissions, or MCP call"

    assert thread.refused("thread/guardianReview").message == f"expected a final {call}"
    thread.say("hello")
    assert thread.refused("thread/guardianReview").message == f"expected a completed {call} with a nonempty call ID"


def test_a_sample_is_no_turn(talk):
    thread = talk(scenario={"model": [{"say": [{"message": "one"}]}, {"say": [{"message": "sampled"}]}]})
    (turn,) = thread.say("hello")

    sample = thread.ask("thread/sample", expectedTurnId=turn, prompt="What now?")

    assert (sample["text"], sample["sourceTurnId"]) == ("sampled", turn)
    assert thread.turns() == [turn]
    assert thread.ask("thread/sample/cancel", requestId=1) == {}


def test_a_sample_that_the_scenario_does_not_know_fails(talk):
    thread = talk(scenario={"model": [{"say": [{"message": "one"}]}]})
    (turn,) = thread.say("hello")

    assert thread.refused("thread/sample", expectedTurnId=turn, prompt="p").code == -32603


def test_a_thread_without_a_turn_has_nothing_to_sample(talk):
    thread = talk()

    assert thread.refused("thread/sample", expectedTurnId="x", prompt="p").message == (
        f"invalid thread-store request: no rollout found for thread id {thread.id}"
    )


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({}, "sample source turn must be the latest finished turn"),
        ({"threadId": "01900000-0000-7000-8000-000000000000"}, "thread/sample requires a loaded source"),
    ],
    ids=["another turn", "another thread"],
)
def test_a_sample_of_something_else_is_refused(talk, params, message):
    thread = talk()
    thread.say("hello")

    assert thread.refused("thread/sample", expectedTurnId="x", prompt="p", **params).message == message


def test_voices_are_listed_by_release(talk, release):
    voices = talk(version=release).ask("thread/realtime/listVoices")["voices"]

    assert (voices["defaultV1"], voices["defaultV2"]) == ("cove", "marin")
    assert ("v3" in voices) is (release == "0.169.0")


def test_nobody_takes_a_call(talk, release):
    thread = talk(version=release)
    if release == "0.141.0":
        assert thread.refused("thread/realtime/start", outputModality="text").message == (
            f"thread {thread.id} does not support realtime conversation"
        )
        return
    assert thread.ask("thread/realtime/start", outputModality="text") == {}
    assert thread.told() == ["thread/realtime/error"]
    assert thread.ask("thread/realtime/stop") == {}
    assert thread.told() == ["thread/realtime/closed"]
    assert thread.ask("thread/realtime/appendText", text="x") == {}
    assert thread.told() == ["systemError", "error"]
