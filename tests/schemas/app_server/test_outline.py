"""The outline of a schema: a path and words for everything that is in it."""

from __future__ import annotations

from typing import Any

import pytest

from codex_schemas import app_server
from codex_schemas.app_server import outline

TEXT = {"type": "string"}
TURN = {"$ref": "#/definitions/v2/Turn"}
NULL = {"type": "null"}


def tagged(tag: str, **fields: Any) -> dict[str, Any]:
    return {"type": "object", "properties": {"type": {"enum": [tag]}, **fields}, "required": ["type", *fields]}


def named(name: str, payload: Any) -> dict[str, Any]:
    return {"type": "object", "properties": {name: payload}, "required": [name], "additionalProperties": False}


def fields(**schemas: Any) -> dict[str, Any]:
    return {"type": "object", "properties": schemas}


#: A schema, and what its outline says: words by path.
OUTLINES: dict[str, tuple[Any, dict[str, str]]] = {
    "fields": (
        {**fields(id=TEXT, turn=TURN), "required": ["id"]},
        {"": "object", ".id": "string, required", ".turn": "Turn"},
    ),
    "values": ({"type": "string", "enum": ["a", "b"]}, {"": "enum", "=a": "", "=b": ""}),
    "values one by one": ({"oneOf": [{"enum": ["a"]}, {"enum": ["b"]}]}, {"": "enum", "=a": "", "=b": ""}),
    "variants by a tag": (
        {"oneOf": [tagged("a", text=TEXT), tagged("b")]},
        {"": "union", "[a]": "object", "[a].text": "string, required", "[b]": "object"},
    ),
    "variants by their only field": (
        {"oneOf": [{"enum": ["a"]}, named("b", fields(rules=TEXT)), named("c", TURN)]},
        {"": "union", "=a": "", "[b]": "object", "[b].rules": "string", "[c]": "Turn"},
    ),
    "variants by their types": (
        {"anyOf": [TURN, TEXT, NULL]},
        {"": "union", "[Turn]": "Turn", "[string]": "string"},
    ),
    "variants beside fields": (
        {**fields(id=TEXT), "oneOf": [tagged("a"), tagged("b", text=TEXT)]},
        {"": "union", ".id": "string", "[a]": "object", "[b]": "object", "[b].text": "string, required"},
    ),
    "either of two fields": (
        {"oneOf": [{**tagged("a"), "anyOf": [named("url", TEXT), named("file", TEXT)]}, tagged("b")]},
        {"": "union", "[a]": "object", "[a].url": "string", "[a].file": "string", "[b]": "object"},
    ),
    "fields in place": (
        fields(a=fields(b=TEXT), c={"type": "array", "items": fields(d=TEXT)}),
        {"": "object", ".a": "object", ".a.b": "string", ".c": "object[]", ".c[].d": "string"},
    ),
    "fields of a map's values": (
        fields(a={"type": "object", "additionalProperties": fields(b=TEXT)}),
        {"": "object", ".a": "map of object", ".a{}.b": "string"},
    ),
    "a literal": (fields(type={"enum": ["a"]}), {"": "object", ".type": '"a"'}),
    "parts of an object": (
        {"allOf": [fields(a=TEXT), {**fields(b=TEXT), "required": ["b"]}]},
        {"": "object and object", ".a": "string", ".b": "string, required"},
    ),
    "another name": ({"anyOf": [TURN, NULL]}, {"": "Turn or null"}),
    "anything": (True, {"": "anything"}),
    "nothing": (False, {"": "nothing"}),
}

#: A type, and its words.
WORDS: dict[str, tuple[Any, str]] = {
    "text or null": ({"type": ["string", "null"]}, "string or null"),
    "null comes last": ({"anyOf": [NULL, TURN]}, "Turn or null"),
    "nested unions": ({"anyOf": [{"anyOf": [TURN, NULL]}, NULL]}, "Turn or null"),
    "a default": ({"allOf": [TURN], "default": None}, "Turn"),
    "a list": ({"type": ["array", "null"], "items": TURN}, "Turn[] or null"),
    "a list of either": ({"type": "array", "items": {"type": ["string", "null"]}}, "(string or null)[]"),
    "a list of anything": ({"type": "array"}, "anything[]"),
    "a tuple": ({"type": "array", "items": [TEXT, TEXT]}, "anything[]"),
    "a map": ({"type": "object", "additionalProperties": TEXT}, "map of string"),
    "a map of lists": ({"type": "object", "additionalProperties": {"type": "array", "items": TEXT}}, "map of string[]"),
    "an open object": ({"type": "object", "additionalProperties": True}, "object"),
    "a number": ({"type": "integer", "format": "int64"}, "int64"),
    "a time": ({"type": "string", "format": "date-time"}, "string (date-time)"),
    "an enum": ({"type": "string", "enum": ["a", "b"]}, '"a" or "b"'),
    "nothing": ({"not": {}}, "nothing"),
}


@pytest.mark.parametrize(("schema", "expected"), OUTLINES.values(), ids=OUTLINES)
def test_the_outline_of_a_schema(schema: Any, expected: dict[str, str]) -> None:
    assert {path: str(element) for path, element in outline(schema).items()} == expected


@pytest.mark.parametrize(("schema", "words"), WORDS.values(), ids=WORDS)
def test_a_type_in_words(schema: Any, words: str) -> None:
    assert outline(fields(field=schema))[".field"].type == words


def test_a_field_names_the_definitions_that_it_refers_to() -> None:
    schema = fields(
        either={"anyOf": [{"type": "array", "items": TURN}, {"$ref": "#/definitions/RequestId"}]}, own=fields(turn=TURN)
    )

    elements = outline(schema)

    assert elements[".either"].references == ("v2/Turn", "RequestId")
    assert elements[".own"].references == ()


@pytest.mark.parametrize("version", ["0.58.0", "0.106.0", "0.169.0"])
def test_every_property_of_a_release_has_its_path(version: str) -> None:
    definitions = app_server.load(version, experimental=True).definitions

    for name, schema in definitions.items():
        for field in schema.get("properties", {}) if isinstance(schema, dict) else ():
            assert f".{field}" in outline(schema), name
