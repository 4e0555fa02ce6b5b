"""What ``usage`` says of windows, credits and the plan."""

from __future__ import annotations

import base64
import json
from email.utils import parsedate_to_datetime
from itertools import pairwise
from typing import Any

import httpx
import pytest

from codex_conformance.probes import Answer, HttpProbe, Unmet, at, require
from codex_conformance.suites.server.wham.asking import percent, turn, usage, workspace

_POSITIONS = ("primary_window", "secondary_window")
#: Seconds by which two readings of one clock may differ.
_SLACK = 5
_HALF_FULL = {"accounts": {"plus": {"primary": {"used_percent": 50, "resets_in_seconds": 600}}}}


def _windows(answer: Answer) -> list[tuple[str, dict[str, Any]]]:
    """Return the windows that are there, by the place of each."""
    limits = answer.at("/rate_limit") if answer.has("/rate_limit") else None
    present = limits if isinstance(limits, dict) else {}
    return [(name, present[name]) for name in _POSITIONS if isinstance(present.get(name), dict)]


def _claims(token: str) -> dict[str, Any]:
    """Return what a token claims; nothing where it is no JWT."""
    try:
        text = token.split(".")[1]
        claims = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    except (IndexError, ValueError):
        return {}
    return claims if isinstance(claims, dict) else {}


@pytest.mark.codex("wham.usage.readable")
def test_usage_is_there(http: HttpProbe) -> None:
    usage(http).at("/plan_type", str)


@pytest.mark.codex("wham.usage.reading-is-free")
def test_two_readings_agree(http: HttpProbe) -> None:
    # A window may end between two readings, and its owner may be at work: not with each of them.
    found = [[at(each, "/used_percent", int) for _, each in _windows(usage(http))] for _ in range(4)]
    agree = any(before == after for before, after in pairwise(found))
    require(agree, expected="windows that are as full as at the reading before", found=found)


@pytest.mark.codex("wham.usage.reset-ahead")
def test_a_reset_lies_ahead_within_one_window(http: HttpProbe) -> None:
    for place, window in _windows(usage(http)):
        after, length = at(window, "/reset_after_seconds", int), at(window, "/limit_window_seconds", int)
        holds = after >= 0 and (length <= 0 or after <= length + _SLACK)
        require(holds, expected=f"a reset of {place} within its {length} seconds", found=window)


@pytest.mark.codex("wham.usage.reset-forms-agree")
def test_both_forms_of_a_reset_name_one_moment(http: HttpProbe) -> None:
    answer = usage(http)
    moments = [
        (at(each, "/reset_at", int) - at(each, "/reset_after_seconds", int), place) for place, each in _windows(answer)
    ]
    dated = answer.headers.get("date")
    for moment, place in moments:
        now = _unix(dated) if dated else moments[0][0]
        expected = f"reset_at - reset_after_seconds of {place} to be now, {now}"
        require(abs(moment - now) <= _SLACK, expected=expected, found=moment)


@pytest.mark.codex("wham.usage.reset-stands-still", scenario=_HALF_FULL)
def test_the_moment_of_a_reset_stays_while_time_passes(http: HttpProbe) -> None:
    before = usage(http).at("/rate_limit/primary_window", dict)
    http.world.advance(60)
    after = usage(http).at("/rate_limit/primary_window", dict)
    elapsed = at(before, "/reset_after_seconds", int) - at(after, "/reset_after_seconds", int)
    holds = abs(at(after, "/reset_at", int) - at(before, "/reset_at", int)) <= 1 and abs(elapsed - 60) <= _SLACK
    require(holds, expected="the same reset_at, and reset_after_seconds less by 60", found=(before, after))


@pytest.mark.codex("wham.usage.window-restarts", scenario=_HALF_FULL)
def test_a_window_is_empty_after_its_reset(http: HttpProbe) -> None:
    before = usage(http)
    reset = before.at("/rate_limit/primary_window/reset_at", int)
    http.world.advance(before.at("/rate_limit/primary_window/reset_after_seconds", int) + 1)
    after = usage(http)
    require(percent(after) == 0, expected="used_percent 0 after the reset", found=percent(after))
    later = after.at("/rate_limit/primary_window/reset_at", int)
    require(later > reset, expected=f"a reset after the last, {reset}", found=later)


@pytest.mark.codex("wham.usage.missing-window-null", scenario={"accounts": {"plus": {"secondary": None}}})
def test_a_window_that_the_plan_lacks_is_null(http: HttpProbe) -> None:
    answer = usage(http)
    lacking = answer.at("/rate_limit", dict).get("secondary_window")
    require(lacking is None, expected="secondary_window null or absent", found=lacking)
    answer.at("/rate_limit/primary_window", dict)


@pytest.mark.codex("wham.usage.only-window-first")
def test_the_only_window_is_in_the_first_place(http: HttpProbe) -> None:
    answer = usage(http, http.account("free"))
    places = [place for place, _ in _windows(answer)]
    require(places != ["secondary_window"], expected="the only window as primary_window", found=places)


@pytest.mark.codex(
    "wham.usage.percent-rounds-down", scenario={"accounts": {"plus": {"primary": {"budget_tokens": 1000}}}}
)
def test_a_window_with_something_left_is_not_full(http: HttpProbe) -> None:
    with workspace(http) as record:
        record["primary"]["used_tokens"], record["primary"]["started_at"] = 999, int(_now(http))
    answer = usage(http)
    said = (percent(answer), answer.at("/rate_limit/limit_reached", bool), answer.at("/rate_limit/allowed", bool))
    require(said == (99, False, True), expected="99 percent and turns allowed", found=said)


