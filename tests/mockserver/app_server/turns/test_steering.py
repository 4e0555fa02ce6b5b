"""Steering and interrupting a turn."""

from __future__ import annotations

import pytest

from codex_mockserver.app_server import RpcError

SLOW = {"tokens_per_second": 1}
MORE = [{"type": "text", "text": "more"}]


@pytest.fixture
def running(conversation):
    """Return what starts a turn whose first answer is half told: the conversation, the turn, and what came."""

    def start(version, **params):
        first = {"say": [{"message": {"deltas": ["a ", "b "]}}], "pacing": SLOW}
        talk = conversation(first, [{"message": "More."}], version=version, **params)
        turn = talk.start()
        talk.client.take()
        return talk, turn

    return start


def test_the_newest_release_cuts_the_running_answer_short(running, items, told):
    talk, turn = running("0.169.0")
    assert talk.ask("turn/steer", {"expectedTurnId": turn, "input": MORE, "clientUserMessageId": "mine"}) == {
        "turnId": turn
    }
    messages = talk.client.take()

    assert told(messages)[0] == "account/rateLimits/updated"
    assert items(messages, "userMessage")[0]["clientId"] == "mine"
    assert [item["text"] for item in items(messages, "agentMessage")] == ["More."]


def test_older_releases_let_the_answer_finish(running, items, real_time):
    talk, turn = running("0.141.0")
    talk.ask("turn/steer", {"expectedTurnId": turn, "input": MORE})
    assert talk.client.take() == []
    real_time.seconds = 10.0
    talk.client.wake()

    messages = talk.client.take()
    assert [item["text"] for item in items(messages, "agentMessage")] == ["a b ", "More."]
    assert messages[-1]["method"] == "turn/completed"


@pytest.mark.parametrize(("version", "is_named"), [("0.141.0", False), ("0.169.0", True)])
def test_a_start_while_a_turn_runs_steers_it(running, items, real_time, version, is_named):
    talk, turn = running(version)

    assert (talk.ask("turn/start", {"input": MORE})["turn"]["id"] == turn) is is_named
    real_time.seconds = 10.0
    talk.client.wake()
    assert items(talk.client.take(), "userMessage")[0]["content"][0]["text"] == "more"


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({"expectedTurnId": "wrong", "input": MORE}, "expected active turn id `wrong` but found `{turn}`"),
        ({"expectedTurnId": "", "input": MORE}, "expectedTurnId must not be empty"),
        ({"expectedTurnId": "{turn}", "input": []}, "input must not be empty"),
    ],
)
def test_steering_that_is_refused(running, params, message):
    talk, turn = running("0.169.0")
    params = {**params, "expectedTurnId": params["expectedTurnId"].replace("{turn}", turn)}

    with pytest.raises(RpcError) as refusal:
        talk.ask("turn/steer", params)
    assert refusal.value.message == message.format(turn=turn)


def test_nothing_to_steer(conversation):
    with pytest.raises(RpcError, match="no active turn to steer"):
        conversation().ask("turn/steer", {"expectedTurnId": "x", "input": MORE})


def test_an_interruption_ends_the_turn_with_open_items(running, items, told, release):
    talk, turn = running(release)
    assert talk.ask("turn/interrupt", {"turnId": turn}) == {}
    messages = talk.client.take()

    assert items(messages, "agentMessage") == []
    assert told(messages)[-2:] == ["thread/status/changed", "turn/completed"]
    assert messages[-1]["params"]["turn"]["status"] == "interrupted"
    assert messages[-1]["params"]["turn"]["error"] is None


def test_only_the_running_turn_can_be_interrupted(running):
    talk, turn = running("0.169.0")

    with pytest.raises(RpcError) as refusal:
        talk.ask("turn/interrupt", {"turnId": "wrong"})
    assert refusal.value.message == f"expected active turn id wrong but found {turn}"


@pytest.mark.parametrize("version", ["0.141.0", "0.169.0"])
def test_a_thread_that_never_ran_a_turn_has_nothing_to_interrupt(conversation, version):
    with pytest.raises(RpcError, match="no active turn to interrupt"):
        conversation(version=version).ask("turn/interrupt", {"turnId": "x"})


def test_after_a_turn_that_ended_by_itself_there_is_nothing_to_interrupt(conversation, release):
    talk = conversation(version=release)
    turn = talk.start()

    with pytest.raises(RpcError, match="no active turn to interrupt"):
        talk.ask("turn/interrupt", {"turnId": turn})
    assert talk.ask("turn/interrupt", {"turnId": ""}) == {}


def test_the_newest_release_refuses_a_second_interruption(running):
    talk, turn = running("0.169.0")
    talk.ask("turn/interrupt", {"turnId": turn})

    with pytest.raises(RpcError, match="no active turn to interrupt"):
        talk.ask("turn/interrupt", {"turnId": turn})


def test_before_a_second_interruption_waited_for_the_next_turn(running):
    talk, turn = running("0.160.0")
    talk.ask("turn/interrupt", {"turnId": turn})
    late = talk.client.begin("turn/interrupt", {"threadId": talk.thread, "turnId": turn})
    assert not talk.client.is_answered(late)

    talk.start()
    assert talk.client.result(late) == {}


def test_a_pending_approval_is_resolved_after_the_end(conversation, told):
    command = {"cmd": "touch a", "sandbox_permissions": "require_escalated"}
    talk = conversation([{"exec_command": command}], sandbox="workspace-write", approvalPolicy="on-request")
    turn = talk.start()
    (request,) = talk.client.take("item/commandExecution/requestApproval")
    talk.client.take()
    talk.ask("turn/interrupt", {"turnId": turn})
    messages = talk.client.take()

    assert told(messages)[-3:] == ["thread/status/changed", "turn/completed", "serverRequest/resolved"]
    assert messages[-3]["params"]["status"] == {"type": "idle"}
    assert talk.reply(request, {"decision": "accept"}) == []


def test_a_running_command_goes_on_after_an_interruption(conversation, items, real_time):
    talk = conversation([{"exec_command": {"cmd": "make", "output": "made\n", "seconds": 5}}])
    turn = talk.start()
    talk.ask("turn/interrupt", {"turnId": turn})
    assert items(talk.client.take(), "commandExecution") == []
    assert len(talk.ask("thread/backgroundTerminals/list")["data"]) == 1

    real_time.seconds = 5.0
    talk.client.wake()
    assert items(talk.client.take(), "commandExecution")[0]["aggregatedOutput"] == "made\n"


def test_the_model_does_not_see_an_answer_that_was_cut(running):
    talk, turn = running("0.169.0")
    talk.ask("turn/interrupt", {"turnId": turn})
    history = talk.server.threads.find(talk.thread).conversation()

    assert [item["role"] for item in history] == ["user"]
