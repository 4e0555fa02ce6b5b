"""The events and frames of the Responses surface, held against the types of the public SDK."""

import json
from importlib.resources import files
from typing import Any, get_args

import pytest
from jsonschema import Draft202012Validator
from openai.types.responses import ResponseStreamEvent
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
