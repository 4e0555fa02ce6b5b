"""What a user does to a turn that runs: interrupt it, add to it."""

from __future__ import annotations

from typing import Any, NamedTuple

import pytest

from codex_conformance.probes import AppServerProbe, at, require
from codex_conformance.suites.server.app_server._reading import items_of, require_answer_first
from codex_conformance.suites.server.app_server._scenes import begin, run_half

_MORE = [{"type": "text", "text": "more"}]


class _Stopped(NamedTuple):
    """A turn that was interrupted."""

    thread_id: str
    turn_id: str
    #: As turn/completed told it.
    turn: dict[str, Any]


@pytest.fixture
def stopped(client: AppServerProbe) -> _Stopped:
    """Return a turn that was interrupted in the middle of an answer."""
    thread_id = client.thread()
    turn_id = run_half(client, thread_id)
    client.ask("turn/interrupt", {"threadId": thread_id, "turnId": turn_id})
    return _Stopped(thread_id, turn_id, client.wait_for("turn/completed")["params"]["turn"])


@pytest.mark.codex("app-server.interrupt.ends")
def test_an_interrupted_turn_ends_as_such(stopped: _Stopped) -> None:
    found = (stopped.turn.get("id"), stopped.turn.get("status"))
    require(found == (stopped.turn_id, "interrupted"), expected="the turn, interrupted", found=found)


@pytest.mark.codex("app-server.interrupt.ends-once")
def test_an_interrupted_turn_ends_once(client: AppServerProbe, stopped: _Stopped) -> None:
    client.settle()
    ends = [at(each, "/turn/id") for each in client.notifications("turn/completed")]
    require(ends == [stopped.turn_id], expected="one turn/completed", found=ends)


@pytest.mark.codex("app-server.interrupt.answer-first")
def test_the_interrupt_is_answered_before_the_turn_ends(client: AppServerProbe) -> None:
    thread_id = client.thread()
    turn_id = run_half(client, thread_id)
    asked = client.request("turn/interrupt", {"threadId": thread_id, "turnId": turn_id})
    require_answer_first(client, asked, "turn/completed")


@pytest.mark.codex("app-server.interrupt.idle")
def test_a_thread_is_idle_after_an_interrupt(client: AppServerProbe, stopped: _Stopped) -> None:
    status = at(client.ask("thread/read", {"threadId": stopped.thread_id}), "/thread/status/type")
    require(status == "idle", expected="idle", found=status)


@pytest.mark.codex("app-server.interrupt.then-works")
def test_a_thread_works_after_an_interrupt(client: AppServerProbe, stopped: _Stopped) -> None:
    status = client.turn(stopped.thread_id, "again").get("status")
    require(status == "completed", expected="completed", found=status)


@pytest.mark.codex("app-server.interrupt.stored")
def test_an_interrupted_turn_is_stored_as_such(client: AppServerProbe, stopped: _Stopped) -> None:
    answer = client.ask("thread/read", {"threadId": stopped.thread_id, "includeTurns": True})
    found = [(each.get("id"), each.get("status")) for each in at(answer, "/thread/turns", list)]
    require(found == [(stopped.turn_id, "interrupted")], expected="the turn, interrupted", found=found)


@pytest.mark.codex("app-server.interrupt.other-turn")
def test_another_turn_is_not_interrupted(client: AppServerProbe) -> None:
    thread_id = client.thread()
    run_half(client, thread_id)
    client.refusal("turn/interrupt", {"threadId": thread_id, "turnId": "nope"})
    status = at(client.ask("thread/read", {"threadId": thread_id}), "/thread/status/type")
    require(status == "active", expected="a turn that goes on", found=status)


@pytest.mark.codex("app-server.interrupt.nothing")
def test_nothing_is_interrupted(client: AppServerProbe) -> None:
    client.refusal("turn/interrupt", {"threadId": client.thread(), "turnId": "nope"})


@pytest.mark.codex("app-server.interrupt.late")
def test_a_late_interrupt_is_answered_at_once(client: AppServerProbe) -> None:
    thread_id = client.thread()
    turn = client.turn(thread_id)
    client.refusal("turn/interrupt", {"threadId": thread_id, "turnId": turn["id"]})


