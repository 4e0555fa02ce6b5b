"""Reasoning: its summary, its sealed form, and its way back."""

from __future__ import annotations

from typing import Any

import pytest

from codex_conformance.probes import at, require
from codex_conformance.suites.server.responses.faces import each_face
from codex_conformance.suites.server.responses.prompts import THOUGHT, THOUGHT_PROMPT, message
from codex_conformance.suites.server.responses.service import Service
from codex_conformance.suites.server.responses.streams import require_text

_WISH: dict[str, Any] = {"reasoning": {"effort": "low", "summary": "auto"}}
_SEALED: dict[str, Any] = {**_WISH, "include": ["reasoning.encrypted_content"]}

_SUMMARY = "response.reasoning_summary_text"


@pytest.mark.codex("responses.reasoning.summary", scenario=THOUGHT)
@each_face
def test_a_summary_is_an_item_of_its_own(service: Service) -> None:
    thoughts = _thoughts(service.items(THOUGHT_PROMPT, **_WISH))
    texts = [at(part, "/text", str) for part in at(thoughts[0], "/summary", list)]
    require(all(texts) and texts, expected="a summary with text", found=thoughts)


@pytest.mark.codex("responses.reasoning.summary-join", scenario=THOUGHT)
@each_face
def test_deltas_join_to_the_summary(service: Service) -> None:
    stream = service.stream(THOUGHT_PROMPT, **_WISH)
    summary = at(_thoughts(stream.items)[0], "/summary", list)
    texts = [at(part, "/text", str) for part in summary]
    joined = [stream.joined(f"{_SUMMARY}.delta", summary_index=index) for index in range(len(texts))]
    told = [event.get("text") for event in stream.of_kind(f"{_SUMMARY}.done")]
    require(joined == told == texts != [], expected=str(texts), found=(joined, told))


@pytest.mark.codex("responses.reasoning.before-message", scenario=THOUGHT)
@each_face
def test_reasoning_comes_before_what_it_leads_to(service: Service) -> None:
    kinds = [item.get("type") for item in service.items(THOUGHT_PROMPT, **_WISH)]
    require(kinds[:1] == ["reasoning"] and "message" in kinds, expected="reasoning, then a message", found=kinds)


@pytest.mark.codex("responses.reasoning.encrypted", scenario=THOUGHT)
@each_face
def test_reasoning_is_sealed_where_it_is_asked_for(service: Service) -> None:
    thought = _thoughts(service.items(THOUGHT_PROMPT, **_SEALED))[0]
    require(at(thought, "/encrypted_content", str), expected="encrypted_content with something in it", found=thought)


@pytest.mark.codex("responses.reasoning.not-asked", scenario=THOUGHT)
@each_face
def test_reasoning_is_not_sealed_unasked(service: Service) -> None:
    thought = _thoughts(service.items(THOUGHT_PROMPT, **_WISH))[0]
    require(thought.get("encrypted_content") is None, expected="no encrypted_content", found=thought)


@pytest.mark.codex("responses.reasoning.taken-back", scenario=THOUGHT)
@each_face
def test_sealed_reasoning_is_taken_back(service: Service) -> None:
    items = service.items(THOUGHT_PROMPT, **_SEALED)
    said = [message(THOUGHT_PROMPT), *items, message("And in four weeks?")]
    answer = service.items(said, **_SEALED)
    require_text(answer)


@pytest.mark.codex("responses.reasoning.tokens", scenario=THOUGHT)
@each_face
def test_reasoning_is_counted(service: Service) -> None:
    usage = at(service.respond(THOUGHT_PROMPT, **_WISH), "/usage", dict)
    count = at(usage, "/output_tokens_details/reasoning_tokens", int)
    require(count > 0, expected="reasoning_tokens above 0", found=usage)


def _thoughts(items: list[Any]) -> list[Any]:
    found = [item for item in items if at(item, "/type") == "reasoning"]
    require(found, expected="a reasoning item", found=items)
    return found
