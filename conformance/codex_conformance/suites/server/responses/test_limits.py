"""Limits: what a turn tells of them, and how one that is reached is said."""

from __future__ import annotations

import pytest

from codex_conformance.probes import Answer, require
from codex_conformance.suites.server.responses.faces import codex_face
from codex_conformance.suites.server.responses.prompts import HELLO
from codex_conformance.suites.server.responses.service import Service

_PERCENT, _MINUTES, _RESET = (f"x-codex-primary-{name}" for name in ("used-percent", "window-minutes", "reset-at"))
#: Seconds of the longest window: a month of 31 days.
_LONGEST = 31 * 24 * 3600

_USED = {"accounts": {"plus": {"primary": {"used_percent": 42, "window_seconds": 18_000, "resets_in_seconds": 600}}}}
_NOT_INCLUDED = {"accounts": {"plus": {"entitled": False}}}


@pytest.mark.codex("responses.limits.headers")
@codex_face
def test_a_turn_tells_the_limits(service: Service) -> None:
    answer = service.ask(HELLO).require_status(200)
    percent, minutes = _number(answer, _PERCENT), _number(answer, _MINUTES)
    require(0 <= percent <= 100, expected="a part of a hundred", found=percent)
    require(0 < minutes * 60 <= _LONGEST, expected="minutes of a window", found=minutes)


@pytest.mark.codex("responses.limits.headers-true", scenario=_USED)
@codex_face
def test_the_limits_are_those_of_the_account(service: Service) -> None:
    answer = service.ask(HELLO).require_status(200)
    found = (_number(answer, _PERCENT), _number(answer, _MINUTES))
    require(found == (42, 300), expected="42 percent of 300 minutes", found=found)


@pytest.mark.codex("responses.limits.reset-header", scenario=_USED)
@codex_face
def test_the_window_ends_when_the_header_says(service: Service) -> None:
    first = _number(service.ask(HELLO).require_status(200), _RESET)
    service.http.world.advance(601)
    later = _number(service.ask(HELLO).require_status(200), _RESET)
    require(later > first, expected=f"a later end than {first:.0f} for the next window", found=later)


@pytest.mark.codex("responses.limits.usage-limit", scenario="usage-limit-reached")
@codex_face
def test_a_limit_that_is_reached_is_429(service: Service) -> None:
    kind = service.ask(HELLO).require_status(429).at("/error/type")
    require(kind == "usage_limit_reached", expected="usage_limit_reached", found=kind)


@pytest.mark.codex("responses.limits.usage-limit-plan", scenario="usage-limit-reached")
@codex_face
def test_the_refusal_names_the_plan(service: Service) -> None:
    plan = service.ask(HELLO).require_status(429).at("/error/plan_type", str)
    require(plan == service.credentials.plan_type, expected=service.credentials.plan_type, found=plan)


@pytest.mark.codex("responses.limits.resets-at", scenario="usage-limit-reached")
@codex_face
def test_a_turn_is_taken_when_the_refusal_says(service: Service) -> None:
    answer = service.ask(HELLO).require_status(429)
    seconds, moment = answer.at("/error/resets_in_seconds", int), answer.at("/error/resets_at", int)
    named = _number(answer, _RESET)
    require(moment == named, expected=f"the moment of the header, {named:.0f}", found=moment)
    service.http.world.advance(seconds - 5)
    service.ask(HELLO).require_status(429)
    service.http.world.advance(6)
    service.ask(HELLO).require_status(200)


@pytest.mark.codex("responses.limits.not-included", scenario=_NOT_INCLUDED)
@codex_face
def test_a_plan_without_codex_is_told(service: Service) -> None:
    kind = service.ask(HELLO).require_status(429).at("/error/type")
    require(kind == "usage_not_included", expected="usage_not_included", found=kind)


@pytest.mark.codex("responses.limits.quota", scenario="usage-insufficient-quota")
def test_a_quota_that_is_used_up_is_told(service: Service) -> None:
    answer = service.ask(HELLO).require_status(429)
    require(answer.at("/error/code") == "insufficient_quota", expected="insufficient_quota", found=answer.json)
    require("retry-after" not in answer.headers, expected="no retry-after", found=answer.headers.get("retry-after"))


@pytest.mark.codex("responses.limits.retry-after", scenario="rate-limit-retry-after")
@codex_face
def test_a_rate_limit_says_when_to_come_back(service: Service) -> None:
    seconds = _number(service.ask(HELLO).require_status(429), "retry-after")
    require(seconds >= 1 and seconds == int(seconds), expected="whole seconds", found=seconds)
    service.http.world.advance(seconds)
    service.ask(HELLO).require_status(200)


@pytest.mark.codex("responses.limits.overloaded", scenario="server-overloaded")
@codex_face
def test_a_model_without_capacity_is_told(service: Service) -> None:
    code = service.ask(HELLO).require_status(503).at("/error/code")
    require(code == "server_is_overloaded", expected="server_is_overloaded", found=code)


@pytest.mark.codex("responses.limits.refusal-costs-nothing", scenario=_USED)
@codex_face
def test_a_refused_turn_costs_nothing(service: Service) -> None:
    service.ask(HELLO, model="no-such-model").require_status(400, 404)
    percent = _number(service.ask(HELLO).require_status(200), _PERCENT)
    require(percent <= 43, expected="42 and what one turn costs", found=percent)


def _number(answer: Answer, name: str) -> float:
    """Return the number that a header holds.

    Raises:
        Unmet: It holds none, or is not there.
    """
    text = answer.headers.get(name, "")
    require(text.replace(".", "", 1).isdigit(), expected=f"a number in {name}", found=text or f"no {name}")
    return float(text)
