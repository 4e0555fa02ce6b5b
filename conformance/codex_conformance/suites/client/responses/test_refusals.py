"""What a client makes of a refusal, and when it comes back."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest

from codex_conformance.clients import Outcome
from codex_conformance.probes import require
from codex_conformance.suites.client.responses.scenarios import (
    OVERLOADED,
    PROMPT,
    REFUSAL,
    refusal,
    refusing,
)
from codex_conformance.suites.client.trials import Trials, require_failure, require_success

#: Attempts that nobody calls a loop; codex makes 30 where a server stays down.
_MOST = 60
#: Clocks and timers may be off by so many seconds.
_TOLERANCE = 0.05
#: How many seconds ahead the date is at which a client may come back; where it has passed before the client could
#: read it, a later one is tried.
_DATE_SECONDS = (5, 30)
#: The shortest pause that is one.
_PAUSE = 0.04

_UNAUTHORIZED = refusing(401, refusal("token_expired", "The token is not valid.", "invalid_request_error"))
_RATE = refusing(429, refusal("rate_limit_exceeded", "Too many requests.", "rate_limit_error"))
_OVERLOAD_FOR_A_SECOND = refusing(503, refusal("server_error"), headers={"retry-after": "1"}, times=1)


def _require_one_request(outcome: Outcome) -> None:
    require_failure(outcome)
    count = len(outcome.turns)
    require(count == 1, expected="one request", found=count, doing=str(outcome.trial))


def _require_words(outcome: Outcome, *words: str) -> None:
    text = outcome.output.lower()
    expected = f"output with {' or '.join(map(repr, words))}"
    require(any(word in text for word in words), expected=expected, found=outcome.ending)


@pytest.mark.parametrize("scenario", [REFUSAL, _RATE], ids=["400", "429"])
@pytest.mark.codex("responses.client.refusal.is-failure")
def test_failure(trial: Trials, scenario: dict[str, Any]) -> None:
    require_failure(trial("turn", scenario))


@pytest.mark.codex("responses.client.refusal.usage-limit-once")
def test_usage_limit_once(trial: Trials) -> None:
    _require_one_request(trial("turn", "usage-limit-reached"))


@pytest.mark.codex("responses.client.refusal.usage-limit-told")
def test_usage_limit_told(trial: Trials) -> None:
    _require_words(trial("turn", "usage-limit-reached"), "usage limit", "limit is reached", "limit reached")


@pytest.mark.codex("responses.client.refusal.plan-once")
def test_plan_once(trial: Trials) -> None:
    _require_one_request(trial("turn", "usage-not-included"))


@pytest.mark.codex("responses.client.refusal.plan-told")
def test_plan_told(trial: Trials) -> None:
    _require_words(trial("turn", "usage-not-included"), "your plan", "upgrade to", "included")


@pytest.mark.codex("responses.client.refusal.quota-once")
def test_quota_once(trial: Trials) -> None:
    _require_one_request(trial("turn", "usage-insufficient-quota"))


@pytest.mark.codex("responses.client.refusal.rate-is-no-plan")
def test_rate_is_no_plan(trial: Trials) -> None:
    text = trial("turn", _RATE).output.lower()
    require(
        "usage limit" not in text and "upgrade to" not in text, expected="no word about the plan", found=text[-400:]
    )


@pytest.mark.codex("responses.client.refusal.bad-request-once")
def test_bad_request_once(trial: Trials) -> None:
    outcome = require_failure(trial("turn", REFUSAL))
    bodies = [dict(call.body) for call in outcome.turns]
    repeated = [body for place, body in enumerate(bodies) if body in bodies[:place]]
    require(not repeated and len(bodies) < 3, expected="the request once", found=f"{len(bodies)} requests")


@pytest.mark.codex("responses.client.refusal.bad-request-told")
def test_bad_request_told(trial: Trials) -> None:
    _require_words(trial("turn", REFUSAL), "xyzzy")


@pytest.mark.parametrize("body", [{"detail": "No: xyzzy."}, "<html>No: xyzzy.</html>"], ids=["detail", "html"])
@pytest.mark.codex("responses.client.refusal.plain-detail")
def test_plain_detail(trial: Trials, body: object) -> None:
    outcome = require_failure(trial("turn", refusing(400, body)))
    _require_words(outcome, "xyzzy")
    require("Traceback" not in outcome.output, expected="no stack trace", found=outcome.ending)


@pytest.mark.codex("responses.client.refusal.unauthorized-bounded")
def test_unauthorized_bounded(trial: Trials) -> None:
    outcome = require_failure(trial("turn", _UNAUTHORIZED))
    require(len(outcome.turns) <= _MOST, expected=f"at most {_MOST} requests", found=len(outcome.turns))


@pytest.mark.codex("responses.client.refusal.unauthorized-mended")
def test_unauthorized_mended(trial: Trials) -> None:
    # Some clients try the same token again before they ask for another.
    once = trial("turn", "token-401-once")
    outcome = require_success(once if once.requests("exchangeToken") else trial("turn", "token-401-twice"))
    first, *_, last = [call.exchange.headers.get("authorization") for call in outcome.turns] or [None, None]
    require(first != last, expected="another token at the end", found="the same one")


@pytest.mark.codex("responses.client.retry.overload")
def test_overload_retried(trial: Trials) -> None:
    outcome = require_success(trial("turn", "server-overloaded"))
    require(len(outcome.turns) == 3, expected="three requests", found=len(outcome.turns))


@pytest.mark.codex("responses.client.retry.bounded")
def test_bounded(trial: Trials) -> None:
    outcome = require_failure(trial("turn", OVERLOADED))
    require(len(outcome.turns) <= _MOST, expected=f"at most {_MOST} requests", found=len(outcome.turns))


@pytest.mark.codex("responses.client.retry.pauses")
def test_pauses(trial: Trials) -> None:
    shortest = min(trial("turn", OVERLOADED).pauses, default=_PAUSE)
    require(shortest >= _PAUSE, expected="a pause between attempts", found=f"{shortest * 1000:.0f} ms")


@pytest.mark.codex("responses.client.retry.growing-pauses")
def test_growing_pauses(trial: Trials) -> None:
    pauses = trial("turn", OVERLOADED).pauses
    is_growing = len(pauses) < 2 or pauses[-1] > 1.5 * min(pauses)
    require(is_growing, expected="growing pauses", found=", ".join(f"{pause:.2f} s" for pause in pauses))


@pytest.mark.codex("responses.client.retry.after-seconds")
def test_after_seconds(trial: Trials) -> None:
    _require_pause(trial("turn", "rate-limit-retry-after"), 1.0)


@pytest.mark.codex("responses.client.retry.after-seconds-succeeds")
def test_after_seconds_succeeds(trial: Trials) -> None:
    require_success(trial("turn", "rate-limit-retry-after"))


@pytest.mark.codex("responses.client.retry.after-overload")
def test_after_overload(trial: Trials) -> None:
    _require_pause(trial("turn", _OVERLOAD_FOR_A_SECOND), 1.0)


@pytest.mark.codex("responses.client.retry.after-date")
def test_after_date(trial: Trials) -> None:
    for seconds in _DATE_SECONDS:
        date = (datetime.now(UTC) + timedelta(seconds=seconds)).replace(microsecond=0)
        headers = {"retry-after": format_datetime(date, usegmt=True)}
        outcome = trial("turn", refusing(503, refusal("server_error"), headers=headers, times=1))
        times = [call.at for call in outcome.turns]
        early = [date.timestamp() - time for time in times[1:] if time < date.timestamp() - _TOLERANCE]
        require(not early, expected="no attempt before the date", found=f"one {max(early, default=0):.2f} s before it")
        if not times or times[0] < date.timestamp() - 1:
            return


@pytest.mark.codex("responses.client.retry.after-text")
def test_after_text(trial: Trials) -> None:
    _require_pause(trial("turn", "rate-limit-retry-text"), 1.2)


@pytest.mark.parametrize("scenario", ["stream-cut", "server-overloaded"])
@pytest.mark.codex("responses.client.retry.same-conversation")
def test_same_conversation(trial: Trials, scenario: str) -> None:
    outcome = trial("turn", scenario, prompt=PROMPT)
    for call in outcome.turns:
        count = sum(text.count(PROMPT) for text in call.user_texts)
        require(count == 1, expected="the prompt once in each attempt", found=f"{count} times in {call}")
    sizes = {len(call.items) for call in outcome.turns}
    require(len(sizes) <= 1, expected="as many items in each attempt", found=sizes)


def _require_pause(outcome: Outcome, seconds: float) -> None:
    """Look whether a client that comes back at all waits as long as it is told."""
    shortest = min(outcome.pauses, default=seconds)
    is_patient = shortest >= seconds - _TOLERANCE
    require(is_patient, expected=f"{seconds} s before the next attempt", found=f"{shortest:.2f} s")