@pytest.mark.codex("app-server.interrupt.command")
def test_a_command_is_interrupted(client: AppServerProbe) -> None:
    thread_id = client.thread()
    turn_id = begin(client, thread_id, "sleep")
    client.wait_for("item/started", lambda each: at(each, "/item/type") == "commandExecution")
    client.ask("turn/interrupt", {"threadId": thread_id, "turnId": turn_id})
    status = client.wait_for("turn/completed")["params"]["turn"].get("status")
    require(status == "interrupted", expected="interrupted", found=status)


@pytest.mark.codex("app-server.read.running-turn")
def test_a_running_turn_is_read_as_running(client: AppServerProbe) -> None:
    thread_id = client.thread()
    turn_id = run_half(client, thread_id)
    thread = at(client.ask("thread/read", {"threadId": thread_id, "includeTurns": True}), "/thread")
    found = [(each.get("id"), each.get("status")) for each in at(thread, "/turns", list)]
    require(found == [(turn_id, "inProgress")], expected="the turn, inProgress", found=found)


@pytest.mark.codex("app-server.archive.running-turn")
def test_archiving_ends_the_turn_that_runs(client: AppServerProbe) -> None:
    thread_id = client.thread()
    run_half(client, thread_id)
    client.ask("thread/archive", {"threadId": thread_id})
    status = client.wait_for("turn/completed")["params"]["turn"].get("status")
    require(status == "interrupted", expected="interrupted", found=status)


@pytest.mark.codex("app-server.steer.joins")
def test_steering_adds_to_the_turn_that_runs(client: AppServerProbe) -> None:
    thread_id = client.thread()
    turn_id = run_half(client, thread_id, "slow")
    answer = client.ask("turn/steer", {"threadId": thread_id, "expectedTurnId": turn_id, "input": _MORE})
    require(answer.get("turnId") == turn_id, expected=f"the turn {turn_id}", found=answer)
    ended = client.wait_for("turn/completed")["params"]["turn"]
    require(ended.get("id") == turn_id, expected="the same turn", found=ended)
    said = [at(item, "/content/0/text") for item in items_of(client, "userMessage")]
    require(said == ["slow", "more"], expected="both inputs in one turn", found=said)
    require(
        len(client.notifications("turn/started")) == 1, expected="one turn", found=client.notifications("turn/started")
    )


@pytest.mark.codex("app-server.steer.other-turn")
def test_steering_another_turn_is_refused(client: AppServerProbe) -> None:
    thread_id = client.thread()
    run_half(client, thread_id)
    client.refusal("turn/steer", {"threadId": thread_id, "expectedTurnId": "nope", "input": _MORE})


@pytest.mark.codex("app-server.steer.nothing")
def test_steering_nothing_is_refused(client: AppServerProbe) -> None:
    client.refusal("turn/steer", {"threadId": client.thread(), "expectedTurnId": "nope", "input": _MORE})


@pytest.mark.codex("app-server.steer.empty")
def test_steering_with_nothing_is_refused(client: AppServerProbe) -> None:
    thread_id = client.thread()
    turn_id = run_half(client, thread_id)
    client.refusal("turn/steer", {"threadId": thread_id, "expectedTurnId": turn_id, "input": []})


@pytest.mark.codex("app-server.steer.review")
def test_a_review_is_not_steered(client: AppServerProbe) -> None:
    thread_id = client.thread()
    target = {"type": "custom", "instructions": "half"}
    turn_id = at(client.ask("review/start", {"threadId": thread_id, "target": target}), "/turn/id")
    client.wait_for("item/started", lambda each: at(each, "/item/type") == "agentMessage")
    error = client.refusal("turn/steer", {"threadId": thread_id, "expectedTurnId": turn_id, "input": _MORE})
    found = at(error, "/data/codexErrorInfo/activeTurnNotSteerable/turnKind")
    require(found == "review", expected="data that says activeTurnNotSteerable, review", found=error)


@pytest.mark.codex("app-server.turn.start-while-running")
def test_a_start_joins_the_turn_that_runs(client: AppServerProbe) -> None:
    thread_id = client.thread()
    turn_id = run_half(client, thread_id, "slow")
    found = begin(client, thread_id, "more")
    require(found == turn_id, expected=f"the running turn {turn_id}", found=found)
    client.wait_for("turn/completed")
    started = client.notifications("turn/started")
    require(len(started) == 1, expected="one turn/started", found=started)
