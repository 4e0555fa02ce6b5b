"""A message is widened as far as its schema leaves it open, and fits as before."""

from __future__ import annotations

from typing import Any

import pytest

from codex_schemas import SURFACES, Validator, load, load_events
from codex_schemas._openness import UNKNOWN
from codex_schemas.document import resolve

DOCUMENT = {
    "components": {
        "schemas": {
            "Mood": {"type": "string", "x-open-enum": ["calm"]},
            "Boat": {"properties": {"kind": {"const": "boat"}, "sails": {"type": "integer"}}, "required": ["kind"]},
            "Buoy": {"properties": {"kind": {"const": "buoy"}, "mood": {"$ref": "#/components/schemas/Mood"}}},
        }
    }
}
MOOD = {"$ref": "#/components/schemas/Mood"}
SUBJECT = {"oneOf": [{"$ref": "#/components/schemas/Boat"}, {"$ref": "#/components/schemas/Buoy"}]}
#: Stands for the unknown field.
MORE = {UNKNOWN: {"text": "", "number": 0.5, "flag": True, "list": [None], "object": {}}}

CASES = {
    "object": ({}, {"a": 1}, {"a": 1, **MORE}),
    "closed object": ({"additionalProperties": False, "properties": {"a": {}}}, {"a": 1}, {"a": 1}),
    "map": ({"additionalProperties": MOOD}, {"a": "calm"}, {"a": UNKNOWN}),
    "object in a map": ({"additionalProperties": {"type": "object"}}, {"a": {}}, {"a": MORE}),
    "object in an object": ({"properties": {"a": {"type": "object"}}}, {"a": {}}, {"a": MORE, **MORE}),
    "object that nothing describes": ({}, {"a": {}}, {"a": {}, **MORE}),
    "list": ({"items": {"type": "object"}}, [{}, {}], [MORE, MORE]),
    "open enumeration": (MOOD, "calm", UNKNOWN),
    "closed enumeration": ({"enum": ["calm"]}, "calm", "calm"),
    "text": ({"type": "string"}, "calm", "calm"),
    "null": ({"anyOf": [MOOD, {"type": "null"}]}, None, None),
    "not null": ({"anyOf": [MOOD, {"type": "null"}]}, "calm", UNKNOWN),
    "branch by its tag": (SUBJECT, {"kind": "buoy", "mood": "calm"}, {"kind": "buoy", "mood": UNKNOWN, **MORE}),
    "other branch": (SUBJECT, {"kind": "boat", "mood": "calm"}, {"kind": "boat", "mood": "calm", **MORE}),
    "branch that nothing names": (
        {"anyOf": [{"required": ["b"]}, {"required": ["a"], "properties": {"a": MOOD}}]},
        {"a": "calm"},
        {"a": UNKNOWN, **MORE},
    ),
    "all of two": (
        {"allOf": [{"properties": {"a": MOOD}}, {"required": ["a"]}]},
        {"a": "calm"},
        {"a": UNKNOWN, **MORE},
    ),
    "all of two of which one is closed": ({"allOf": [{}, {"additionalProperties": False}]}, {}, {}),
}


@pytest.mark.parametrize(("schema", "value", "expected"), CASES.values(), ids=CASES)
def test_a_value_is_widened(schema, value, expected) -> None:
    validator = Validator(DOCUMENT, schema, "Case")

    assert validator.widened(value) == expected
    assert validator.violations(expected) == []


def test_enumerations_can_be_left_alone() -> None:
    validator = Validator(DOCUMENT, {"properties": {"a": MOOD}}, "Case")

    assert validator.widened({"a": "calm"}, with_members=False) == {"a": "calm", **MORE}


def examples() -> list:
    """Return every example of an answer in the contracts."""
    found = []
    for surface in SURFACES:
        contract = load(surface)
        for operation in contract.operations.values():
            for status, response in operation.definition["responses"].items():
                whole = resolve(contract.document, response["$ref"]) if "$ref" in response else response
                media = whole.get("content", {}).get("application/json", {})
                for name, example in media.get("examples", {}).items():
                    case = (contract, operation, int(status), example["value"])
                    found.append(pytest.param(*case, id=f"{operation.id}-{status}-{name}"))
    return found


def objects(value: Any) -> int:
    if isinstance(value, dict):
        return 1 + sum(map(objects, value.values()))
    return sum(map(objects, value)) if isinstance(value, list) else 0


@pytest.mark.parametrize(("contract", "operation", "status", "value"), examples())
def test_every_answer_of_the_contracts_fits_when_it_is_widened(contract, operation, status, value) -> None:
    validator = contract.response_validator(operation, status, "application/json")

    wide = validator.widened(value)

    assert validator.violations(wide) == []
    assert not objects(value) or objects(wide) > objects(value)


@pytest.mark.parametrize("kind", load_events().types("sse"))
def test_every_event_fits_when_it_is_widened(kind) -> None:
    validator = load_events().validator(kind, "sse")
    event = load_events()._events["events"][kind]["example"]

    wide = validator.widened(event)

    assert validator.violations(wide) == []
    assert wide["type"] == kind
    assert UNKNOWN in wide
