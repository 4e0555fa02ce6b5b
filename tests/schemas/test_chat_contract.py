"""The contract of Chat Completions, and the requests of the public API, held against the types of the public SDK."""

from __future__ import annotations

from typing import Any

import pytest
from openai.types import Completion
from openai.types.chat import ChatCompletion, ChatCompletionChunk, ChatCompletionDeleted, completion_create_params
from openai.types.completion_create_params import CompletionCreateParamsStreaming
from openai.types.responses import input_token_count_params, response_create_params

from codex_schemas import load

CONTRACT = load("chat")
SCHEMAS = CONTRACT.document["components"]["schemas"]
HELLO = [{"role": "user", "content": "Hello"}]
REQUEST = {"model": "m", "messages": HELLO}
CALL = {"id": "call_1", "type": "function", "function": {"name": "look", "arguments": "{}"}}

PARAMETERS = {
    "chat": ("chat", "CreateChatCompletion", completion_create_params.CompletionCreateParamsStreaming),
    "text": ("chat", "CreateCompletion", CompletionCreateParamsStreaming),
    "response": ("responses", "PublicCreateResponse", response_create_params.ResponseCreateParamsStreaming),
    "input tokens": ("responses", "CountInputTokens", input_token_count_params.InputTokenCountParams),
}


def examples(operation: str, media_type: str) -> list[Any]:
    content = CONTRACT.operation(operation).definition["responses"]["200"]["content"][media_type]
    return [example["value"] for example in content["examples"].values()]


@pytest.mark.parametrize(("surface", "schema", "params"), PARAMETERS.values(), ids=PARAMETERS)
def test_every_parameter_of_the_sdk_is_taken_and_no_other(surface: str, schema: str, params: type) -> None:
    definition = load(surface).document["components"]["schemas"][schema]

    assert set(params.__annotations__) <= set(definition["properties"])
    assert definition["additionalProperties"] is False


ANSWERS = [
    *((ChatCompletion, example) for example in examples("createChatCompletion", "application/json")),
    *((ChatCompletionChunk, example) for example in examples("createChatCompletion", "text/event-stream")),
    *((Completion, example) for example in examples("createCompletion", "application/json")),
    *((ChatCompletionDeleted, example) for example in examples("deleteChatCompletion", "application/json")),
]


@pytest.mark.parametrize(("model", "example"), ANSWERS)
def test_an_example_of_an_answer_fits_the_sdk(model: Any, example: Any) -> None:
    model.model_validate(example, strict=True)


#: Structures of the SDK with the schemas that must know all of their fields.
SHAPES = {"ChatCompletion": ChatCompletion, "ChatCompletionChunk": ChatCompletionChunk, "Completion": Completion}


@pytest.mark.parametrize("name", SHAPES)
def test_an_answer_requires_what_the_sdk_requires(name: str) -> None:
    wanted = {field for field, info in SHAPES[name].model_fields.items() if info.is_required()}

    assert wanted <= set(SCHEMAS[name]["required"])


def message(**fields: Any) -> dict[str, Any]:
    return {**REQUEST, "messages": [fields]}


def wish(kind: str, **fields: Any) -> dict[str, Any]:
    return {**REQUEST, "response_format": {"type": kind, **fields}}


FACTS = {
    "no messages": ({**REQUEST, "messages": []}, False),
    "a message without a role": (message(content="x"), False),
    "a message of an unknown role": (message(role="king", content="x"), False),
    "a user without content": (message(role="user"), False),
    "a user with an empty list": (message(role="user", content=[]), False),
    "a user with text and an image": (
        message(role="user", content=[{"type": "text", "text": "x"}, {"type": "image_url", "image_url": {"url": "u"}}]),
        True,
    ),
    "a user with a bare image": (message(role="user", content=[{"type": "image_url", "image_url": "u"}]), False),
    "a system message with an image": (
        message(role="system", content=[{"type": "image_url", "image_url": {"url": "u"}}]),
        False,
    ),
    "an assistant without content": (message(role="assistant"), True),
    "an assistant with null as content and a call": (message(role="assistant", content=None, tool_calls=[CALL]), True),
    "an assistant with no calls": (message(role="assistant", content="x", tool_calls=[]), False),
    "a call with arguments as an object": (
        message(role="assistant", tool_calls=[{**CALL, "function": {"name": "look", "arguments": {}}}]),
        False,
    ),
    "a tool message without its call": (message(role="tool", content="x"), False),
    "a function message": (message(role="function", name="look", content=None), True),
    "a tool with a space in its name": (
        {**REQUEST, "tools": [{"type": "function", "function": {"name": "look here"}}]},
        False,
    ),
    "a tool in the form of Responses": ({**REQUEST, "tools": [{"type": "function", "name": "look"}]}, False),
    "a custom tool": ({**REQUEST, "tools": [{"type": "custom", "custom": {"name": "look"}}]}, True),
    "a named tool choice": (
        {**REQUEST, "tool_choice": {"type": "function", "function": {"name": "look"}}},
        True,
    ),
    "text as tool choice": ({**REQUEST, "tool_choice": "look"}, False),
    "JSON": (wish("json_object"), True),
    "JSON with a schema": (wish("json_schema", json_schema={"name": "x", "schema": {}}), True),
    "JSON with a schema in the form of Responses": (wish("json_schema", name="x", schema={}), False),
    "one stop": ({**REQUEST, "stop": "x"}, True),
    "no stop": ({**REQUEST, "stop": None}, True),
    "too many stops": ({**REQUEST, "stop": list("abcde")}, False),
    "metadata with a number": ({**REQUEST, "metadata": {"k": 1}}, False),
    "metadata with too many keys": ({**REQUEST, "metadata": {str(n): "x" for n in range(17)}}, False),
    "a new effort": ({**REQUEST, "reasoning_effort": "brand_new"}, True),
    "too hot": ({**REQUEST, "temperature": 2.1}, False),
}


@pytest.mark.parametrize(("body", "accepted"), FACTS.values(), ids=FACTS)
def test_a_chat_request_is_accepted_or_refused(body: Any, accepted: bool) -> None:  # noqa: FBT001
    assert CONTRACT.validator("CreateChatCompletion").is_valid(body) is accepted


@pytest.mark.parametrize(
    ("prompt", "accepted"),
    [("x", True), (["x", "y"], True), ([1, 2], True), ([[1], [2]], True), (None, True), ([], False), (["x", 1], False)],
    ids=str,
)
def test_a_prompt_is_accepted_or_refused(prompt: Any, accepted: bool) -> None:  # noqa: FBT001
    assert CONTRACT.validator("CreateCompletion").is_valid({"model": "m", "prompt": prompt}) is accepted
