"""Several connections to one server."""

from __future__ import annotations

from typing import Any

import pytest

from codex_conformance.probes import AppServerProbe, at, require
from codex_conformance.suites.server.app_server._reading import has_status, items_of
from codex_conformance.suites.server.app_server._scenes import ASKING, begin, run_half

Json = dict[str, Any]

_APPROVAL = "item/commandExecution/requestApproval"
_RESOLVED = "serverRequest/resolved"
_PRIVATE = ("turn/started", "item/started", "item/agentMessage/delta", "item/completed", "turn/completed")


@pytest.fixture
def asked(client: AppServerProbe) -> Json:
    """Return the question of a turn that waits for its user."""
    begin(client, client.thread(**ASKING), "touch")
    return client.wait_for(_APPROVAL)


def _resume(client: AppServerProbe, thread_id: str) -> None:
    client.ask("thread/resume", {"threadId": thread_id})


def _join(client: AppServerProbe, asked: Json) -> Json:
    """Resume the thread of a question, and return the question as it comes again."""
    _resume(client, at(asked, "/params/threadId", str))
    return client.wait_for(_APPROVAL)


@pytest.mark.codex("app-server.connection.own-ids")
def test_ids_of_requests_belong_to_a_connection(client: AppServerProbe, other: AppServerProbe) -> None:
    pair = (client, other)
    models = ["gpt-5.2", "gpt-5.5"]
    for probe, model in zip(pair, models, strict=True):
        probe.send({"id": 900, "method": "thread/start", "params": {"model": model}})
    found = [at(probe.answer(900), "/result/model") for probe in pair]
    require(found == models, expected="to each the answer to its own request", found=found)


@pytest.mark.codex("app-server.connection.threads-told-to-all")
def test_new_threads_and_names_are_told_to_all(client: AppServerProbe, other: AppServerProbe) -> None:
    thread_id = client.thread()
    other.wait_for("thread/started", lambda each: at(each, "/thread/id") == thread_id)
    client.ask("thread/name/set", {"threadId": thread_id, "name": "Tides"})
    other.wait_for("thread/name/updated", lambda each: each.get("threadName") == "Tides")


@pytest.mark.codex("app-server.connection.status-told-to-all")
def test_the_status_of_threads_is_told_to_all(client: AppServerProbe, other: AppServerProbe) -> None:
    thread_id = client.thread()
    client.turn(thread_id)
    for status in ("active", "idle"):
        other.wait_for("thread/status/changed", has_status(thread_id, status))


@pytest.mark.codex("app-server.connection.turns-to-subscribers")
def test_turns_are_told_to_subscribers_only(client: AppServerProbe, other: AppServerProbe) -> None:
    thread_id = client.thread()
    client.turn(thread_id)
    other.wait_for("thread/status/changed", has_status(thread_id, "idle"))
    other.settle()
    seen = other.notifications(*_PRIVATE)
    require(not seen, expected="no turn/* and item/* on the other connection", found=seen)


@pytest.mark.codex("app-server.connection.answers-to-the-asker")
def test_answers_go_to_who_asked(client: AppServerProbe, other: AppServerProbe) -> None:
    client.send({"id": 900, "method": "thread/loaded/list", "params": {}})
    client.answer(900)
    other.settle()
    strays = [each for each in other.messages if "method" not in each and each.get("id") == 900]
    require(not strays, expected="no answer on the other connection", found=strays)


@pytest.mark.codex("app-server.connection.resume-subscribes")
def test_who_resumes_a_thread_sees_its_turns(client: AppServerProbe, other: AppServerProbe) -> None:
    thread_id = client.thread()
    client.turn(thread_id)
    _resume(other, thread_id)
    turn_id = begin(client, thread_id, "again")
    for probe in (client, other):
        probe.wait_for("turn/completed", lambda each: at(each, "/turn/id") == turn_id)
    require(other.notifications("item/completed"), expected="the items too", found=other.messages)


@pytest.mark.codex("app-server.connection.joins-a-running-turn")
def test_who_joins_a_running_turn_sees_its_end(client: AppServerProbe, other: AppServerProbe) -> None:
    thread_id = client.thread()
    turn_id = run_half(client, thread_id)
    _resume(other, thread_id)
    client.ask("turn/interrupt", {"threadId": thread_id, "turnId": turn_id})
    ended = other.wait_for("turn/completed")
    require(at(ended, "/params/turn/id") == turn_id, expected=f"the end of {turn_id}", found=ended)


@pytest.mark.codex("app-server.connection.turn-without-subscription")
def test_who_is_not_subscribed_may_start_a_turn(client: AppServerProbe, other: AppServerProbe) -> None:
    turn_id = begin(other, client.thread())
    ended = client.wait_for("turn/completed")
    require(at(ended, "/params/turn/id") == turn_id, expected=f"the end of {turn_id}", found=ended)


