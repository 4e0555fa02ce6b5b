"""One file of JSON Schemas: its definitions, the references between them, and old spellings."""

from __future__ import annotations

import pytest

from codex_schemas.diff import read_protocol

TEXT = {"type": "string"}


def test_a_file_has_its_definitions_and_its_own_schema(write):
    schema = {"$schema": "x", "title": "T", "type": "object", "properties": {"a": {"$ref": "#/definitions/A"}}}
    path = write("some.json", {**schema, "definitions": {"A": {"description": "prose", **TEXT}}})

    protocol = read_protocol(path)

    assert protocol.name == str(path)
    assert protocol.messages == {}
    assert protocol.definitions == {
        "#": {"type": "object", "properties": {"a": {"$ref": "#/definitions/A"}}},
        "#/definitions/A": TEXT,
    }


def test_a_file_of_definitions_alone_has_no_schema_of_its_own(write):
    path = write("some.json", {"$schema": "x", "$defs": {"A": TEXT}})
    assert read_protocol(path).definitions == {"#/definitions/A": TEXT}


def test_both_spellings_of_definitions_may_stand_in_one_file(write):
    both = {"$defs": {"A": TEXT, "B": TEXT}, "definitions": {"A": {"type": "null"}, "C": {"$ref": "#/$defs/A"}}}
    path = write("some.json", both)

    assert read_protocol(path).definitions == {
        "#/$defs/A": TEXT,
        "#/definitions/A": {"type": "null"},
        "#/definitions/B": TEXT,
        "#/definitions/C": {"$ref": "#/$defs/A"},
    }


@pytest.mark.parametrize(
    ("reference", "key"),
    [
        ("#", "#"),
        ("#/definitions/A", "#/definitions/A"),
        ("#/definitions/odd~1name%20x", "#/definitions/odd~1name x"),
        ("#/properties/other", "#/properties/other"),
        ("#/definitions/A/anyOf/1", "#/definitions/A/anyOf/1"),
        ("#named", "#/definitions/Named"),
        ("#old", "#/definitions/Old"),
        ("https://example.com/root.json#/definitions/A", "#/definitions/A"),
        ("root.json", "#"),
        ("inner.json", "#/definitions/Inner"),
        ("inner.json#/$defs/Deep", "#/definitions/Inner/$defs/Deep"),
        ("inner.json#anchor", "#/definitions/Inner/$defs/Deep"),
    ],
)
def test_every_form_of_local_reference_is_followed(write, reference, key):
    schema = {
        "$id": "https://example.com/root.json",
        "properties": {"here": {"$ref": reference}, "other": TEXT},
        "definitions": {
            "A": {"anyOf": [{"type": "null"}, TEXT]},
            "odd/name x": TEXT,
            "Named": {"$anchor": "named", **TEXT},
            "Old": {"$id": "#old", **TEXT},
            "Inner": {"$id": "inner.json", "$defs": {"Deep": {"$anchor": "anchor", **TEXT}}, **TEXT},
        },
    }
    definitions = read_protocol(write("some.json", schema)).definitions

    assert definitions["#"]["properties"]["here"] == {"$ref": key}
    assert key in definitions


def test_a_reference_inside_a_schema_with_an_address_starts_there(write):
    inner = {"$id": "inner.json", "properties": {"deep": {"$ref": "#/$defs/Deep"}}, "$defs": {"Deep": TEXT}}
    definitions = read_protocol(write("some.json", {"$defs": {"Inner": inner}})).definitions
    assert definitions["#/definitions/Inner"]["properties"]["deep"] == {"$ref": "#/$defs/Inner/$defs/Deep"}


@pytest.mark.parametrize("keyword", ["$recursiveRef", "$dynamicRef"])
def test_references_of_other_drafts_are_references(write, keyword):
    path = write("some.json", {"items": {keyword: "#"}})
    assert read_protocol(path).definitions == {"#": {"items": {"$ref": "#"}}}


def test_names_and_values_that_look_like_keywords_are_left_alone(write):
    schema = {
        "properties": {"$ref": TEXT, "title": TEXT, "definitions": TEXT},
        "enum": [{"$ref": "#/nowhere", "title": "kept"}],
        "default": {"description": "kept"},
    }
    assert read_protocol(write("some.json", schema)).definitions == {"#": schema}


@pytest.mark.parametrize(
    ("old", "modern"),
    [
        ({"minimum": 1, "exclusiveMinimum": True}, {"exclusiveMinimum": 1}),
        ({"maximum": 1, "exclusiveMaximum": False}, {"maximum": 1}),
        ({"items": [TEXT], "additionalItems": False}, {"prefixItems": [TEXT], "items": False}),
        ({"items": TEXT, "additionalItems": False}, {"items": TEXT}),
        ({"items": [TEXT]}, {"prefixItems": [TEXT]}),
        ({"dependencies": {"a": ["b"], "c": TEXT}}, {"dependencies": {"a": ["b"], "c": TEXT}}),
        ({"type": "string", "nullable": True}, {"type": "string", "nullable": True}),
    ],
)
def test_old_spellings_become_modern(write, old, modern):
    assert read_protocol(write("some.json", old)).definitions == {"#": modern}


@pytest.mark.parametrize("schema", [True, False, {}])
def test_the_smallest_schemas_are_schemas(write, schema):
    assert read_protocol(write("some.json", schema)).definitions == {"#": schema}


def test_a_schema_may_be_written_in_yaml(write):
    path = write("some.yaml", "type: object\nproperties:\n  no: {enum: [no, 2026-01-01, 1]}\n")
    assert read_protocol(path).definitions["#"]["properties"] == {"no": {"enum": ["no", "2026-01-01", 1]}}


@pytest.mark.parametrize(
    "schema",
    [
        {"definitions": {"A": {"$ref": "#/definitions/B"}, "B": {"$ref": "#/definitions/A"}}},
        {"definitions": {"A": {"$ref": "#/definitions/A", "description": "itself"}}},
        {"$ref": "#"},
    ],
)
def test_an_alias_of_itself_is_refused(write, problem, schema):
    assert "circle" in problem(write("some.json", schema)).found


def test_a_schema_that_contains_itself_is_fine(write):
    path = write("some.json", {"properties": {"inner": {"$ref": "#"}}})
    assert read_protocol(path).definitions["#"] == {"properties": {"inner": {"$ref": "#"}}}
