"""How a change is told."""

from __future__ import annotations

from typing import Any

import pytest

from codex_schemas.diff import Message, Part, Protocol, compare

TEXT = {"type": "string"}


def told(schema: Any) -> str:
    """Return how the type of a new field is told."""

    def turn(**fields: Any) -> Protocol:
        schema = {"type": "object", "properties": {"id": TEXT, **fields}}
        message = Message("turn/started", "notification", "server", {"params": Part({"$ref": "#/Turn"}, "server")})
        return Protocol("some", {"#/Turn": schema}, {message.name: message})

    [change] = compare(turn(), turn(new=schema)).changes
    return change.text.removeprefix("Turn has a new optional field new: ").removesuffix(".")


SCHEMAS = [
    ("anything", True),
    ("anything", {}),
    ("nothing", False),
    ("string", TEXT),
    ("integer (int64)", {"type": "integer", "format": "int64"}),
    ("string or null", {"type": ["string", "null"]}),
    ("Budget", {"$ref": "#/definitions/v2/Budget"}),
    ("Budget", {"allOf": [{"$ref": "#/definitions/Budget"}], "default": None}),
    ("Budget or null", {"anyOf": [{"$ref": "#/definitions/Budget"}, {"type": "null"}]}),
    ("list of string", {"type": "array", "items": TEXT}),
    ("list of anything", {"type": "array"}),
    ("map of string", {"type": "object", "additionalProperties": TEXT}),
    ("object", {"type": "object"}),
    ("object with a and b", {"type": "object", "properties": {"a": TEXT, "b": TEXT}}),
    ("a", {"const": "a"}),
    ("a or b", {"enum": ["a", "b"]}),
    ("true or 1", {"enum": [True, 1]}),
    ("1, 2, 3, 4, 5 or 3 more", {"enum": [1, 2, 3, 4, 5, 6, 7, 8]}),
    (
        "one of the variants a and b",
        {"oneOf": [{"properties": {"type": {"enum": [name]}}} for name in ("a", "b")]},
    ),
    (
        "one of 4 alternatives",
        {"anyOf": [{"type": name} for name in ("string", "integer", "boolean", "null")]},
    ),
]


@pytest.mark.parametrize(("words", "schema"), SCHEMAS, ids=range(len(SCHEMAS)))
def test_a_schema_is_told_in_a_few_words(words: str, schema: Any) -> None:
    assert told(schema) == words


def test_braces_and_percent_signs_in_names_are_no_trap() -> None:
    def carrying(name: str) -> Protocol:
        schema = {"type": "object", "properties": {name: TEXT}}
        message = Message("{x}%s", "notification", "client", {"params": Part(schema, "client")})
        return Protocol("some", {}, {message.name: message})

    texts = [change.text for change in compare(carrying("{old}"), carrying("%d")).changes]
    assert texts == [
        "{x}%s params no longer has its optional field {old}.",
        "{x}%s params has a new optional field %d: string.",
    ]


def test_limits_are_told_as_they_were_written() -> None:
    def carrying(schema: Any) -> Protocol:
        message = Message("turn/start", "notification", "client", {"params": Part(schema, "client")})
        return Protocol("some", {}, {message.name: message})

    [change] = compare(carrying({"type": "integer", "minimum": 1, "maximum": 5}), carrying({"type": "integer"})).changes
    assert change.text == "The limits of turn/start params are looser: minimum 1, maximum 5, now none."