@pytest.mark.codex("app-server.connection.interrupts")
def test_another_connection_may_interrupt(client: AppServerProbe, other: AppServerProbe) -> None:
    thread_id = client.thread()
    turn_id = run_half(client, thread_id)
    other.ask("turn/interrupt", {"threadId": thread_id, "turnId": turn_id})
    ended = client.wait_for("turn/completed")
    require(at(ended, "/params/turn/status") == "interrupted", expected="interrupted", found=ended)


@pytest.mark.codex("app-server.connection.leaves-in-a-turn")
def test_a_turn_goes_on_when_its_connection_leaves(client: AppServerProbe, other: AppServerProbe) -> None:
    thread_id = client.thread()
    turn_id = run_half(client, thread_id, "slow")
    client.close()
    other.wait_for("thread/status/changed", has_status(thread_id, "idle"))
    turns = at(other.ask("thread/read", {"threadId": thread_id, "includeTurns": True}), "/thread/turns", list)
    found = [(each.get("id"), each.get("status")) for each in turns]
    require(found == [(turn_id, "completed")], expected="the turn, completed", found=found)


@pytest.mark.codex("app-server.connection.question-to-all")
def test_a_question_goes_to_all_subscribers(other: AppServerProbe, asked: Json) -> None:
    again = _join(other, asked)
    require(again["id"] == asked["id"], expected=f"the same id {asked['id']}", found=again["id"])


@pytest.mark.codex("app-server.connection.first-answer-counts")
def test_the_first_answer_counts(client: AppServerProbe, other: AppServerProbe, asked: Json) -> None:
    other.reply(_join(other, asked)["id"], {"decision": "decline"})
    client.wait_for(_RESOLVED)
    client.reply(asked["id"], {"decision": "accept"})
    client.wait_for("turn/completed")
    found = [each.get("status") for each in items_of(client, "commandExecution")]
    require(found == ["declined"], expected="declined", found=found)


@pytest.mark.codex("app-server.connection.resolved-to-all")
def test_all_subscribers_hear_that_a_question_is_answered(
    client: AppServerProbe, other: AppServerProbe, asked: Json
) -> None:
    _join(other, asked)
    client.reply(asked["id"], {"decision": "decline"})
    told = [probe.wait_for(_RESOLVED)["params"].get("requestId") for probe in (client, other)]
    require(told == [asked["id"]] * 2, expected=f"the id {asked['id']} on both", found=told)


@pytest.mark.codex("app-server.connection.question-survives")
def test_a_question_outlives_its_connection(client: AppServerProbe, other: AppServerProbe, asked: Json) -> None:
    client.close()
    again = _join(other, asked)
    require(again["id"] == asked["id"], expected=f"the question {asked['id']} again", found=again)
    other.reply(again["id"], {"decision": "decline"})
    turn = other.wait_for("turn/completed")["params"]["turn"]
    require(turn.get("status") == "completed", expected="a turn that goes on", found=turn)


@pytest.mark.codex("app-server.connection.silent-before-handshake")
def test_a_connection_without_a_handshake_is_told_nothing(
    client: AppServerProbe, other_newcomer: AppServerProbe
) -> None:
    client.turn(client.thread())
    other_newcomer.settle()
    require(not other_newcomer.messages, expected="nothing", found=other_newcomer.messages)


@pytest.mark.codex("app-server.connection.own-opt-outs")
def test_a_connection_opts_out_for_itself(client: AppServerProbe, other_newcomer: AppServerProbe) -> None:
    other_newcomer.handshake(capabilities={"optOutNotificationMethods": ["thread/started"]})
    client.thread()
    client.wait_for("thread/started")
    other_newcomer.settle()
    seen = other_newcomer.notifications("thread/started")
    require(not seen, expected="no thread/started on the other connection", found=seen)


@pytest.mark.codex("app-server.connection.own-processes")
def test_names_of_processes_belong_to_a_connection(client: AppServerProbe, other: AppServerProbe) -> None:
    params = {"command": ["cat"], "processId": "p", "streamStdin": True, "streamStdoutStderr": True}
    asked = [(probe, probe.request("command/exec", params)) for probe in (client, other)]
    client.ask("command/exec/write", {"processId": "p", "deltaBase64": "aGkK"})
    client.wait_for("command/exec/outputDelta")
    for probe, identifier in asked:
        probe.ask("command/exec/write", {"processId": "p", "closeStdin": True})
        at(probe.answer(identifier), "/result")
    strays = other.notifications("command/exec/outputDelta")
    require(not strays, expected="no output on the other connection", found=strays)
