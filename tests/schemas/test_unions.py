"""Unions without a ``discriminator``: the branch that a message means is found by its form."""

from __future__ import annotations

from typing import Any

import pytest

from codex_schemas import Validator

TEXT = {"type": "string"}


def variant(tag: str, **fields: Any) -> dict[str, Any]:
    """Return a variant as serde tags it inside."""
    properties = {"type": {"type": "string", "enum": [tag]}, **fields}
    return {"type": "object", "required": list(properties), "properties": properties}


def wrapped(name: str, content: dict[str, Any]) -> dict[str, Any]:
    """Return a variant as serde tags it outside."""
    return {"type": "object", "required": [name], "properties": {name: content}, "additionalProperties": False}


DOCUMENT = {
    "$schema": "http://json-schema.org/draft-07/schema#",
    "definitions": {
        "Plain": {"oneOf": [{"type": "string", "enum": ["low", "high"]}, {"type": "string", "enum": ["slack"]}]},
        "v2": {
            "Item": {"oneOf": [variant("boat", sails={"type": "integer"}), variant("buoy", light=TEXT)]},
            "Source": {"oneOf": [{"type": "string", "enum": ["sea"]}, wrapped("river", TEXT), wrapped("lake", TEXT)]},
            "Names": {"anyOf": [TEXT, {"type": "array", "items": TEXT}]},
            "Untagged": {
                "anyOf": [
                    {"type": "object", "required": ["a", "x"], "properties": {"a": TEXT}},
                    {"type": "object", "required": ["b", "x"], "properties": {"b": TEXT}},
                ]
            },
            "Lenient": {
                "oneOf": [
                    {**variant("boat", sails={"type": "integer"}), "required": ["sails"]},
                    variant("buoy", light=TEXT),
                ]
            },
            "Harbour": {
                "type": "object",
                "properties": {
                    "items": {"type": "array", "items": {"$ref": "#/definitions/v2/Item"}},
                    "best": {"anyOf": [{"$ref": "#/definitions/v2/Item"}, {"type": "null"}]},
                    "source": {"$ref": "#/definitions/v2/Source"},
                    "water": {"allOf": [{"$ref": "#/definitions/Plain"}]},
                    "names": {"$ref": "#/definitions/v2/Names"},
                    "pair": {"type": "array", "items": [TEXT, {"type": "integer"}]},
                    "untagged": {"$ref": "#/definitions/v2/Untagged"},
                    "lenient": {"$ref": "#/definitions/v2/Lenient"},
                    "inline": {"oneOf": [variant("boat", sails={"type": "integer"}), variant("buoy", light=TEXT)]},
                },
            },
        },
    },
}
HARBOUR = Validator(DOCUMENT, {"$ref": "#/definitions/v2/Harbour"}, "Harbour")


def violations(message: Any) -> list[str]:
    return [str(violation) for violation in HARBOUR.violations(message)]


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        pytest.param(
            {"items": [{"type": "boat", "sails": 1}, {"type": "boat", "sails": "two"}]},
            'Item[boat] at /items/1/sails: expected integer, found "two"',
            id="a field of the variant that the tag names",
        ),
        pytest.param(
            {"best": {"type": "buoy"}},
            "Item[buoy] at /best: expected the field 'light', found only [\"type\"]",
            id="behind a null",
        ),
        pytest.param(
            {"best": {"type": "ship"}},
            'Item at /best/type: expected one of ["boat", "buoy"], found "ship"',
            id="an unknown tag",
        ),
        pytest.param(
            {"best": {"sails": 1}},
            "Item at /best: expected the field 'type', found only [\"sails\"]",
            id="no tag",
        ),
        pytest.param({"best": 5}, "Harbour at /best: expected object or null, found 5", id="no object at all"),
        pytest.param(
            {"source": {"river": 5}},
            "Source[river] at /source/river: expected string, found 5",
            id="the content of a variant that is tagged outside",
        ),
        pytest.param(
            {"source": {"pond": 5}},
            'Source at /source: expected a field that is one of ["lake", "river"], found only ["pond"]',
            id="an unknown outer tag",
        ),
        pytest.param({"source": "pond"}, 'Harbour at /source: expected "sea", found "pond"', id="the only text"),
        pytest.param(
            {"source": 5}, "Harbour at /source: expected string or object, found 5", id="a kind that no branch has"
        ),
        pytest.param(
            {"water": "dead"},
            'Harbour at /water: expected one of ["low", "high", "slack"], found "dead"',
            id="texts of several branches",
        ),
        pytest.param(
            {"names": ["a", 5]}, "Harbour at /names/1: expected string, found 5", id="told apart by the kind of value"
        ),
        pytest.param({"pair": ["a", "b"]}, 'Harbour at /pair/1: expected integer, found "b"', id="a tuple of draft 7"),
        pytest.param(
            {"untagged": {"a": 1, "x": 1}},
            "Harbour at /untagged/a: expected string, found 1",
            id="nothing tells the branches apart: the closest",
        ),
        pytest.param(
            {"lenient": {"sails": "two"}},
            'Harbour at /lenient/sails: expected integer, found "two"',
            id="the one variant that may do without its tag",
        ),
        pytest.param(
            {"inline": {"type": "boat", "sails": "two"}},
            'Harbour at /inline/sails: expected integer, found "two"',
            id="a union without a name",
        ),
    ],
)
def test_one_violation_tells_what_is_wrong(message: Any, expected: str) -> None:
    assert violations(message) == [expected]


@pytest.mark.parametrize(
    "message",
    [
        {"items": [{"type": "boat", "sails": 1}, {"type": "buoy", "light": "red"}], "best": None},
        {"source": {"lake": "deep"}, "water": "slack", "names": "one", "pair": ["a", 1]},
        {"lenient": {"sails": 2}, "untagged": {"b": "c", "x": None}},
    ],
    ids=["tagged inside", "tagged outside", "hardly tagged"],
)
def test_what_fits_has_no_violation(message: Any) -> None:
    assert violations(message) == []


def test_very_many_known_values_are_counted() -> None:
    values = [f"value{number}" for number in range(100)]
    told = Validator({}, {"enum": values}, "Many").violations("other")[0].expected

    assert told.startswith('one of ["value0", ')
    assert told.endswith('"value29", 70 more]')
