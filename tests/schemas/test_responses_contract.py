"""The contract of the Responses surface, held against the types of the public SDK and against Codex."""

import json
from importlib.resources import files
from typing import Any, get_args

import pytest
from jsonschema import Draft202012Validator
from openai.types.responses import ResponseOutputItem, ResponseStreamEvent
from openai.types.responses.responses_server_event import ResponsesServerEvent
from pydantic import BaseModel
from referencing import Registry
from referencing.jsonschema import DRAFT202012

from codex_schemas import load

CONTRACT = load("responses")


def read(name: str) -> dict[str, Any]:
    return json.loads(files("codex_schemas").joinpath("data", "responses", name).read_text(encoding="utf-8"))


EVENTS = read("events.json")
REGISTRY = Registry().with_resource("openapi.json", DRAFT202012.create_resource(CONTRACT.document))


def sdk_classes(union: Any) -> dict[str, type[BaseModel]]:
    """The classes of a tagged union of the SDK, by each value of their tag."""
    members = get_args(get_args(union)[0])
    return {tag: member for member in members for tag in get_args(member.model_fields["type"].annotation)}


SSE = sdk_classes(ResponseStreamEvent)
SOCKET = sdk_classes(ResponsesServerEvent)
SDK_ITEMS = sdk_classes(ResponseOutputItem)

#: Every schema of events.json with its example, by a readable id.
MESSAGES = {
    **{f"event {name}": (entry["schema"], entry["example"]) for name, entry in EVENTS["events"].items()},
    **{f"socket {name}": (entry["schema"], entry["example"]) for name, entry in EVENTS["websocket_events"].items()},
    **{
        f"frame {name} {base}": (schema, entry["examples"][base])
        for name, entry in EVENTS["client_frames"].items()
        for base, schema in entry["schemas"].items()
    },
}


def fits(schema: dict[str, Any], instance: Any) -> bool:
    return Draft202012Validator(schema, registry=REGISTRY).is_valid(instance)


def without(instance: dict[str, Any], field: str) -> dict[str, Any]:
    return {key: value for key, value in instance.items() if key != field}


def required_fields(schema: dict[str, Any]) -> list[str]:
    """The required fields of a schema, references and allOf followed."""
    if reference := schema.get("$ref"):
        return required_fields(CONTRACT.document["components"]["schemas"][reference.rsplit("/", 1)[-1]])
    return [
        *schema.get("required", []),
        *(field for part in schema.get("allOf", []) for field in required_fields(part)),
    ]


def references(node: Any) -> set[str]:
    if isinstance(node, dict):
        own = {node["$ref"]} if "$ref" in node else set()
        return own.union(*(references(value) for value in node.values()))
    return set().union(*(references(value) for value in node)) if isinstance(node, list) else set()


@pytest.mark.parametrize("reference", sorted(references(EVENTS)))
def test_a_reference_of_the_events_resolves(reference: str) -> None:
    assert REGISTRY.resolver().lookup(reference).contents


@pytest.mark.parametrize("reference", sorted(references(CONTRACT.document)))
def test_a_reference_of_the_document_resolves(reference: str) -> None:
    assert REGISTRY.resolver("openapi.json").lookup(reference).contents


@pytest.mark.parametrize("event", sorted(SSE))
def test_an_sse_event_of_the_sdk_has_a_schema(event: str) -> None:
    assert "sse" in EVENTS["events"][event]["transports"]


@pytest.mark.parametrize("event", sorted(SOCKET))
def test_a_socket_event_of_the_sdk_has_a_schema(event: str) -> None:
    entry = EVENTS["websocket_events"].get(event) or EVENTS["events"][event]
    assert "websocket" in entry["transports"]


@pytest.mark.parametrize("message", MESSAGES)
def test_an_example_fits_its_schema(message: str) -> None:
    schema, example = MESSAGES[message]
    errors = [error.message for error in Draft202012Validator(schema, registry=REGISTRY).iter_errors(example)]
    assert not errors


@pytest.mark.parametrize("event", sorted(SSE))
def test_an_example_of_an_sse_event_fits_the_sdk(event: str) -> None:
    SSE[event].model_validate(EVENTS["events"][event]["example"], strict=True)


@pytest.mark.parametrize("event", sorted(SOCKET))
def test_an_example_of_a_socket_event_fits_the_sdk(event: str) -> None:
    entry = EVENTS["websocket_events"].get(event) or EVENTS["events"][event]
    SOCKET[event].model_validate(entry["example"], strict=True)


@pytest.mark.parametrize(
    ("message", "field"),
    [(message, field) for message, (schema, _) in MESSAGES.items() for field in required_fields(schema)],
)
def test_a_message_without_a_required_field_is_refused(message: str, field: str) -> None:
    schema, example = MESSAGES[message]
    assert not fits(schema, without(example, field))


