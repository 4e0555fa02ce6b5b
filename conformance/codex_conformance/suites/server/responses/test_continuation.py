"""Conversations that go on after a response that the server has kept."""

from __future__ import annotations

from typing import Any

import pytest

from codex_conformance.probes import Answer, at, require
from codex_conformance.suites.server.responses.prompts import (
    HELLO,
    STORY,
    UNKNOWN_RESPONSE,
    WEATHER_CALL,
    WEATHER_FORCED,
    WEATHER_PROMPT,
    WEATHER_TOOL,
    function_output,
)
from codex_conformance.suites.server.responses.service import Service
from codex_conformance.suites.server.responses.streams import call_of, require_text


@pytest.mark.codex("responses.previous.tool-output", scenario=WEATHER_CALL)
def test_the_answer_of_a_tool_follows_its_call(service: Service) -> None:
    first = service.respond(WEATHER_PROMPT, **WEATHER_FORCED)
    said = [function_output(call_of(at(first, "/output", list)))]
    second = service.items(said, previous_response_id=_id(first), tools=[WEATHER_TOOL])
    require_text(second)


@pytest.mark.codex("responses.previous.history")
def test_what_was_said_before_is_input(service: Service) -> None:
    first = _id(service.respond(STORY))
    alone = at(service.respond(HELLO), "/usage/input_tokens", int)
    second = at(service.respond(HELLO, previous_response_id=first), "/usage/input_tokens", int)
    require(second > alone, expected=f"more than the {alone} input tokens of the same question alone", found=second)


@pytest.mark.codex("responses.previous.echoed")
def test_the_previous_response_is_named(service: Service) -> None:
    first = _id(service.respond(HELLO))
    found = service.respond(HELLO, previous_response_id=first).get("previous_response_id")
    require(found == first, expected=first, found=found)


@pytest.mark.codex("responses.previous.branches")
def test_a_response_can_be_continued_twice(service: Service) -> None:
    first = _id(service.respond(HELLO))
    ids = {at(service.respond(text, previous_response_id=first), "/id") for text in ("Go on.", "Stop.")}
    require(len(ids) == 2, expected="two responses", found=ids)


@pytest.mark.codex("responses.previous.unknown")
def test_an_unknown_response_cannot_be_continued(service: Service) -> None:
    _require_unknown(service.ask(HELLO, previous_response_id=UNKNOWN_RESPONSE))


@pytest.mark.codex("responses.previous.not-stored")
def test_what_was_not_stored_cannot_be_continued(service: Service) -> None:
    first = _id(service.respond(HELLO, store=False))
    _require_unknown(service.ask(HELLO, previous_response_id=first))


@pytest.mark.codex("responses.previous.deleted")
def test_what_was_forgotten_cannot_be_continued(service: Service) -> None:
    first = _id(service.respond(HELLO))
    service.call("deleteResponse", path={"response_id": first}).require_status(200)
    _require_unknown(service.ask(HELLO, previous_response_id=first))


@pytest.mark.codex("responses.previous.other-account")
def test_a_stranger_continues_nothing(service: Service) -> None:
    first = _id(service.respond(HELLO))
    _require_unknown(service.ask(HELLO, previous_response_id=first, account="pro"))


@pytest.mark.codex("responses.previous.instructions")
def test_instructions_are_not_taken_over(service: Service) -> None:
    first = _id(service.respond(HELLO, instructions="Answer in one word."))
    second = service.respond(HELLO, previous_response_id=first)
    require(second.get("instructions") is None, expected="no instructions", found=second.get("instructions"))


def _id(response: Any) -> str:
    identifier: str = at(response, "/id", str)
    return identifier


def _require_unknown(answer: Answer) -> None:
    answer.require_status(400)
    found = (answer.at("/error/code"), answer.at("/error/param"))
    expected = ("previous_response_not_found", "previous_response_id")
    require(found == expected, expected=str(expected), found=found)
