"""Items, models, usage and errors of the Responses surface, held against the public SDK and against Codex."""

from typing import Any, get_args

import pytest
from openai.types.responses import ResponseOutputItem
from pydantic import BaseModel

from codex_schemas import load

CONTRACT = load("responses")


def sdk_classes(union: Any) -> dict[str, type[BaseModel]]:
    """The classes of a tagged union of the SDK, by each value of their tag."""
    members = get_args(get_args(union)[0])
    return {tag: member for member in members for tag in get_args(member.model_fields["type"].annotation)}


SDK_ITEMS = sdk_classes(ResponseOutputItem)


def without(instance: dict[str, Any], field: str) -> dict[str, Any]:
    return {key: value for key, value in instance.items() if key != field}


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
