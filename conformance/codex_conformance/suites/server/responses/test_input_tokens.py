"""Counting the tokens of a request before it is made."""

from __future__ import annotations

from typing import Any

import pytest

from codex_conformance.probes import require
from codex_conformance.suites.server.responses.prompts import HELLO, WEATHER_TOOL
from codex_conformance.suites.server.responses.service import Service


@pytest.mark.codex("responses.input-tokens.count")
def test_tokens_are_counted(service: Service) -> None:
    require(_count(service, HELLO) > 0, expected="more than 0 tokens", found=0)


@pytest.mark.codex("responses.input-tokens.grows")
@pytest.mark.parametrize(
    "more",
    [{"input": HELLO * 100}, {"instructions": HELLO * 100}, {"tools": [WEATHER_TOOL]}],
    ids=["input", "instructions", "tools"],
)
def test_more_input_has_more_tokens(service: Service, more: dict[str, Any]) -> None:
    few, many = _count(service, HELLO), _count(service, **{"said": HELLO, **more})
    require(many > few, expected=f"more than {few}", found=many)


@pytest.mark.codex("responses.input-tokens.as-billed")
def test_the_count_is_that_of_the_response(service: Service) -> None:
    counted = _count(service, HELLO)
    used = service.respond(HELLO).get("usage") or {}
    require(used.get("input_tokens") == counted, expected=f"{counted} input tokens", found=used)


@pytest.mark.codex("responses.input-tokens.makes-nothing")
def test_counting_makes_no_response(service: Service) -> None:
    answer = service.call("countInputTokens", json=service.body(HELLO)).require_status(200)
    require(not answer.has("/output"), expected="a count and no response", found=answer.json)


def _count(service: Service, said: str, **more: Any) -> int:
    answer = service.call("countInputTokens", json={**service.body(said), **more}).require_status(200)
    count: int = answer.at("/input_tokens", int)
    return count
