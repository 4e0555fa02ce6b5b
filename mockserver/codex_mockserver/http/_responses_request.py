"""Requests of the Responses surface, checked as strictly as each backend does."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any, Literal

from codex_mockserver.http._call import Call
from codex_mockserver.http._call_pairs import check_pairs
from codex_mockserver.http._refusal import Refusal, dialect_of
from codex_mockserver.http._rejection import rejection
from codex_mockserver.model import Prompt, catalogue, read_input
from codex_mockserver.world import responses
from codex_schemas import Problem, load

__all__ = [
    "Base",
    "base_of",
    "check_body",
    "check_format",
    "check_model",
    "check_presence",
    "read_items",
    "read_prompt",
    "unknown_response",
]

Json = dict[str, Any]

#: The two services that speak the Responses protocol.
Base = Literal["codex", "public"]

#: What the Codex backend wants of these fields, and the detail with which it refuses anything else.
_CODEX_CONSTANTS = {
    "store": (False, "Store must be set to false"),
    "stream": (True, "Stream must be set to true"),
}

#: What a request may refer to and this world has none of, by the field that does.
_ABSENT = {"conversation": "Conversation", "prompt": "Prompt"}


def base_of(call: Call) -> Base:
    """Return which service a call goes to."""
    return _base(call.prefix)


@cache
def _base(prefix: str) -> Base:
    return "public" if dialect_of(prefix) == "public" else "codex"


def check_body(call: Call, schema: str, body: Any) -> Json:
    """Check a request body, or a frame, against the schema of its service; return it with its input as a list.

    Raises:
        Refusal: 400 as that service says it; 404 where it refers to what is not here.
    """
    if not isinstance(body, dict):
        raise Refusal(400, "The body must be a JSON object.", code="invalid_request")
    if base_of(call) == "codex":
        _check_codex(call, schema, body)
    if isinstance(body.get("input"), str):
        body = {**body, "input": read_input(body["input"])}
    elif base_of(call) == "public" and isinstance(body.get("input"), list):
        body = {**body, "input": [_typed(item) for item in body["input"]]}
    violations = load("responses").validator(schema).violations(body)
    if violations:
        call.exchange.near_miss = str(violations[0])
        raise rejection(base_of(call), violations[0])
    checked: Json = body
    check_presence(checked)
    check_model(checked.get("model"))
    if checked.get("background") and checked.get("store") is False:
        raise Refusal(400, "A background response must be stored.", code="invalid_value", param="background")
    return checked


def read_prompt(call: Call, body: Json, earlier: Sequence[Json] = ()) -> Prompt:
    """Return the prompt of a checked body that continues a conversation.

    Raises:
        Refusal: 400 unless every output answers an earlier call, every call has an output, and the schema of a
            wished format is one; 404 for a reference to an item that is not stored.
    """
    prompt = Prompt(body, read_items(call, body, earlier), earlier)
    check_pairs(prompt.items, "input")
    check_format(call, prompt, "text.format.schema")
    return prompt


def check_format(call: Call, prompt: Prompt, param: str) -> None:
    """Check that the JSON Schema that a request wishes for its answer is one.

    Raises:
        Refusal: 400 when it is none.
    """
    try:
        _ = prompt.json_format
    except Problem as problem:
        call.exchange.near_miss = str(problem)
        raise Refusal(400, str(problem), code="invalid_json_schema", param=param) from None


def unknown_response(response_id: str) -> Refusal:
    """Return the refusal of a ``previous_response_id`` that names nothing here."""
    message = f"Previous response with id '{response_id}' not found."
    return Refusal(400, message, code="previous_response_not_found", param="previous_response_id")


def _typed(item: Any) -> Any:
    """Give a message its type, which the public API does not need: what is wrong with it is then said of a message."""
    return {"type": "message", **item} if isinstance(item, dict) and "role" in item else item


def check_presence(body: Json) -> None:
    """Refuse a reference into parts of the service that the mock does not have.

    Raises:
        Refusal: 404.
    """
    for name, kind in _ABSENT.items():
        if (named := body.get(name)) is not None:
            known_as = named if isinstance(named, str) else named["id"]
            raise Refusal(404, f"{kind} with id '{known_as}' not found.", param=name)


def check_model(slug: str | None) -> None:
    """Check that there is such a model.

    Raises:
        Refusal: 400.
    """
    if not slug:
        raise Refusal(400, "Missing required parameter: 'model'.", code="missing_required_parameter", param="model")
    if slug not in catalogue().models:
        closest = catalogue().closest(slug)
        hint = f" The closest is {closest}." if closest else ""
        message = f"The requested model '{slug}' does not exist.{hint}"
        raise Refusal(400, message, code="model_not_found", param="model")


def read_items(call: Call, body: Json, earlier: Sequence[Json]) -> list[Json]:
    """Return the items of a request's ``input``, with the items themselves in the place of references to them.

    Raises:
        Refusal: 404 for a reference to an item that is not stored.
    """
    items = read_input(body.get("input"))
    return [_find(call, item["id"], earlier) if item["type"] == "item_reference" else item for item in items]


def _find(call: Call, item_id: str, earlier: Sequence[Json]) -> Json:
    found = next((item for item in earlier if item.get("id") == item_id), None)
    found = found or responses.find_item(call.world, call.signed_in.workspace, item_id)
    if found is None:
        advice = "Items of responses with `store` set to false are not kept; send the item itself."
        raise Refusal(404, f"Item with id '{item_id}' not found. {advice}", param="input")
    return found


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
