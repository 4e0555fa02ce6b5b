"""Values that are made up for a JSON Schema."""

from __future__ import annotations

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from codex_mockserver.model._example import example_of
from codex_schemas import Problem

DEFINED = {
    "$defs": {"word": {"type": "string"}, "pair": {"type": "array", "items": {"$ref": "#/$defs/word"}, "minItems": 2}}
}
CASES = {
    "constant": ({"const": 7}, 7),
    "enumeration": ({"enum": ["b", "a"]}, "b"),
    "nothing": ({}, None),
    "anything, as a boolean schema": ({"type": "object", "properties": {"a": True}, "required": ["a"]}, {"a": None}),
    "text": ({"type": "string"}, "text"),
    "long text": ({"type": "string", "minLength": 6}, "text.."),
    "short text": ({"type": "string", "maxLength": 2}, "te"),
    "a date": ({"type": "string", "format": "date"}, "2026-01-02"),
    "a number": ({"type": "number"}, 0),
    "an integer of at least 3": ({"type": "integer", "minimum": 3}, 3),
    "an integer above 3": ({"type": "integer", "exclusiveMinimum": 3}, 4),
    "an integer of at most -3": ({"type": "integer", "maximum": -3}, -3),
    "an integer below -3": ({"type": "integer", "exclusiveMaximum": -3}, -4),
    "a multiple": ({"type": "integer", "minimum": 8, "multipleOf": 7}, 14),
    "a range around zero": ({"type": "integer", "minimum": -5, "maximum": 5}, 0),
    "a boolean": ({"type": "boolean"}, True),
    "null": ({"type": "null"}, None),
    "the first of several types": ({"type": ["integer", "null"]}, 0),
    "an empty list": ({"type": "array", "items": {"type": "string"}}, []),
    "a list": ({"type": "array", "items": {"type": "string"}, "minItems": 2}, ["text", "text"]),
    "a tuple": ({"type": "array", "prefixItems": [{"const": 1}], "items": {"const": 2}, "minItems": 2}, [1, 2]),
    "only what is required": (
        {"type": "object", "properties": {"a": {"const": 1}, "b": {"const": 2}}, "required": ["b"]},
        {"b": 2},
    ),
    "an object without its type": ({"properties": {"a": {"const": 1}}, "required": ["a"]}, {"a": 1}),
    "the first branch": ({"anyOf": [{"const": 1}, {"const": 2}]}, 1),
    "the only branch": ({"oneOf": [{"type": "string"}]}, "text"),
    "a reference": ({**DEFINED, "$ref": "#/$defs/pair"}, ["text", "text"]),
    "a reference to a branch": ({"anyOf": [{"$ref": "#/anyOf/1"}, {"const": 3}]}, 3),
    "a reference with a slash": ({"$defs": {"a/b": {"const": 1}}, "$ref": "#/$defs/a~1b"}, 1),
    "all of several": (
        {
            "allOf": [{"properties": {"a": {"const": 1}}, "required": ["a"]}],
            "properties": {"b": {"const": 2}},
            "required": ["b"],
        },
        {"a": 1, "b": 2},
    ),
}  # fmt: skip


@pytest.mark.parametrize(("schema", "value"), CASES.values(), ids=CASES)
def test_a_small_value_is_made_up(schema, value) -> None:
    assert example_of(schema) == value
    jsonschema.Draft202012Validator(schema).validate(value)


HALF = {"type": "object", "properties": {"a": {"$ref": "#"}, "b": {"$ref": "#"}}, "required": ["a", "b"]}
TOO_MUCH = {
    "itself without end": {"properties": {"a": {"$ref": "#"}}, "required": ["a"]},
    "itself twice": HALF,
    "a long list": {"type": "array", "minItems": 10**9, "items": {}},
    "lists of lists": {
        "type": "array", "minItems": 500, "items": {"type": "array", "minItems": 500, "items": {"type": "null"}},
    },
    "a long text": {"type": "string", "minLength": 10**9},
}  # fmt: skip


@pytest.mark.parametrize("schema", TOO_MUCH.values(), ids=TOO_MUCH)
def test_a_schema_that_asks_for_too_much_is_refused_at_once(schema) -> None:
    with pytest.raises(Problem, match="1000 values in all"):
        example_of(schema)


LEAVES = st.sampled_from(
    [
        {"type": "string"},
        {"type": "integer", "minimum": 2},
        {"type": "boolean"},
        {"type": "null"},
        {"enum": ["a", 1]},
        {"type": "string", "format": "uuid", "minLength": 3},
    ]
)
SCHEMAS = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.builds(lambda items, least: {"type": "array", "items": items, "minItems": least}, inner, st.integers(0, 2)),
        st.builds(
            lambda properties: {
                "type": "object",
                "properties": properties,
                "required": list(properties),
                "additionalProperties": False,
            },
            st.dictionaries(st.sampled_from("abc"), inner, max_size=3),
        ),
        st.builds(lambda branches: {"anyOf": branches}, st.lists(inner, min_size=1, max_size=3)),
    ),
    max_leaves=8,
)


@settings(max_examples=200)
@given(SCHEMAS)
def test_whatever_is_made_up_fits(schema) -> None:
    jsonschema.Draft202012Validator(schema).validate(example_of(schema))