@pytest.mark.parametrize("event", sorted(SSE))
def test_an_event_requires_what_the_sdk_requires(event: str) -> None:
    schema = EVENTS["events"][event]["schema"]
    wanted = {name for name, field in SSE[event].model_fields.items() if field.is_required()}
    assert wanted <= set(schema["required"])
    assert set(SSE[event].model_fields) <= set(schema["properties"])


CALL = {"call_id": "call_1"}
DONE = {"status": "completed"}
#: One item of every type that the SDK knows, with what it requires and no more.
ITEMS: dict[str, dict[str, Any]] = {
    "message": {**DONE, "role": "assistant", "content": [{"type": "output_text", "text": "Hi", "annotations": []}]},
    "file_search_call": {**DONE, "queries": ["q"]},
    "function_call": {**CALL, "name": "f", "arguments": "{}"},
    "function_call_output": {**DONE, "output": "text"},
    "web_search_call": {**DONE, "action": {"type": "search", "query": "q"}},
    "computer_call": {**CALL, **DONE, "pending_safety_checks": []},
    "computer_call_output": {**CALL, **DONE, "output": {"type": "computer_screenshot"}},
    "reasoning": {"summary": [{"type": "summary_text", "text": "Thought."}]},
    "program": {**CALL, "code": "1", "fingerprint": "f"},
    "program_output": {**CALL, **DONE, "result": "1"},
    "tool_search_call": {**DONE, "arguments": {}, "execution": "client"},
    "tool_search_output": {**DONE, "tools": [], "execution": "client"},
    "additional_tools": {
        "role": "developer",
        "tools": [{"type": "function", "name": "f", "parameters": None, "strict": None}],
    },
    "compaction": {"encrypted_content": "opaque"},
    "image_generation_call": {**DONE, "result": "iVBORw0KGgo="},
    "code_interpreter_call": {**DONE, "container_id": "cntr_1", "code": "1", "outputs": None},
    "local_shell_call": {**CALL, **DONE, "action": {"type": "exec", "command": ["ls"], "env": {}}},
    "local_shell_call_output": {"output": "text"},
    "shell_call": {**CALL, **DONE, "action": {"commands": ["ls"]}, "environment": None},
    "shell_call_output": {**CALL, **DONE, "output": [], "max_output_length": None},
    "apply_patch_call": {**CALL, **DONE, "operation": {"type": "delete_file", "path": "a"}},
    "apply_patch_call_output": {**CALL, **DONE},
    "mcp_call": {"arguments": "{}", "name": "f", "server_label": "s"},
    "mcp_list_tools": {"server_label": "s", "tools": [{"name": "f", "input_schema": {}}]},
    "mcp_approval_request": {"arguments": "{}", "name": "f", "server_label": "s"},
    "mcp_approval_response": {"approval_request_id": "mcpr_1", "approve": True},
    "custom_tool_call": {**CALL, "name": "apply_patch", "input": "text"},
    "custom_tool_call_output": {**CALL, **DONE, "output": "text"},
}


def item(tag: str) -> dict[str, Any]:
    return {"type": tag, "id": "item_1", **ITEMS[tag]}


@pytest.mark.parametrize("tag", sorted(SDK_ITEMS))
def test_an_output_item_fits_the_contract_and_the_sdk(tag: str) -> None:
    SDK_ITEMS[tag].model_validate(item(tag))
    CONTRACT.validator("OutputItem").check(item(tag))


@pytest.mark.parametrize(
    ("tag", "field"),
    [
        (tag, name)
        for tag, member in SDK_ITEMS.items()
        for name, field in member.model_fields.items()
        if field.is_required()
    ],
)
def test_an_output_item_without_a_field_that_the_sdk_requires_is_refused(tag: str, field: str) -> None:
    assert not CONTRACT.validator("OutputItem").is_valid(without(item(tag), field))


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


