"""A limit that is reached: what ``usage`` says of it, and what becomes of turns."""

from __future__ import annotations

import pytest

from codex_conformance.probes import HttpProbe, require
from codex_conformance.suites.server.wham.asking import turn, usage

_FULL = {"accounts": {"plus": {"primary": {"used_percent": 100, "resets_in_seconds": 600}}}}
_BOTH_FULL = {
    "accounts": {
        "plus": {
            "primary": {"used_percent": 100, "resets_in_seconds": 600},
            "secondary": {"used_percent": 100, "resets_in_seconds": 7200},
        }
    }
}


@pytest.mark.codex("wham.limits.flags-agree")
def test_a_limit_that_is_reached_allows_no_turns(http: HttpProbe) -> None:
    answer = usage(http)
    if not answer.has("/rate_limit/limit_reached"):
        pytest.skip("not declared: limits of the plan")
    reached, allowed = answer.at("/rate_limit/limit_reached", bool), answer.at("/rate_limit/allowed", bool)
    require(not (reached and allowed), expected="limit_reached or allowed, not both", found=answer.at("/rate_limit"))


@pytest.mark.codex("wham.limits.reached-said", scenario=_FULL)
def test_a_full_window_is_a_limit_reached(http: HttpProbe) -> None:
    limits = usage(http).at("/rate_limit", dict)
    said = (limits.get("limit_reached"), limits.get("allowed"))
    require(said == (True, False), expected="limit_reached and not allowed", found=limits)


@pytest.mark.codex("wham.limits.reached-type", scenario=_FULL)
def test_the_kind_of_limit_is_said(http: HttpProbe) -> None:
    found = usage(http).at("/rate_limit_reached_type/type", str)
    require(found == "rate_limit_reached", expected="rate_limit_reached", found=found)


@pytest.mark.codex("wham.limits.no-type-below")
def test_below_the_limit_no_kind_is_said(http: HttpProbe) -> None:
    answer = usage(http)
    if not answer.has("/rate_limit/limit_reached") or answer.at("/rate_limit/limit_reached"):
        pytest.skip("not declared: an account below its limit")
    found = answer.at("", dict).get("rate_limit_reached_type")
    require(found is None, expected="no rate_limit_reached_type", found=found)


@pytest.mark.codex("wham.limits.turn-refused", needs=("responses.codex",), scenario=_FULL)
def test_a_limit_that_usage_shows_refuses_turns(http: HttpProbe, model: str) -> None:
    allowed = usage(http).at("/rate_limit/allowed", bool)
    require(not allowed, expected="allowed false in usage", found=allowed)
    turn(http, model).require_status(429)


@pytest.mark.codex("wham.limits.reset-agrees", needs=("responses.codex",), scenario=_BOTH_FULL)
def test_a_refusal_names_the_reset_of_the_last_full_window(http: HttpProbe, model: str) -> None:
    limits = usage(http)
    last = max(limits.at(f"/rate_limit/{each}_window/reset_at", int) for each in ("primary", "secondary"))
    found = turn(http, model).require_status(429).at("/error/resets_at", int)
    require(abs(found - last) <= 1, expected=f"resets_at {last}, as usage says", found=found)


@pytest.mark.codex("wham.limits.lifted-by-time", needs=("responses.codex",), scenario=_FULL)
def test_turns_are_allowed_after_the_reset(http: HttpProbe, model: str) -> None:
    http.world.advance(usage(http).at("/rate_limit/primary_window/reset_after_seconds", int) + 1)
    answer = usage(http)
    require(answer.at("/rate_limit/allowed", bool), expected="turns allowed", found=answer.json)
    turn(http, model).require_status(200)


@pytest.mark.codex("wham.limits.refusal-is-free", needs=("responses.codex",), scenario=_FULL)
def test_a_refused_turn_moves_no_reset(http: HttpProbe, model: str) -> None:
    before = usage(http).at("/rate_limit/primary_window/reset_at", int)
    turn(http, model).require_status(429)
    after = usage(http).at("/rate_limit/primary_window/reset_at", int)
    require(after == before, expected=f"a reset at {before}, as before the refusal", found=after)
