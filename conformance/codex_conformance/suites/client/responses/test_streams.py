"""What a client makes of a stream of events."""

from __future__ import annotations

from typing import Any

import pytest

from codex_conformance.clients import Outcome
from codex_conformance.probes import require
from codex_conformance.suites.client.responses.scenarios import (
    ANSWER,
    PLAIN,
    PROMPT,
    answering,
    ending,
    every,
    failing,
    over_websocket,
    saying,
)
from codex_conformance.suites.client.trials import Trials, require_failure, require_success

_DELTA = {"event": "response.output_text.delta"}
_DONE = {"event": "response.output_item.done"}
#: Seconds that an open connection is kept after the end, and within which a client must have noticed, however slow
#: the machine is.
_OPEN, _SOON = 45, 30

_NEW_EVENTS = (
    every(at=_DELTA, insert={"type": "response.tide_report.delta", "sequence_number": 3, "tide": {"height": 3.5}}),
    every(at=_DONE, insert={"type": "keepalive", "sequence_number": 7}),
)


@pytest.fixture
def plain(trial: Trials) -> Outcome:
    """A turn in which nothing is special."""
    return trial("turn", PLAIN, prompt=PROMPT)


def _require_answer(outcome: Outcome) -> None:
    require_success(outcome)
    require(ANSWER in outcome.output, expected=f"the answer {ANSWER!r}", found=outcome.ending)


@pytest.mark.codex("responses.client.turn.answer-shown")
def test_answer_shown(plain: Outcome) -> None:
    _require_answer(plain)


@pytest.mark.codex("responses.client.turn.answer-once")
def test_answer_once(plain: Outcome) -> None:
    count = plain.stdout.count(ANSWER)
    require(count <= 1, expected="the answer once on standard output", found=f"{count} times")
    half = plain.stdout.count("Hochwasser")
    require(half <= 1, expected="no part of the answer twice on standard output", found=plain.stdout)


@pytest.mark.codex("responses.client.turn.text-intact")
def test_text_intact(plain: Outcome) -> None:
    texts = [text for call in plain.turns for text in call.user_texts]
    require(any(PROMPT in text for text in texts), expected=f"the prompt {PROMPT!r}", found=texts)
    _require_answer(plain)


@pytest.mark.codex("responses.client.turn.several-messages")
def test_several_messages(trial: Trials) -> None:
    _require_answer(trial("turn", saying({"message": "Ich sehe nach."}, {"message": ANSWER})))


@pytest.mark.codex("responses.client.stream.terminal-event-ends")
def test_terminal_event_ends(trial: Trials) -> None:
    outcome = trial("turn", answering(every(at="end", idle=_OPEN)))
    _require_answer(outcome)
    require(
        outcome.seconds < _SOON, expected="an end with the terminal event", found=f"one after {outcome.seconds:.0f} s"
    )


@pytest.mark.codex("responses.client.stream.missing-terminal-event")
def test_missing_terminal_event(trial: Trials) -> None:
    require_failure(trial("turn", answering(every(at="last", end=True))))


@pytest.mark.codex("responses.client.stream.missing-terminal-event-retried")
def test_missing_terminal_event_retried(trial: Trials) -> None:
    _require_second_attempt(trial("turn", "stream-missing-completed"))


@pytest.mark.codex("responses.client.stream.cut")
def test_cut(trial: Trials) -> None:
    outcome = trial("turn", "stream-cut")
    require(
        len(outcome.turns) > 1 or not outcome.succeeded, expected="another attempt, or a failure", found=outcome.ending
    )


@pytest.mark.codex("responses.client.stream.cut-retried")
def test_cut_retried(trial: Trials) -> None:
    _require_second_attempt(trial("turn", "stream-cut"))


@pytest.mark.codex("responses.client.stream.half-answer-dropped")
def test_half_answer_dropped(trial: Trials) -> None:
    outcome = trial("turn", answering({"on": "createResponse", "at": "last", "cut": True}))
    most = 1 if outcome.succeeded else 0
    count = outcome.stdout.count("Hochwasser")
    require(count <= most, expected=f"the answer {most} times on standard output", found=f"{count} times")


@pytest.mark.codex("responses.client.stream.idle")
def test_idle(trial: Trials) -> None:
    _require_second_attempt(
        trial("impatient-turn", {**PLAIN, "faults": [{"on": "createResponse", "at": 3, "idle": 40}]})
    )


@pytest.mark.codex("responses.client.stream.unknown-event")
def test_unknown_event(trial: Trials) -> None:
    _require_answer(trial("turn", answering(*_NEW_EVENTS)))


@pytest.mark.codex("responses.client.stream.unknown-fields")
def test_unknown_fields(trial: Trials) -> None:
    require_success(trial("turn", "openness-probe"))


