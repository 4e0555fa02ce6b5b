"""What the ChatGPT backend refuses, and what it tells beside the stream."""

from __future__ import annotations

from typing import Any

import pytest

from codex_conformance.probes import require
from codex_conformance.suites.server.responses.faces import codex_face
from codex_conformance.suites.server.responses.prompts import HELLO
from codex_conformance.suites.server.responses.service import Service

#: Parameters of the API with keys that the backend does not take, with a value of each.
_UNSUPPORTED: dict[str, Any] = {
    "background": True,
    "conversation": "conv_1",
    "max_output_tokens": 100,
    "max_tool_calls": 1,
    "metadata": {"order": "7"},
    "previous_response_id": "resp_1",
    "safety_identifier": "user-1",
    "temperature": 0.5,
    "top_logprobs": 1,
    "top_p": 0.5,
    "truncation": "auto",
    "user": "user-1",
}

#: What is refused with which detail.
_DETAILS: dict[str, tuple[dict[str, Any], str]] = {
    "store": ({"store": True}, "Store must be set to false"),
    "stream": ({"stream": False}, "Stream must be set to true"),
    **{name: ({name: value}, f"Unsupported parameter: {name}") for name, value in _UNSUPPORTED.items()},
}


@pytest.mark.codex("responses.codex.store")
@codex_face
def test_nothing_is_stored(service: Service) -> None:
    service.ask(HELLO, store=True, misuse=True).require_status(400)


@pytest.mark.codex("responses.codex.stream")
@codex_face
def test_there_are_only_streams(service: Service) -> None:
    service.ask(HELLO, stream=False, misuse=True).require_status(400)


@pytest.mark.codex("responses.codex.unsupported")
@pytest.mark.parametrize("name", sorted(_UNSUPPORTED))
@codex_face
def test_a_parameter_of_the_api_is_refused(service: Service, name: str) -> None:
    answer = service.ask(HELLO, misuse=True, **{name: _UNSUPPORTED[name]}).require_status(400)
    require(name in answer.text, expected=f"a refusal that names {name}", found=answer.text)


@pytest.mark.codex("responses.codex.refusal-details")
@pytest.mark.parametrize("name", sorted(_DETAILS))
@codex_face
def test_a_refusal_is_a_detail(service: Service, name: str) -> None:
    fields, detail = _DETAILS[name]
    answer = service.ask(HELLO, misuse=True, **fields).require_status(400)
    require(answer.json == {"detail": detail}, expected=str({"detail": detail}), found=answer.json)


@pytest.mark.codex("responses.codex.turn-state")
@codex_face
def test_a_turn_has_a_state(service: Service) -> None:
    name = "x-codex-turn-state"
    state = service.ask(HELLO).require_status(200).headers.get(name)
    require(state, expected=name, found=state)
    again = service.ask(HELLO, headers={name: str(state)}).require_status(200).headers.get(name)
    require(again in (state, None), expected=f"the state {state!r}, or none, for the same turn", found=again)


@pytest.mark.codex("responses.codex.model-header")
@codex_face
def test_the_header_names_the_model(service: Service) -> None:
    found = service.ask(HELLO).require_status(200).headers.get("openai-model")
    require(found in (None, service.model), expected=f"{service.model}, or no openai-model", found=found)


@pytest.mark.codex("responses.codex.model-header-present")
@codex_face
def test_there_is_a_header_with_the_model(service: Service) -> None:
    found = service.ask(HELLO).require_status(200).headers.get("openai-model")
    require(found == service.model, expected=service.model, found=found)
