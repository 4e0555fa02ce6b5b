"""From single schemas to values."""

import jsonschema
import pytest
from hypothesis import find

from codex_conformance.strategies._values import Values

DEFINITIONS = {
    "tree": {
        "type": "object",
        "required": ["name"],
        "properties": {"name": {"type": "string"}, "below": {"type": "array", "items": {"$ref": "tree"}}},
    },
    "tagged": {"type": "object", "required": ["type"], "properties": {"type": {"type": "string"}}},
}

SCHEMAS = {
    "a type": {"type": "boolean"},
    "several types": {"type": ["integer", "null"]},
    "a number between bounds": {"type": "number", "minimum": -1, "maximum": 1},
    "an integer of a format": {"type": "integer", "format": "uint8"},
    "an integer that is a number": {"allOf": [{"type": "number"}, {"type": "integer"}]},
    "a text between lengths": {"type": "string", "minLength": 2, "maxLength": 4},
    "a text of a pattern": {"type": "string", "pattern": "^[a-z]{3}-[0-9]+$"},
    "a text of a pattern and a length": {"type": "string", "pattern": "^[a-z]+$", "minLength": 3},
    "a moment": {"type": "string", "pattern": "T.*Z$", "format": "date-time"},
    "a constant": {"const": {"a": 1}},
    "members that two lists share": {"allOf": [{"enum": ["a", "b", 1]}, {"enum": ["b", True, "c"]}]},
    "a text that is not one of some": {"type": "string", "not": {"enum": ["", "0"]}},
    "a list of unique items": {"type": "array", "items": {"enum": [1, 2, 3]}, "minItems": 2, "uniqueItems": True},
    "a list of two": {"type": "array", "minItems": 2, "maxItems": 2},
    "a closed object": {"type": "object", "properties": {"a": {"type": "null"}}, "additionalProperties": False},
    "a map": {
        "type": "object",
        "propertyNames": {"maxLength": 2},
        "maxProperties": 2,
        "additionalProperties": {"type": "boolean"},
    },
    "a required field that nothing describes": {"type": "object", "required": ["a"]},
    "what is known only by its keywords": {"required": ["a"], "properties": {"a": {"minLength": 1}}},
    "a field that must not be there": {"type": "object", "properties": {"a": {"const": 1}, "b": False}},
    "fields that exclude each other": {
        "type": "object",
        "properties": {"a": True, "b": True},
        "not": {"required": ["a", "b"]},
    },
    "branches": {"oneOf": [{"type": "integer"}, {"type": "string", "minLength": 1}]},
    "branches of which one is impossible": {"type": "string", "anyOf": [{"type": "integer"}, {"enum": ["a"]}]},
    "two unions at once": {
        "anyOf": [{"type": "string"}, {"type": "integer"}],
        "oneOf": [{"enum": ["a", 1]}, {"const": None}],
    },
    "a type that contains itself": {"$ref": "tree"},
    "a reference and more": {"allOf": [{"$ref": "tagged"}, {"properties": {"type": {"const": "a"}}}]},
    "anything": {},
}


def resolved(schema):
    """Return a schema in which the references are those of a document."""
    if isinstance(schema, dict):
        return {key: f"#/definitions/{part}" if key == "$ref" else resolved(part) for key, part in schema.items()}
    return [resolved(part) for part in schema] if isinstance(schema, list) else schema


def values_of(schema, known=None, field=""):
    return Values(DEFINITIONS.__getitem__, known or {}).of(schema, field=field)


@pytest.mark.parametrize("schema", SCHEMAS.values(), ids=SCHEMAS)
def test_values_fit(schema, draws):
    validator = jsonschema.Draft202012Validator({**resolved(schema), "definitions": resolved(DEFINITIONS)})
    drawn = draws(values_of(schema), 60)
    assert drawn
    for value in drawn:
        validator.validate(value)


def test_every_branch_comes(draws):
    branches = {"oneOf": [{"const": word} for word in "abcd"]}
    assert {*draws(values_of(branches), 100)} == {*"abcd"}


def test_fields_that_may_be_absent_come_and_stay_away(draws):
    drawn = draws(values_of({"type": "object", "properties": {"a": {"const": 1}}}), 60)
    assert {"a": 1} in drawn
    assert {} in drawn


def test_a_field_of_a_million_fields_is_found_small():
    fields = {f"f{number}": {"type": "string"} for number in range(40)}
    schema = {"type": "object", "required": ["f1"], "properties": fields}
    assert find(values_of(schema), lambda value: "f7" in value) == {"f1": "", "f7": ""}


def test_a_deep_value_is_found_small():
    smallest = find(values_of({"$ref": "tree"}), lambda value: any(each["name"] for each in value.get("below", ())))
    assert smallest == {"name": "", "below": [{"name": "0"}]}


def test_what_is_known_is_mostly_taken(draws):
    fields = {"threadId": {"type": "string"}, "text": {"type": "string"}}
    schema = {"type": "object", "required": [*fields], "properties": fields}
    drawn = [each["threadId"] for each in draws(values_of(schema, {"threadId": ["t1", "t2"]}), 100)]
    assert {"t1", "t2"} < {*drawn}
    assert len([each for each in drawn if each in ("t1", "t2")]) > 50


def test_what_is_known_is_not_taken_where_it_does_not_fit(draws):
    schema = {"type": "string", "maxLength": 3}
    assert "too long" not in draws(values_of(schema, {"id": ["too long"]}, "id"), 60)


def test_members_of_an_open_enumeration_come_beside_others(draws):
    drawn = {*draws(values_of({"type": "string", "x-open-enum": ["asc", "desc"]}), 100)}
    assert {"asc", "desc"} < drawn


@pytest.mark.parametrize("field", ["path", "cwd", "writableRoots", "extraLogFiles", "sourcePath", "CODEX_HOME"])
def test_a_path_is_never_made_up(field, draws):
    assert {*draws(values_of({"type": "string"}, field=field), 60)} == {"/codex-testkit/nowhere"}


@pytest.mark.parametrize("field", ["url", "baseUrl", "execServerUrl", "uri"])
def test_an_address_is_never_made_up(field, draws):
    assert {*draws(values_of({"type": "string"}, field=field), 60)} == {"http://127.0.0.1:9/"}


def test_a_path_that_is_known_is_the_only_one(draws):
    schema = {"type": "array", "minItems": 1, "items": {"type": "string"}}
    drawn = draws(values_of(schema, {"cwds": ["/work"]}, "cwds"), 30)
    assert {text for value in drawn for text in value} == {"/work"}


def test_a_profile_is_no_file(draws):
    assert len({*draws(values_of({"type": "string"}, field="profile"), 30)}) > 5
