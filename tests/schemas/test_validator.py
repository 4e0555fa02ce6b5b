"""Deciding whether a message fits a schema, and saying why not."""

from __future__ import annotations

import pytest

from codex_schemas import ContractError, Validator

DOCUMENT = {
    "components": {
        "schemas": {
            "Circle": {
                "type": "object",
                "required": ["type", "radius"],
                "properties": {"type": {"const": "circle"}, "radius": {"type": "integer"}},
                "additionalProperties": False,
            },
            "Label": {
                "type": "object",
                "required": ["type", "text"],
                "properties": {"type": {"const": "label"}, "text": {"type": ["string", "null"]}},
            },
            "Shape": {
                "oneOf": [{"$ref": "#/components/schemas/Circle"}, {"$ref": "#/components/schemas/Label"}],
                "discriminator": {
                    "propertyName": "type",
                    "mapping": {
                        "circle": "#/components/schemas/Circle",
                        "label": "#/components/schemas/Label",
                    },
                },
            },
            "Drawing": {
                "type": "object",
                "required": ["shapes"],
                "properties": {
                    "shapes": {"type": "array", "items": {"$ref": "#/components/schemas/Shape"}},
                    "mode": {"enum": ["plain", "fancy"]},
                },
            },
        }
    }
}


def validator(name: str) -> Validator:
    return Validator(DOCUMENT, {"$ref": f"#/components/schemas/{name}"}, name)


@pytest.mark.parametrize(
    ("schema", "message", "expected"),
    [
        pytest.param("Drawing", {}, "Drawing at /: expected the field 'shapes', found only []", id="missing field"),
        pytest.param(
            "Drawing",
            {"shapes": [], "mode": "loud"},
            'Drawing at /mode: expected one of ["plain", "fancy"], found "loud"',
            id="closed enumeration",
        ),
        pytest.param(
            "Shape",
            {"type": "circle", "radius": "wide"},
            'Circle at /radius: expected integer, found "wide"',
            id="branch named by the tag",
        ),
        pytest.param(
            "Drawing",
            {"shapes": [{"type": "label", "text": "a"}, {"type": "label", "text": 5}]},
            "Label at /shapes/1/text: expected string or null, found 5",
            id="branch named by the tag, deep inside",
        ),
        pytest.param(
            "Shape",
            {"type": "circle", "radius": 1, "colour": "red"},
            'Circle at /: expected no other fields than ["radius", "type"], found also ["colour"]',
            id="field that a closed object refuses",
        ),
    ],
)
def test_a_wrong_message_gives_one_clear_violation(schema: str, message: object, expected: str) -> None:
    violations = validator(schema).violations(message)

    assert [str(violation) for violation in violations] == [expected]


@pytest.mark.parametrize(
    "message",
    [{"shapes": []}, {"shapes": [{"type": "circle", "radius": 2}], "mode": "plain", "extra": 1}],
    ids=["least", "open object with an unknown field"],
)
def test_a_right_message_passes(message: object) -> None:
    validator("Drawing").check(message)


def test_check_raises_with_all_violations() -> None:
    with pytest.raises(ContractError) as caught:
        validator("Drawing").check({"shapes": 3, "mode": 4})

    assert {violation.path for violation in caught.value.violations} == {"/shapes", "/mode"}
    assert "1 more" in str(caught.value)


def test_an_unknown_tag_is_reported_and_not_a_crash() -> None:
    violations = validator("Shape").violations({"type": "square"})

    assert violations
    assert all(violation.where == "Shape" for violation in violations)


def test_a_long_value_is_shortened() -> None:
    violation = validator("Drawing").violations({"shapes": "x" * 1000})[0]

    assert len(violation.found) <= 80


FAILED = {
    "missing field": ({}, "required", "mode"),
    "unknown field": ({"mode": "plain", "extra": 1}, "additionalProperties", "extra"),
    "wrong type": ({"mode": 5}, "type", ""),
    "unknown tag": ({"mode": "plain", "shape": {"type": "cube"}}, "enum", ""),
    "missing tag": ({"mode": "plain", "shape": {}}, "required", "type"),
    "a type of no branch": ({"mode": "plain", "shape": 5}, "type", ""),
}


@pytest.mark.parametrize(("message", "keyword", "field"), FAILED.values(), ids=FAILED)
def test_a_violation_names_the_keyword_that_failed(message: object, keyword: str, field: str) -> None:
    shapes = [{"type": "object", "required": ["type"], "properties": {"type": {"const": tag}}} for tag in ("a", "b")]
    schema = {
        "type": "object",
        "required": ["mode"],
        "properties": {"mode": {"type": "string"}, "shape": {"oneOf": shapes}},
        "additionalProperties": False,
    }

    (violation,) = Validator({}, schema, "Closed").violations(message)

    assert (violation.keyword, violation.field) == (keyword, field)
