"""Constraints: which are tighter, which are looser, and which values of a list they allow."""

from __future__ import annotations

from typing import Any

import pytest

from codex_schemas.diff import RULES, Message, Part, Protocol, compare

Json = dict[str, Any]

INTEGER = {"type": "integer"}
NUMBER = {"type": "number"}
TEXT = {"type": "string"}


def rules(old: Any, new: Any) -> list[str]:
    def carrying(schema: Any) -> Protocol:
        message = Message("turn/start", "notification", "client", {"params": Part(schema, "client")})
        return Protocol("some", {}, {"turn/start": message})

    return sorted(change.rule for change in compare(carrying(old), carrying(new)).changes)


LOOSER = {
    "a lower minimum": ({**INTEGER, "minimum": 1}, {**INTEGER, "minimum": 0}),
    "no minimum": ({**INTEGER, "minimum": 1}, INTEGER),
    "a minimum that is included": ({**NUMBER, "exclusiveMinimum": 1}, {**NUMBER, "minimum": 1}),
    "a higher maximum": ({**INTEGER, "maximum": 1}, {**INTEGER, "maximum": 2}),
    "a maximum that is included": ({**NUMBER, "exclusiveMaximum": 1}, {**NUMBER, "maximum": 1}),
    "a wider format": ({**INTEGER, "format": "int32"}, {**INTEGER, "format": "int64"}),
    "a signed format": ({**INTEGER, "format": "uint8"}, {**INTEGER, "format": "int16"}),
    "a double": ({**NUMBER, "format": "float"}, {**NUMBER, "format": "double"}),
    "no format": ({**TEXT, "format": "uuid"}, TEXT),
    "multiples of less": ({**INTEGER, "multipleOf": 10}, {**INTEGER, "multipleOf": 5}),
    "a shorter text": ({**TEXT, "minLength": 2}, {**TEXT, "minLength": 1}),
    "a longer text": ({**TEXT, "maxLength": 2}, {**TEXT, "maxLength": 3}),
    "no pattern": ({**TEXT, "pattern": "a"}, TEXT),
    "a longer list": ({"type": "array", "maxItems": 2}, {"type": "array", "maxItems": 3}),
    "a list with repetitions": ({"type": "array", "uniqueItems": True}, {"type": "array"}),
    "an object with fewer fields": ({"type": "object", "minProperties": 2}, {"type": "object", "minProperties": 1}),
    "one of several is free": ({"anyOf": [{**TEXT, "maxLength": 2}]}, {"anyOf": [{**TEXT, "maxLength": 2}, TEXT]}),
}


@pytest.mark.parametrize("case", LOOSER)
def test_a_looser_constraint_is_tighter_the_other_way_round(case: str) -> None:
    old, new = LOOSER[case]
    assert rules(old, new) == ["constraint-loosened"]
    assert rules(new, old) == ["constraint-tightened"]


NEITHER = {
    "another pattern": ({**TEXT, "pattern": "a"}, {**TEXT, "pattern": "b"}),
    "another format": ({**TEXT, "format": "uuid"}, {**TEXT, "format": "date"}),
    "a range that moved": ({**INTEGER, "format": "uint64"}, {**INTEGER, "format": "int64"}),
    "multiples of something else": ({**INTEGER, "multipleOf": 2}, {**INTEGER, "multipleOf": 3}),
    "other limits in each alternative": (
        {"anyOf": [{**TEXT, "maxLength": 2}, {**TEXT, "pattern": "a"}]},
        {"anyOf": [{**TEXT, "maxLength": 2}, {**TEXT, "pattern": "b"}]},
    ),
}


@pytest.mark.parametrize("case", NEITHER)
def test_a_constraint_that_is_neither_tighter_nor_looser_changed(case: str) -> None:
    old, new = NEITHER[case]
    assert rules(old, new) == rules(new, old) == ["constraint-changed"]


def test_all_limits_of_one_place_are_one_change() -> None:
    assert rules({**INTEGER, "minimum": 1, "maximum": 5}, INTEGER) == ["constraint-loosened"]


def test_the_type_of_numbers_counts_as_type() -> None:
    assert rules(INTEGER, NUMBER) == ["type-widened"]
    assert rules(NUMBER, INTEGER) == ["type-narrowed"]
    assert rules({**INTEGER, "format": "int64"}, {**NUMBER, "format": "double"}) == ["type-widened"]


def test_constraints_that_are_joined_hold_together() -> None:
    joined = {"allOf": [{**INTEGER, "minimum": 1}, {**INTEGER, "minimum": 2, "maximum": 5}]}
    assert rules(joined, {**INTEGER, "minimum": 2, "maximum": 5}) == []
    assert rules(joined, {**INTEGER, "minimum": 1, "maximum": 5}) == ["constraint-loosened"]


def test_a_constraint_without_a_type_says_nothing_about_other_types() -> None:
    assert rules({"minLength": 1}, {**TEXT, "minLength": 1}) == ["null-forbidden", "type-narrowed"]


LISTS = {
    "all listed values stay allowed": ({"enum": ["ab", "c"]}, {**TEXT, "minLength": 1}, ["values-opened"]),
    "a listed value is too short": (
        {"enum": ["ab", "c"]},
        {**TEXT, "minLength": 2},
        ["enum-value-removed", "values-opened"],
    ),
    "a listed number is too large": (
        {"enum": [1, 300]},
        {**INTEGER, "format": "uint8"},
        ["enum-value-removed", "values-opened"],
    ),
    "one cannot tell": ({"enum": ["a"]}, {**TEXT, "format": "uuid"}, ["enum-value-removed", "values-opened"]),
    "a new value beside others": (
        {"anyOf": [{"enum": ["a"]}, TEXT]},
        {"anyOf": [{"enum": ["a", "b"]}, TEXT]},
        ["foreseen-added"],
    ),
    "a new value beside others that are shorter": (
        {"anyOf": [{"enum": ["a"]}, {**TEXT, "maxLength": 1}]},
        {"anyOf": [{"enum": ["a", "long"]}, {**TEXT, "maxLength": 1}]},
        ["enum-value-added"],
    ),
}


@pytest.mark.parametrize("case", LISTS)
def test_a_list_of_values_is_compared_with_what_the_limits_allow(case: str) -> None:
    old, new, expected = LISTS[case]
    assert rules(old, new) == expected
    assert rules(new, old) == sorted(RULES[rule].mirror for rule in expected)
