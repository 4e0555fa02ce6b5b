"""How a client reads the limits of an account."""

from __future__ import annotations

import re
from typing import Any

import pytest

from codex_conformance.clients import Outcome, violations
from codex_conformance.probes import require
from codex_conformance.suites.client.trials import Trials, require_failure, require_success

Json = dict[str, Any]

#: What only reads, beside every GET: a login may be kept alive.
_READING = ("exchangeToken", "createResponse")
#: Requests that nobody calls a loop.
_FEW = 12
_WEEK = 604_800


def _window(used: int = 37, seconds: int = 18_000) -> Json:
    return {
        "used_percent": used,
        "limit_window_seconds": seconds,
        "reset_after_seconds": 1_000,
        "reset_at": 1_900_000_000,
    }


def _limit(primary: Json | None, secondary: Json | None, *, reached: bool = False) -> Json:
    return {
        "allowed": not reached,
        "limit_reached": reached,
        "primary_window": primary,
        "secondary_window": secondary,
    }


def _telling(**fields: Any) -> Json:
    """Return a scenario in which the usage endpoint answers this."""
    body = {"plan_type": "plus", "rate_limit": _limit(_window(), _window(12, _WEEK)), **fields}
    return _answering(200, {name: value for name, value in body.items() if value is not ...})


def _answering(status: int, body: Any) -> Json:
    return {"faults": [{"on": "readUsage", "times": None, "answer": {"status": status, "body": body}}]}


_REFUSED = _answering(401, {"detail": "The token is not valid: xyzzy."})
_DOWN = _answering(500, {"detail": "Something went wrong: xyzzy."})


@pytest.fixture
def plain(trial: Trials) -> Outcome:
    """The limits, when nothing is special."""
    outcome = trial("usage")
    require(outcome.requests("readUsage"), expected="a call of the usage endpoint", found=outcome.ending)
    return outcome


@pytest.mark.codex("wham.client.request.fits-contract")
def test_fits_contract(plain: Outcome) -> None:
    found = [f"{where}: {each}" for call in plain.exchanges for where, each in violations(call)]
    require(not found, expected="requests that fit their contracts", found=found[0] if found else "")


@pytest.mark.codex("wham.client.request.bearer")
def test_bearer(plain: Outcome) -> None:
    for exchange in plain.requests("readUsage"):
        found = exchange.headers.get("authorization", "no such header")
        require(found == f"Bearer {plain.surroundings.access_token}", expected="the access token", found=found)


@pytest.mark.codex("wham.client.request.account-header")
def test_account_header(plain: Outcome) -> None:
    for exchange in plain.requests("readUsage"):
        found = exchange.headers.get("chatgpt-account-id")
        require(found == plain.surroundings.account_id, expected="the account of the login", found=found)


@pytest.mark.codex("wham.client.request.secrets-in-header-only")
def test_secrets_in_header_only(plain: Outcome) -> None:
    secret = plain.surroundings.access_token
    addresses = "".join(f"{exchange.path}?{exchange.query}" for exchange in plain.exchanges)
    require(secret not in addresses, expected="addresses without a credential", found="one in an address")
    require(secret not in plain.output, expected="output without a credential", found="one in the output")


@pytest.mark.codex("wham.client.request.user-agent")
def test_user_agent(plain: Outcome) -> None:
    for exchange in plain.requests("readUsage"):
        require(exchange.headers.get("user-agent"), expected="a user agent", found="none")


@pytest.mark.codex("wham.client.usage.read")
def test_read(plain: Outcome) -> None:
    require_success(plain)


@pytest.mark.codex("wham.client.usage.shows-percent")
def test_shows_percent(trial: Trials) -> None:
    outcome = require_success(trial("usage", _telling()))
    is_shown = re.search(r"(?<![\d.])37(?!\d)", outcome.output)
    require(is_shown, expected="37 percent", found=outcome.output[-400:])


@pytest.mark.codex("wham.client.usage.read-once")
def test_read_once(plain: Outcome) -> None:
    count = len(plain.requests("readUsage"))
    require(count <= 2, expected="at most two requests", found=count)


@pytest.mark.codex("wham.client.usage.only-reads")
def test_only_reads(plain: Outcome) -> None:
    writing = [each for each in plain.exchanges if each.method != "GET" and each.operation not in _READING]
    require(not writing, expected="no call that changes anything", found=", ".join(map(str, writing)))


@pytest.mark.codex("wham.client.usage.unknown-plan")
def test_unknown_plan(trial: Trials) -> None:
    require_success(trial("usage", "account-unknown-plan"))