TOKENS = {"input_tokens": 1, "output_tokens": 1, "total_tokens": 2}
MODEL = CONTRACT.operation("listModels").definition["responses"]["200"]["content"]["application/json"]["examples"][
    "codex"
]["value"]["models"][0]
FACTS = {
    "usage without details": ("Usage", TOKENS, True),
    "usage with null details": ("Usage", {**TOKENS, "input_tokens_details": None, "output_tokens_details": None}, True),
    "usage with empty input details": ("Usage", {**TOKENS, "input_tokens_details": {}}, False),
    "usage with empty output details": ("Usage", {**TOKENS, "output_tokens_details": {}}, False),
    "usage with cached tokens alone": ("Usage", {**TOKENS, "input_tokens_details": {"cached_tokens": 0}}, True),
    "usage without total": ("Usage", without(TOKENS, "total_tokens"), False),
    "arguments as an object": ("ResponseItem", {**item("function_call"), "arguments": {}}, False),
    "arguments as text": ("ResponseItem", item("function_call"), True),
    "a call without an id of its own": ("ResponseItem", without(item("function_call"), "id"), True),
    "a call with an empty call id": ("ResponseItem", {**item("function_call"), "call_id": ""}, False),
    "tool search arguments as an object": ("ResponseItem", {**item("tool_search_call"), "arguments": {"q": 1}}, True),
    "tool output as parts": (
        "ResponseItem",
        {"type": "custom_tool_call_output", "call_id": "c", "output": [{"type": "input_text", "text": "x"}]},
        True,
    ),
    "tool output as an object": ("ResponseItem", {"type": "function_call_output", "output": {}}, False),
    "a reasoning item without a summary": ("ResponseItem", {"type": "reasoning", "encrypted_content": "x"}, False),
    "a compaction without content": ("ResponseItem", {"type": "compaction"}, False),
    "a compaction by its older name": ("ResponseItem", {"type": "compaction_summary", "encrypted_content": "x"}, True),
    "a compaction trigger": ("ResponseItem", {"type": "compaction_trigger"}, True),
    "a user message from a service": ("OutputItem", {**item("message"), "role": "user"}, False),
    "a finished image without a result": ("OutputItem", {**item("image_generation_call"), "result": None}, False),
    "an image in the making": (
        "OutputItem",
        {"type": "image_generation_call", "id": "ig_1", "status": "in_progress", "result": None},
        True,
    ),
    "compacted history alone": ("CompactedResponse", {"output": [item("compaction")]}, True),
    "compacted object without usage": (
        "CompactedResponse",
        {"object": "response.compaction", "id": "resp_1", "created_at": 1, "output": []},
        False,
    ),
    "detail error": ("ErrorBody", {"detail": "Not Found"}, True),
    "error as text": ("ErrorBody", {"error": "Not Found"}, False),
    "usage limit with a date as text": (
        "RateLimitErrorBody",
        {"error": {"type": "usage_limit_reached", "message": "Limit", "resets_at": "tomorrow"}},
        False,
    ),
    "model with an unknown shell type": ("ModelInfo", {**MODEL, "shell_type": "zsh"}, False),
    "model with an unknown visibility": ("ModelInfo", {**MODEL, "visibility": "secret"}, False),
    "model with an unknown tool mode": ("ModelInfo", {**MODEL, "tool_mode": "brand_new"}, True),
    "model with an unknown effort": ("ModelInfo", {**MODEL, "default_reasoning_level": "brand_new"}, True),
    "model with null modalities": ("ModelInfo", {**MODEL, "input_modalities": None}, False),
    "model with an unknown field": ("ModelInfo", {**MODEL, "brand_new": 1}, True),
}


@pytest.mark.parametrize("fact", FACTS)
def test_a_fact_of_the_wire_holds(fact: str) -> None:
    schema, instance, accepted = FACTS[fact]
    assert CONTRACT.validator(schema).is_valid(instance) is accepted


@pytest.mark.parametrize(
    "field",
    [
        "slug", "display_name", "supported_reasoning_levels", "shell_type", "visibility", "supported_in_api",
        "priority", "base_instructions", "support_verbosity", "truncation_policy", "experimental_supported_tools",
        "supports_reasoning_summaries", "supports_parallel_tool_calls",
    ],
)  # fmt: skip
def test_a_model_needs(field: str) -> None:
    assert not CONTRACT.validator("ModelInfo").is_valid(without(MODEL, field))


def test_one_unreadable_model_spoils_the_list() -> None:
    broken = {**MODEL, "truncation_policy": {"mode": "words", "limit": 1}}
    assert CONTRACT.validator("CodexModelList").is_valid({"models": [MODEL]})
    assert not CONTRACT.validator("CodexModelList").is_valid({"models": [MODEL, broken]})


SOCKET_ERROR = EVENTS["websocket_events"]["error"]


@pytest.mark.parametrize(
    ("change", "accepted"),
    [
        pytest.param({}, True, id="status"),
        pytest.param({"status_code": 429}, False, id="both spellings"),
        pytest.param({"headers": {"a": 1, "b": True, "c": "x"}}, True, id="headers of three kinds"),
        pytest.param({"headers": {"a": []}}, False, id="header as a list"),
    ],
)
def test_a_socket_error_is_accepted_or_refused(change: dict[str, Any], accepted: bool) -> None:  # noqa: FBT001
    assert fits(SOCKET_ERROR["schema"], {**SOCKET_ERROR["example"], **change}) is accepted


def test_the_flat_error_of_sse_is_not_the_nested_error_of_a_socket() -> None:
    flat = EVENTS["events"]["error"]
    assert not fits(SOCKET_ERROR["schema"], flat["example"])
    assert not fits(flat["schema"], SOCKET_ERROR["example"])


def test_rate_limits_of_codex_travel_on_the_socket_alone() -> None:
    entry = EVENTS["events"]["codex.rate_limits"]
    assert (entry["transports"], entry["bases"]) == (["websocket"], ["codex"])
