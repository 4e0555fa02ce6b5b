"""The operations of the Responses surface and what a request may hold, at either service."""

from typing import Any

import pytest

from codex_schemas import load

CONTRACT = load("responses")


def without(instance: dict[str, Any], field: str) -> dict[str, Any]:
    return {key: value for key, value in instance.items() if key != field}


@pytest.mark.parametrize("operation", ["listModels", "createResponse", "connectResponses", "compactResponse"])
def test_both_services_serve_an_operation(operation: str) -> None:
    assert CONTRACT.operation(operation).prefixes == ("/backend-api/codex", "/v1")


def test_only_the_public_service_describes_one_model() -> None:
    assert CONTRACT.operation("retrieveModel").prefixes == ("/v1",)


CODEX_REQUEST = CONTRACT.operation("createResponse").definition["requestBody"]["content"]["application/json"][
    "examples"
]["codex"]["value"]
UNSUPPORTED = CONTRACT.operation("createResponse").definition["x-codex-unsupported-parameters"]


@pytest.mark.parametrize(
    "name",
    [
        "max_output_tokens",
        "temperature",
        "top_p",
        "metadata",
        "truncation",
        "user",
        "background",
        "previous_response_id",
    ],
)
def test_the_codex_backend_refuses_a_parameter_of_the_public_api(name: str) -> None:
    assert name in UNSUPPORTED
    (violation,) = CONTRACT.validator("CodexCreateResponse").violations({**CODEX_REQUEST, name: "x"})
    assert name in violation.found


def test_the_unsupported_parameters_are_those_of_the_public_api_alone() -> None:
    schemas = CONTRACT.document["components"]["schemas"]
    public, codex = (set(schemas[name]["properties"]) for name in ("PublicCreateResponse", "CodexCreateResponse"))
    assert set(UNSUPPORTED) == public - codex
    assert codex < public


@pytest.mark.parametrize("field", CODEX_REQUEST)
def test_a_codex_request_may_leave_out_all_but_four_fields(field: str) -> None:
    optional = field not in {"model", "input", "store", "stream"}
    assert CONTRACT.validator("CodexCreateResponse").is_valid(without(CODEX_REQUEST, field)) is optional


PUBLIC_FRAME = {"type": "response.create", "model": "m", "input": "Hello"}
REQUESTS = {
    "codex with instructions": ("CodexCreateResponse", {**CODEX_REQUEST, "instructions": "You help."}, True),
    "codex with store true": ("CodexCreateResponse", {**CODEX_REQUEST, "store": True}, False),
    "codex with stream false": ("CodexCreateResponse", {**CODEX_REQUEST, "stream": False}, False),
    "codex with text as input": ("CodexCreateResponse", {**CODEX_REQUEST, "input": "Hello"}, False),
    "codex with empty input": ("CodexCreateResponse", {**CODEX_REQUEST, "input": []}, True),
    "codex with null reasoning": ("CodexCreateResponse", {**CODEX_REQUEST, "reasoning": None}, True),
    "codex with an effort of its own": (
        "CodexCreateResponse",
        {**CODEX_REQUEST, "reasoning": {"effort": "ultra"}},
        True,
    ),
    "codex with an unknown item": ("CodexCreateResponse", {**CODEX_REQUEST, "input": [{"type": "brand_new"}]}, True),
    "codex with an item without a type": (
        "CodexCreateResponse",
        {**CODEX_REQUEST, "input": [{"role": "user", "content": "Hello"}]},
        False,
    ),
    "codex with a number in client_metadata": (
        "CodexCreateResponse",
        {**CODEX_REQUEST, "client_metadata": {"turn": 1}},
        False,
    ),
    "codex with generate over HTTP": ("CodexCreateResponse", {**CODEX_REQUEST, "generate": False}, False),
    "codex with an unknown tool": ("CodexCreateResponse", {**CODEX_REQUEST, "tools": [{"type": "brand_new"}]}, True),
    "codex with a function tool without a name": (
        "CodexCreateResponse",
        {**CODEX_REQUEST, "tools": [{"type": "function"}]},
        False,
    ),
    "public takes the codex request": ("PublicCreateResponse", CODEX_REQUEST, True),
    "public with a field of its own": ("PublicCreateResponse", {"model": "m", "input": "Hello", "brand_new": 1}, False),
    "public frame with generate": ("PublicResponseCreateFrame", {**PUBLIC_FRAME, "generate": False}, True),
    "public frame with a field of its own": ("PublicResponseCreateFrame", {**PUBLIC_FRAME, "brand_new": 1}, False),
    "public with text as input": ("PublicCreateResponse", {"model": "m", "input": "Hello"}, True),
    "public with an easy message": (
        "PublicCreateResponse",
        {"model": "m", "input": [{"role": "user", "content": "Hi"}]},
        True,
    ),
    "public with an item reference": ("PublicCreateResponse", {"model": "m", "input": [{"id": "msg_1"}]}, True),
    "public with temperature": ("PublicCreateResponse", {"model": "m", "temperature": 0.5}, True),
    "public with a prompt and no model": ("PublicCreateResponse", {"prompt": {"id": "pmpt_1"}}, True),
    "public without model and prompt": ("PublicCreateResponse", {"input": "Hello"}, False),
    "public with conversation and previous response": (
        "PublicCreateResponse",
        {"model": "m", "conversation": "conv_1", "previous_response_id": "resp_1"},
        False,
    ),
    "public with conversation and null previous response": (
        "PublicCreateResponse",
        {"model": "m", "conversation": "conv_1", "previous_response_id": None},
        True,
    ),
    "public with an unknown truncation": ("PublicCreateResponse", {"model": "m", "truncation": "maybe"}, False),
    "frame with previous response": (
        "CodexResponseCreateFrame",
        {**CODEX_REQUEST, "type": "response.create", "previous_response_id": "resp_1"},
        True,
    ),
    "frame with temperature": (
        "CodexResponseCreateFrame",
        {**CODEX_REQUEST, "type": "response.create", "temperature": 1},
        False,
    ),
    "frame with store true": (
        "CodexResponseCreateFrame",
        {**CODEX_REQUEST, "type": "response.create", "store": True},
        False,
    ),
    "compaction of codex needs an input": ("CodexCompactResponse", {"model": "m"}, False),
    "compaction of the public API does not": (
        "CompactResponse",
        {"model": "m", "previous_response_id": "resp_1"},
        True,
    ),
}


@pytest.mark.parametrize("request_name", REQUESTS)
def test_a_request_is_accepted_or_refused(request_name: str) -> None:
    schema, body, accepted = REQUESTS[request_name]
    assert CONTRACT.validator(schema).is_valid(body) is accepted