@pytest.mark.codex("responses.client.stream.unknown-item")
def test_unknown_item(trial: Trials) -> None:
    item = {"type": "tide_report", "id": "tr_1", "status": "completed", "tide": {"height": 3.5}}
    _require_answer(trial("turn", saying({"item": item}, {"message": ANSWER})))


@pytest.mark.codex("responses.client.stream.comments")
def test_comments(trial: Trials) -> None:
    places: tuple[Any, ...] = (0, _DELTA, "last")
    _require_answer(trial("turn", answering(*(every(at=place, comment="keep-alive") for place in places))))


@pytest.mark.codex("responses.client.stream.line-ends")
def test_line_ends(trial: Trials) -> None:
    _require_answer(trial("turn", answering(every(line_ends="crlf"))))


@pytest.mark.codex("responses.client.stream.lone-carriage-returns")
def test_lone_carriage_returns(trial: Trials) -> None:
    _require_answer(trial("turn", answering(every(line_ends="cr"))))


@pytest.mark.codex("responses.client.stream.split-anywhere")
def test_split_anywhere(trial: Trials) -> None:
    _require_answer(trial("turn", answering(every(chunk=1))))


@pytest.mark.codex("responses.client.stream.byte-order-mark")
def test_byte_order_mark(trial: Trials) -> None:
    _require_answer(trial("turn", answering(every(bom=True))))


@pytest.mark.codex("responses.client.stream.broken-event")
def test_broken_event(trial: Trials) -> None:
    _require_answer(trial("turn", answering(every(at=_DELTA, insert='data: {"type": "response.tel\n\n'))))


@pytest.mark.codex("responses.client.failure.is-failure")
def test_failure(trial: Trials) -> None:
    require_failure(trial("turn", failing("server_error")))


@pytest.mark.codex("responses.client.failure.told")
def test_failure_told(trial: Trials) -> None:
    outcome = trial("turn", failing("server_error"))
    require("xyzzy" in outcome.output, expected="the message of the failure", found=outcome.ending)


@pytest.mark.codex("responses.client.failure.incomplete")
def test_incomplete(trial: Trials) -> None:
    outcome = trial("turn", ending({"incomplete": "max_output_tokens"}))
    is_told = "incomplete" in outcome.output.lower() or "max_output_tokens" in outcome.output
    require(not outcome.succeeded or is_told, expected="a failure, or a word about it", found=outcome.ending)


@pytest.mark.codex("responses.client.failure.passing-retried")
def test_passing_failure_retried(trial: Trials) -> None:
    _require_second_attempt(trial("turn", "stream-failed-without-close"))


@pytest.mark.codex("responses.client.failure.ends-at-once")
def test_failure_ends_at_once(trial: Trials) -> None:
    first, *_ = trial("turn", "stream-failed-without-close").pauses or [0.0]
    require(first < _SOON, expected="the next attempt soon after the end of the body", found=f"one after {first:.0f} s")


_FINAL = ("context_length_exceeded", "insufficient_quota", "usage_not_included", "invalid_prompt")


@pytest.mark.parametrize("code", _FINAL)
@pytest.mark.codex("responses.client.failure.final-not-retried")
def test_final_failure_not_retried(trial: Trials, code: str) -> None:
    outcome = require_failure(trial("turn", failing(code)))
    require(len(outcome.turns) == 1, expected="one request", found=len(outcome.turns), doing=f"failing with {code}")


@pytest.mark.codex("responses.client.failure.final-told")
def test_final_failure_told(trial: Trials) -> None:
    outcome = trial("turn", "server-context-length-exceeded")
    require("context" in outcome.output.lower(), expected="a word about the context", found=outcome.ending)


@pytest.mark.codex("responses.client.websocket.unknown-event")
def test_unknown_event_over_websocket(trial: Trials) -> None:
    _require_answer(trial("turn", over_websocket(answering(*_NEW_EVENTS))))


@pytest.mark.codex("responses.client.websocket.closed-early")
def test_websocket_closed_early(trial: Trials) -> None:
    outcome = trial("turn", _closing(1011))
    require(
        len(outcome.turns) > 1 or not outcome.succeeded, expected="another attempt, or a failure", found=outcome.ending
    )


@pytest.mark.parametrize("code", [1000, 1011, 1012])
@pytest.mark.codex("responses.client.websocket.closed-early-retried")
def test_websocket_closed_early_retried(trial: Trials, code: int) -> None:
    _require_second_attempt(trial("turn", _closing(code)))


def _closing(code: int) -> dict[str, Any]:
    fault = {"on": "createResponse", "at": _DELTA, "close": {"code": code, "reason": "going away"}}
    return over_websocket(answering(fault))


def _require_second_attempt(outcome: Outcome) -> None:
    require_success(outcome)
    require(len(outcome.turns) > 1, expected="a further attempt", found=", ".join(map(str, outcome.turns)))
