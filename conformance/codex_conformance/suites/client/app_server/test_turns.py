"""When a turn is over for a client, and how."""

from __future__ import annotations

from typing import Any

import pytest

from codex_conformance.probes import require
from codex_conformance.suites.client.app_server.talks import (
    ANSWER,
    STRANGER,
    fault_at_answer,
    insert,
    message_item,
    require_answer_once,
    talk,
)
from codex_conformance.suites.client.trials import Trials, require_failure

Json = dict[str, Any]

_ENDED = "turn/completed"
_UNFIT = {"failed": {"code": "invalid_prompt", "message": "xyzzy"}}
_FAILURE: list[Json] = [{"say": [{"message": "Half"}], "end": _UNFIT}]
_FAILED_ONCE: list[Json] = [
    {"say": [{"message": "Half"}], "end": {"failed": {"code": "server_error", "message": "A hiccup."}}},
    {"say": [{"message": ANSWER}], "times": None},
]
_OTHER_WORDS = "Somebody else's words."
#: Seconds for which a client may wait for an end that does not come.
_PATIENCE = 25


@pytest.mark.codex("app-server.client.turn.answer-once")
def test_the_answer_is_shown_once(trial: Trials) -> None:
    require_answer_once(trial("app-server", talk()))


@pytest.mark.codex("app-server.client.turn.started-before-answer")
def test_a_turn_may_begin_before_it_is_answered(trial: Trials) -> None:
    require_answer_once(trial("app-server", talk({"on": "turn/start", "behind": "turn/started"})))


@pytest.mark.codex("app-server.client.turn.idle-is-not-the-end")
def test_a_turn_is_not_over_when_its_thread_is_idle(trial: Trials) -> None:
    outcome = trial("app-server", talk({"on": _ENDED, "delay": 0.7}))
    require_answer_once(outcome)
    require(outcome.messages("server", _ENDED), expected=f"a client that waits for {_ENDED}", found="one that left")


@pytest.mark.codex("app-server.client.turn.silence-is-not-the-end")
def test_a_turn_is_not_over_when_nothing_comes_for_a_while(trial: Trials) -> None:
    require_answer_once(trial("app-server", talk(fault_at_answer(delay=3))))


@pytest.mark.codex("app-server.client.turn.lost-end")
def test_a_turn_whose_end_is_lost_does_not_last_for_ever(trial: Trials) -> None:
    outcome = trial("app-server", talk({"on": _ENDED, "drop": True}), deadline=_PATIENCE)
    require(not outcome.timed_out, expected="a client that ends", found=outcome.ending)


@pytest.mark.codex("app-server.client.turn.failed")
def test_a_failed_turn_is_a_failure(trial: Trials) -> None:
    require_failure(trial("app-server", talk(model=_FAILURE)))


@pytest.mark.codex("app-server.client.turn.failed-told")
def test_a_failed_turn_says_why(trial: Trials) -> None:
    output = trial("app-server", talk(model=_FAILURE)).output
    require("xyzzy" in output, expected="the message of the error", found=output[-400:])


@pytest.mark.codex("app-server.client.turn.passing-error")
def test_an_error_that_will_be_retried_is_not_the_end(trial: Trials) -> None:
    outcome = trial("app-server", talk(model=_FAILED_ONCE))
    require(outcome.messages("server", "error"), expected="an error in the turn", found="none")
    require(outcome.succeeded and ANSWER in outcome.stdout, expected=f"{ANSWER!r} in the output", found=outcome.ending)


@pytest.mark.codex("app-server.client.threads.foreign-items")
def test_what_another_thread_says_is_not_shown(trial: Trials) -> None:
    params = {**STRANGER, "completedAtMs": 1, "item": message_item(_OTHER_WORDS)}
    outcome = trial("app-server", talk(insert({"method": "item/completed", "params": params})))
    require_answer_once(outcome)
    require(_OTHER_WORDS not in outcome.stdout, expected="the words of its own thread", found=outcome.stdout[-400:])


@pytest.mark.codex("app-server.client.threads.foreign-end")
def test_the_end_of_another_turn_is_not_its_own(trial: Trials) -> None:
    turn: Json = {"id": STRANGER["turnId"], "items": [], "itemsView": "notLoaded", "status": "completed", "error": None}
    message = {"method": _ENDED, "params": {"threadId": STRANGER["threadId"], "turn": turn}}
    require_answer_once(trial("app-server", talk(insert(message), fault_at_answer(delay=0.5))))