@pytest.mark.codex(
    "wham.usage.turn-fills",
    needs=("responses.codex",),
    scenario={
        "accounts": {"plus": {"primary": {"budget_tokens": 1000}}},
        "model": [{"say": [{"message": "Hello"}], "usage": {"input_tokens": 200, "output_tokens": 100}}],
    },
)
def test_a_turn_fills_the_window(http: HttpProbe, model: str) -> None:
    before = percent(usage(http))
    turn(http, model).require_status(200)
    after = percent(usage(http))
    require(after == before + 30, expected=f"30 more than {before} percent", found=after)


@pytest.mark.codex("wham.usage.turn-headers-agree", needs=("responses.codex",))
def test_the_headers_of_a_turn_say_what_usage_says(http: HttpProbe, model: str) -> None:
    before = usage(http)
    answer = turn(http, model).require_status(200)
    seen = {percent(before), percent(usage(http))}
    said = answer.headers.get("x-codex-primary-used-percent")
    require(
        said is not None and float(said) in seen,
        expected=f"x-codex-primary-used-percent to be {' or '.join(map(str, sorted(seen)))}",
        found=said,
    )


@pytest.mark.codex("wham.usage.plan-of-token")
def test_the_plan_is_that_of_the_token(http: HttpProbe) -> None:
    credentials = http.account("pro")
    claims = _claims(credentials.access_token).get("https://api.openai.com/auth")
    plan = claims.get("chatgpt_plan_type") if isinstance(claims, dict) else None
    if plan is None:
        pytest.skip("not declared: the token names no plan")
    found = usage(http, credentials).at("/plan_type", str)
    require(found == plan, expected=f"plan_type {plan}, as the token claims", found=found)


@pytest.mark.codex("wham.usage.names-account")
def test_usage_names_whose_it_is(http: HttpProbe) -> None:
    credentials = http.account()
    if not credentials.account_id:
        pytest.skip("not declared: an account id of the target")
    found = usage(http, credentials).at("/account_id", str)
    require(found == credentials.account_id, expected=f"account_id {credentials.account_id}", found=found)


@pytest.mark.codex(
    "wham.usage.credits-shown", scenario={"accounts": {"plus": {"credits": {"balance": "12.50", "unlimited": False}}}}
)
def test_credits_are_shown_as_they_are(http: HttpProbe) -> None:
    found = usage(http).at("/credits", dict)
    shown = (found.get("has_credits"), found.get("unlimited"), found.get("balance"))
    require(shown == (True, False, "12.50"), expected="has_credits, not unlimited, a balance of 12.50", found=found)


@pytest.mark.codex(
    "wham.usage.credits-unlimited", scenario={"accounts": {"plus": {"credits": {"balance": None, "unlimited": True}}}}
)
def test_unlimited_credits_are_said(http: HttpProbe) -> None:
    found = usage(http).at("/credits/unlimited", bool)
    require(found, expected="unlimited credits", found=found)


@pytest.mark.codex("wham.usage.additional-limits-apart")
def test_a_further_limit_has_windows_of_its_own(http: HttpProbe) -> None:
    with workspace(http) as record:
        full = {"window_seconds": 3600, "budget_tokens": 10, "used_tokens": 10, "started_at": int(_now(http))}
        record["additional"]["codex_reserve"] = {"name": "Reserve", "primary": full, "secondary": None, "model": None}
    answer = usage(http)
    limits = answer.at("/additional_rate_limits", list)
    found = next((each for each in limits if at(each, "/metered_feature") == "codex_reserve"), None)
    require(found is not None, expected="the limit codex_reserve", found=limits)
    require(at(found, "/rate_limit/limit_reached", bool), expected="that limit to be reached", found=found)
    require(answer.at("/rate_limit/allowed", bool), expected="turns of the plan allowed", found=answer.json)


@pytest.mark.codex("wham.usage.both-prefixes", needs=("wham.codex-style",))
@pytest.mark.parametrize("suffix", ["usage", "tasks/list", "environments"])
def test_both_styles_of_address_answer_alike(http: HttpProbe, suffix: str) -> None:
    base = (http.world.urls.chatgpt or "").removesuffix("/backend-api")
    headers = http.account().headers(is_api=False)
    styles = (f"{base}/backend-api/wham/{suffix}", f"{base}/api/codex/{suffix}")
    answers = [http.send(httpx.Request("GET", url, headers=headers), reads_only=True) for url in styles]
    first, second = (_without_times(each.require_status(200).json) for each in answers)
    require(first == second, expected=f"the same under both prefixes: {first}", found=second)


def _without_times(value: Any) -> Any:
    """Return a value without what differs from one second to the next."""
    if isinstance(value, dict):
        return {name: _without_times(part) for name, part in value.items() if not name.startswith("reset_a")}
    return [_without_times(part) for part in value] if isinstance(value, list) else value


def _now(http: HttpProbe) -> float:
    now: float = http.world.control("GET", "/clock")["now"]
    return now


def _unix(text: str) -> float:
    try:
        return parsedate_to_datetime(text).timestamp()
    except ValueError:
        raise Unmet(expected="a date in the header Date", found=text) from None
