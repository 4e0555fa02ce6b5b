"""What the public API refuses: each field at fault is named, as clients show it."""

from __future__ import annotations

import httpx
import pytest

RESPONSE = {"model": "gpt-5.5", "input": "Hello"}
MESSAGES = [{"role": "user", "content": "Hello"}]
CHAT = {"model": "gpt-5.5", "messages": MESSAGES}
TEXT = {"model": "gpt-5.5", "prompt": "Hello"}

WRONG = {
    "response without a model": ("/responses", {"input": "x"}, "model", "missing_required_parameter"),
    "response with a field of its own": ("/responses", {**RESPONSE, "brand_new": 1}, "brand_new", "unknown_parameter"),
    "response with a number as input": ("/responses", {**RESPONSE, "input": 5}, "input", "invalid_type"),
    "response with text as temperature": (
        "/responses", {**RESPONSE, "temperature": "hot"}, "temperature", "invalid_type",
    ),
    "response with another truncation": (
        "/responses", {**RESPONSE, "truncation": "maybe"}, "truncation", "invalid_value",
    ),
    "response with too few tokens": (
        "/responses", {**RESPONSE, "max_output_tokens": -1}, "max_output_tokens", "integer_below_min_value",
    ),
    "response with a nameless tool": (
        "/responses", {**RESPONSE, "tools": [{"type": "function"}]}, "tools[0].name", "missing_required_parameter",
    ),
    "response with an odd part": (
        "/responses", {**RESPONSE, "input": [{"role": "user", "content": [{"type": "input_text"}]}]},
        "input[0].content[0].text", "missing_required_parameter",
    ),
    "response with two pasts": (
        "/responses", {**RESPONSE, "conversation": "conv_1", "previous_response_id": "resp_1"},
        None, "mutually_exclusive_parameters",
    ),
    "response of an unknown model": ("/responses", {**RESPONSE, "model": "none"}, "model", "model_not_found"),
    "response after an unknown one": (
        "/responses", {**RESPONSE, "previous_response_id": "resp_x"},
        "previous_response_id", "previous_response_not_found",
    ),
    "chat without messages": ("/chat/completions", {"model": "gpt-5.5"}, "messages", "missing_required_parameter"),
    "chat with no messages": ("/chat/completions", {**CHAT, "messages": []}, "messages", "empty_array"),
    "chat with a field of its own": ("/chat/completions", {**CHAT, "brand_new": 1}, "brand_new", "unknown_parameter"),
    "chat with an unknown role": (
        "/chat/completions", {**CHAT, "messages": [{"role": "king", "content": "x"}]},
        "messages[0].role", "invalid_value",
    ),
    "chat without a role": (
        "/chat/completions", {**CHAT, "messages": [{"content": "x"}]}, "messages[0].role", "missing_required_parameter",
    ),
    "chat with null as content": (
        "/chat/completions", {**CHAT, "messages": [{"role": "user", "content": None}]},
        "messages[0].content", "invalid_type",
    ),
    "chat with too many choices": ("/chat/completions", {**CHAT, "n": 129}, "n", "integer_above_max_value"),
    "chat with too many stops": (
        "/chat/completions", {**CHAT, "stop": list("abcde")}, "stop", "array_above_max_length",
    ),
    "chat with long metadata": (
        "/chat/completions", {**CHAT, "metadata": {"k": "x" * 513}}, "metadata.k", "string_above_max_length",
    ),
    "chat with options for no stream": (
        "/chat/completions", {**CHAT, "stream_options": {"include_usage": True}}, "stream_options", None,
    ),
    "chat with an answer to no call": (
        "/chat/completions", {**CHAT, "messages": [{"role": "tool", "tool_call_id": "call_1", "content": "x"}]},
        "messages", None,
    ),
    "chat with a broken schema": (
        "/chat/completions",
        {**CHAT, "response_format": {
            "type": "json_schema", "json_schema": {"name": "x", "strict": True, "schema": {"type": "wrong"}},
        }},
        "response_format", "invalid_json_schema",
    ),
    "text without a prompt": ("/completions", {"model": "gpt-5.5"}, "prompt", "missing_required_parameter"),
    "text with too many choices": ("/completions", {**TEXT, "n": 0}, "n", "integer_below_min_value"),
}  # fmt: skip


@pytest.mark.parametrize(("path", "body", "param", "code"), WRONG.values(), ids=WRONG)
async def test_a_wrong_request_names_its_parameter(api, path: str, body, param: str | None, code: str | None) -> None:
    backend = api()

    answer = await backend.call("POST", path, body)

    error = answer.json()["error"]
    assert (answer.status_code, error["type"]) == (400, "invalid_request_error")
    assert (error["param"], error["code"]) == (param, code)
    assert backend.app.journal.single_request().near_miss


@pytest.mark.parametrize("body", [[], "text", 5, None], ids=str)
@pytest.mark.parametrize("path", ["/responses", "/chat/completions", "/completions"])
async def test_a_body_that_is_no_object_is_refused(api, path: str, body) -> None:
    answer = await api().call("POST", path, body)

    assert (answer.status_code, answer.json()["error"]["type"]) == (400, "invalid_request_error")


@pytest.mark.parametrize(("path", "body"), [("/chat/completions", CHAT), ("/completions", TEXT)], ids=["chat", "text"])
async def test_an_unknown_model_is_404(api, path: str, body) -> None:
    answer = await api().call("POST", path, {**body, "model": "none"})

    assert answer.status_code == 404
    assert answer.json()["error"]["code"] == "model_not_found"


async def test_a_path_that_is_not_there_is_said_in_the_public_envelope(api) -> None:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(api().app)) as client:
        answer = await client.get("https://api.openai.com/v1/nothing")

    assert (answer.status_code, answer.json()["error"]["type"]) == (404, "invalid_request_error")
    assert answer.headers["x-request-id"]
