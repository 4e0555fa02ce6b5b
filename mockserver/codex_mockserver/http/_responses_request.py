"""Requests of the Responses surface, checked as strictly as each backend does."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any, Literal

from codex_mockserver.http._call import Call
from codex_mockserver.http._refusal import Refusal, dialect_of
from codex_mockserver.model import Prompt, catalogue, read_input
from codex_schemas import load

__all__ = ["Base", "base_of", "check_body", "read_prompt", "unknown_response"]

Json = dict[str, Any]

#: The two services that speak the Responses protocol.
Base = Literal["codex", "public"]

#: The calls that an output of each type may answer.
_ANSWERS: dict[str, frozenset[str]] = {
    "function_call_output": frozenset({"function_call", "local_shell_call"}),
    "custom_tool_call_output": frozenset({"custom_tool_call"}),
    "computer_call_output": frozenset({"computer_call"}),
    "apply_patch_call_output": frozenset({"apply_patch_call"}),
}
_CALLS = frozenset().union(*_ANSWERS.values())

#: What the Codex backend wants of these fields, and the detail with which it refuses anything else.
_CODEX_CONSTANTS = {
    "store": (False, "Store must be set to false"),
    "stream": (True, "Stream must be set to true"),
}


def base_of(call: Call) -> Base:
    """Return which service a call goes to."""
    return _base(call.prefix)


@cache
def _base(prefix: str) -> Base:
    return "public" if dialect_of(prefix) == "public" else "codex"


def check_body(call: Call, schema: str, body: Any) -> Json:
    """Check a request body, or a frame, against the schema of its service; return it with its input as a list.

    Raises:
        Refusal: 400 as that service says it.
    """
    if not isinstance(body, dict):
        raise Refusal(400, "The body must be a JSON object.", code="invalid_request")
    if base_of(call) == "codex":
        _check_codex(call, schema, body)
    if isinstance(body.get("input"), str):
        body = {**body, "input": read_input(body["input"])}
    violations = load("responses").validator(schema).violations(body)
    if violations:
        code = None if base_of(call) == "codex" else "invalid_request"
        raise Refusal(400, str(violations[0]), code=code, param=violations[0].path.strip("/") or None)
    checked: Json = body
    _check_model(checked.get("model"))
    return checked


def read_prompt(body: Json, earlier: Sequence[Json] = ()) -> Prompt:
    """Return the prompt of a checked body that continues a conversation.

    Raises:
        Refusal: 400 unless every output answers an earlier call and every call has an output.
    """
    prompt = Prompt(body, read_input(body.get("input")), earlier)
    _check_calls(prompt.items)
    return prompt


def unknown_response(response_id: str) -> Refusal:
    """Return the refusal of a ``previous_response_id`` that names nothing here."""
    message = f"The response {response_id!r} is not known here."
    return Refusal(400, message, code="previous_response_not_found", param="previous_response_id")


def _check_model(slug: str | None) -> None:
    if not slug:
        raise Refusal(400, "The field model is missing.", code="missing_required_parameter", param="model")
    if slug not in catalogue().models:
        closest = catalogue().closest(slug)
        hint = f" The closest is {closest}." if closest else ""
        raise Refusal(400, f"The model {slug!r} does not exist.{hint}", code="model_not_found", param="model")


def _check_calls(items: Sequence[Json]) -> None:
    open_calls: dict[str, str] = {}
    known: dict[str, str] = {}
    for item in items:
        kind, call_id = str(item.get("type")), str(item.get("call_id") or "")
        if (kind in _CALLS or kind in _ANSWERS) and not call_id:
            raise _orphan(f"An item of type {kind} has no call_id.")
        if kind in _CALLS:
            open_calls[call_id] = known[call_id] = kind
        elif kind in _ANSWERS:
            if known.get(call_id) not in _ANSWERS[kind]:
                raise _orphan(f"No earlier call fits the {kind} with call_id {call_id!r}.")
            open_calls.pop(call_id, None)
    for call_id, kind in open_calls.items():
        raise _orphan(f"The {kind} with call_id {call_id!r} has no output.")


def _orphan(message: str) -> Refusal:
    return Refusal(400, message, param="input")


def _check_codex(call: Call, schema: str, body: Json) -> None:
    accepted = _closed_fields(schema)
    if accepted is None:
        return
    for name in body:
        if name not in accepted:
            raise Refusal(400, f"Unsupported parameter: {name}")
    for name, (value, detail) in _CODEX_CONSTANTS.items():
        if body.get(name) is not value:
            raise Refusal(400, detail)
    settings = call.script.settings
    if settings.require_instructions and not body.get("instructions"):
        raise Refusal(400, "Instructions are required")
    if settings.require_input_list and not isinstance(body.get("input"), list):
        raise Refusal(400, "Input must be a list")


@cache
def _closed_fields(schema: str) -> frozenset[str] | None:
    """Return the only fields that a schema of the Codex backend takes, None for an open one."""
    definition = load("responses").document["components"]["schemas"][schema]
    return frozenset(definition["properties"]) if definition.get("additionalProperties") is False else None