@pytest.mark.codex("wham.client.usage.no-secondary-window")
def test_no_secondary_window(trial: Trials) -> None:
    require_success(trial("usage", "usage-null-secondary-window"))


@pytest.mark.codex("wham.client.usage.no-primary-window")
def test_no_primary_window(trial: Trials) -> None:
    require_success(trial("usage", _telling(rate_limit=_limit(None, _window(12, _WEEK)))))


@pytest.mark.codex("wham.client.usage.no-windows")
def test_no_windows(trial: Trials) -> None:
    require_success(trial("usage", _telling(rate_limit=_limit(None, None))))


@pytest.mark.codex("wham.client.usage.no-limit")
def test_no_limit(trial: Trials) -> None:
    require_success(trial("usage", _telling(rate_limit=None)))


@pytest.mark.codex("wham.client.usage.limit-left-out")
def test_limit_left_out(trial: Trials) -> None:
    require_success(trial("usage", _telling(rate_limit=...)))


@pytest.mark.codex("wham.client.usage.window-by-length")
def test_window_by_length(trial: Trials) -> None:
    outcome = require_success(trial("usage", "usage-weekly-window-first"))
    text = outcome.output.lower()
    is_weekly = any(word in text for word in ("week", "10080", "604800", "7d", "7 d", "168"))
    require(is_weekly, expected="a word about a week", found=text[-400:])


_CREDITS: dict[str, Any] = {
    "null": None,
    "without a balance": {"has_credits": True, "unlimited": False},
    "balance null": {"has_credits": False, "unlimited": False, "balance": None},
    "balance as text": {"has_credits": True, "unlimited": False, "balance": "12.50"},
    "without end": {"has_credits": True, "unlimited": True, "balance": None},
}


@pytest.mark.parametrize("given", _CREDITS.values(), ids=_CREDITS)
@pytest.mark.codex("wham.client.usage.credits")
def test_credits(trial: Trials, given: Json | None) -> None:
    require_success(trial("usage", _telling(credits=given)))


@pytest.mark.codex("wham.client.usage.additional-limits")
def test_additional_limits(trial: Trials) -> None:
    names = {"limit_name": "Tide reports", "metered_feature": "tide_reports"}
    limits = [{**names, "rate_limit": _limit(_window(), None)}, {**names, "rate_limit": None}]
    require_success(trial("usage", _telling(additional_rate_limits=limits)))


@pytest.mark.codex("wham.client.usage.unknown-reason")
def test_unknown_reason(trial: Trials) -> None:
    full = _limit(_window(100), None, reached=True)
    require_success(trial("usage", _telling(rate_limit=full, rate_limit_reached_type={"type": "tide_is_out"})))


@pytest.mark.codex("wham.client.usage.full-window")
def test_full_window(trial: Trials) -> None:
    require_success(trial("usage", "usage-limit-reached"))


@pytest.mark.codex("wham.client.usage.unknown-fields")
def test_unknown_fields(trial: Trials) -> None:
    require_success(trial("usage", "openness-probe"))


@pytest.mark.parametrize("scenario", [_DOWN, _REFUSED], ids=["500", "401"])
@pytest.mark.codex("wham.client.usage.failure")
def test_failure(trial: Trials, scenario: Json) -> None:
    require_failure(trial("usage", scenario))


@pytest.mark.codex("wham.client.usage.failure-told")
def test_failure_told(trial: Trials) -> None:
    text = trial("usage", _DOWN).output
    require("500" in text or "xyzzy" in text, expected="the status, or the answer", found=text[-400:])


@pytest.mark.codex("wham.client.usage.no-json")
def test_no_json(trial: Trials) -> None:
    require_failure(trial("usage", _answering(200, "<html>Please sign in.</html>")))


@pytest.mark.codex("wham.client.usage.refused-bounded")
def test_refused_bounded(trial: Trials) -> None:
    count = len(trial("usage", _REFUSED).requests("readUsage"))
    require(count <= _FEW, expected=f"at most {_FEW} requests", found=count)


@pytest.mark.codex("wham.client.usage.side-outage")
def test_side_outage(trial: Trials) -> None:
    answer = {"status": 503, "body": {"detail": "Service unavailable."}}
    others = ["listResetCredits", "readProfile", "readUserSettings", "listWorkspaceMessages"]
    require_success(trial("usage", {"faults": [{"on": others, "times": None, "answer": answer}]}))


@pytest.mark.codex("wham.client.usage.reset-credit-once")
def test_reset_credits(plain: Outcome) -> None:
    require(plain.requests("listResetCredits"), expected="a call for the reset credits", found="none")
