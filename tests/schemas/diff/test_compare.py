"""What is compared, and where a change is reported."""

from __future__ import annotations

import random
from typing import Any

import pytest

from codex_schemas import Problem
from codex_schemas.diff import Change, Level, Message, Part, Protocol, compare

Json = dict[str, Any]
TEXT = {"type": "string"}
NUMBER = {"type": "integer"}
BREAKING, DANGEROUS, COMPATIBLE = Level.BREAKING, Level.DANGEROUS, Level.COMPATIBLE


def obj(*required: str, **properties: Any) -> Json:
    """Return the schema of an object with these fields."""
    return {"type": "object", "properties": properties, "required": list(required)}


def closed(*required: str, **properties: Any) -> Json:
    return {**obj(*required, **properties), "additionalProperties": False}


def tagged(name: str, **properties: Any) -> Json:
    return obj("type", type={"type": "string", "enum": [name]}, **properties)


def one_of(*members: Any, **shared: Any) -> Json:
    return {"oneOf": list(members), **shared}


def any_of(*members: Any) -> Json:
    return {"anyOf": list(members)}


def ref(name: str) -> Json:
    return {"$ref": f"#/definitions/{name}"}


def nullable(schema: Json) -> Json:
    return any_of(schema, {"type": "null"})


def definitions(**named: Any) -> Json:
    return {f"#/definitions/{name}": schema for name, schema in named.items()}


def carrying(schema: Any, **named: Any) -> Protocol:
    """Return a protocol in which the client sends a schema."""
    message = Message("turn/start", "notification", "client", {"params": Part(schema, "client")})
    return Protocol("some", definitions(**named), {"turn/start": message})


def found(old: Protocol, new: Protocol) -> list[tuple[str, str]]:
    """Return the rule and the place of every change, sorted."""
    return sorted((change.rule, change.location) for change in compare(old, new).changes)


def only(old: Protocol, new: Protocol) -> Change:
    [change] = compare(old, new).changes
    return change


SAME = {
    "null as a type or as an alternative": ({"type": ["string", "null"]}, nullable(TEXT)),
    "null as a flag": ({"type": "string", "nullable": True}, nullable(TEXT)),
    "a reference in allOf": (ref("Turn"), {"allOf": [ref("Turn")]}),
    "a reference in oneOf of one": (ref("Turn"), {"oneOf": [ref("Turn")]}),
    "a reference to a reference": (ref("Turn"), ref("Alias")),
    "a definition written out": (ref("Turn"), obj("id", id=TEXT)),
    "a reference in another namespace": (ref("Turn"), ref("v2/Turn")),
    "alternatives in another order": (any_of(TEXT, NUMBER), any_of(NUMBER, TEXT)),
    "variants in another order": (
        one_of(tagged("a", x=TEXT), tagged("b")),
        one_of(tagged("b"), tagged("a", x=TEXT)),
    ),
    "a field that variants share or repeat": (
        one_of(tagged("a"), tagged("b"), properties={"at": NUMBER}),
        one_of(tagged("a", at=NUMBER), tagged("b", at=NUMBER)),
    ),
    "objects joined by allOf": ({"allOf": [obj("id", id=TEXT), obj(name=TEXT)]}, obj("id", id=TEXT, name=TEXT)),
    "listed values that a limit forbids": (
        {"type": "string", "enum": ["a", "long"], "maxLength": 2},
        {"type": "string", "enum": ["a"]},
    ),
    "const or enum of one": ({"const": "a"}, {"type": "string", "enum": ["a"]}),
    "a list of names or several lists": ({"enum": ["a", "b"]}, one_of({"enum": ["a"]}, {"enum": ["b"]})),
    "a whole number": ({"const": 1}, {"const": 1.0}),
    "prose": (TEXT, {**TEXT, "description": "What it is.", "title": "It", "examples": ["x"], "x-order": 1}),
    "prose in what is not understood": (
        {"not": {"enum": ["a"], "description": "No a."}},
        {"not": {"enum": ["a"], "description": "Never a."}},
    ),
    "other fields allowed in words": (obj(id=TEXT), {**obj(id=TEXT), "additionalProperties": True}),
    "a default of null": (obj(id=TEXT), obj(id={**TEXT, "default": None})),
    "an idle constraint": (TEXT, {**TEXT, "minLength": 0}),
    "a format that says the same": (
        {**NUMBER, "format": "uint"},
        {**NUMBER, "format": "uint64", "minimum": 0},
    ),
    "a definition that is missing on both sides": (ref("Missing"), ref("Missing")),
}


@pytest.mark.parametrize("case", SAME)
def test_the_same_in_other_words_is_no_change(case: str) -> None:
    named = {"Turn": obj("id", id=TEXT), "v2/Turn": obj("id", id=TEXT), "Alias": ref("Turn")}
    old, new = SAME[case]
    assert found(carrying(old, **named), carrying(new, **named)) == []
    assert found(carrying(new, **named), carrying(old, **named)) == []


PLACES = {
    "field": (obj(cwd=TEXT), obj(cwd=NUMBER), "turn/start params.cwd"),
    "item of a list": ({"items": TEXT, "type": "array"}, {"items": NUMBER, "type": "array"}, "turn/start params[]"),
    "value of a map": (
        {"type": "object", "additionalProperties": TEXT},
        {"type": "object", "additionalProperties": NUMBER},
        "turn/start params{}",
    ),
    "field of a variant": (
        one_of(tagged("a", x=TEXT), tagged("b", x=TEXT)),
        one_of(tagged("a", x=NUMBER), tagged("b", x=TEXT)),
        "turn/start params[a].x",
    ),
    "field of a variant that is named from outside": (
        one_of({"enum": ["a"]}, closed("b", b=obj(x=TEXT))),
        one_of({"enum": ["a"]}, closed("b", b=obj(x=NUMBER))),
        "turn/start params[b].x",
    ),
    "field of a variant without a name": (
        any_of(obj("url", url=TEXT, x=TEXT), obj("file", file=TEXT)),
        any_of(obj("url", url=TEXT, x=NUMBER), obj("file", file=TEXT)),
        "turn/start params[url].x",
    ),
    "field of a type": (ref("Old"), ref("Old"), "Old.x"),
    "field of an unnamed object in a type": (ref("Deep"), ref("Deep"), "Deep.a[].b"),
}


@pytest.mark.parametrize("case", PLACES)
def test_a_change_is_reported_at_its_place(case: str) -> None:
    old, new, place = PLACES[case]
    before = {"Old": obj(x=TEXT), "Deep": obj(a={"type": "array", "items": obj(b=TEXT)})}
    after = {"Old": obj(x=NUMBER), "Deep": obj(a={"type": "array", "items": obj(b=NUMBER)})}
    assert found(carrying(old, **before), carrying(new, **after)) == [("type-changed", place)]


KINDS = {
    "anything became text": (True, TEXT, "type-narrowed"),
    "text became anything": (TEXT, True, "type-widened"),
    "text became a list": (TEXT, {"type": "array", "items": TEXT}, "type-changed"),
    "text became an object": (TEXT, obj(), "type-changed"),
    "a list came beside text": (TEXT, any_of(TEXT, {"type": "array", "items": TEXT}), "type-widened"),
    "an object came beside text": (TEXT, any_of(TEXT, obj()), "type-widened"),
    "another list came": (
        {"type": "array", "items": TEXT},
        any_of({"type": "array", "items": TEXT}, {"type": "array", "items": NUMBER}),
        "type-widened",
    ),
    "a list of several became another": (
        any_of({"type": "array", "items": TEXT}, {"type": "array", "items": obj(x=TEXT)}),
        any_of({"type": "array", "items": TEXT}, {"type": "array", "items": obj(x=NUMBER)}),
        "type-changed",
    ),
    "nothing became text": (False, TEXT, "type-widened"),
    "only null became text or null": ({"type": "null"}, nullable(TEXT), "type-widened"),
    "a type came beside another": (ref("A"), any_of(ref("A"), TEXT), "type-widened"),
    "an object came beside a type": (ref("A"), any_of(ref("A"), ref("B")), "variant-added"),
}


@pytest.mark.parametrize("case", KINDS)
def test_the_kinds_of_values_are_compared(case: str) -> None:
    old, new, rule = KINDS[case]
    named = {"A": obj("a", a=TEXT), "B": obj("b", b=TEXT)}
    assert [found_rule for found_rule, _ in found(carrying(old, **named), carrying(new, **named))] == [rule]


def test_a_change_shows_both_sides_as_json() -> None:
    change = only(carrying(obj(cwd=TEXT)), carrying(obj(cwd=NUMBER)))
    assert (change.old, change.new) == (TEXT, NUMBER)
    assert change.text == "turn/start params.cwd changed from string to integer."


def test_two_types_of_one_name_are_followed_by_their_references() -> None:
    def sides(root: Any, inner: Any) -> Protocol:
        return carrying(obj(a=ref("Mode"), b=ref("v2/Mode")), **{"Mode": root, "v2/Mode": inner})

    old, new = sides({"enum": ["a"]}, TEXT), sides({"enum": ["a", "b"]}, TEXT)
    assert found(old, new) == [("enum-value-added", "Mode")]


def test_two_types_of_one_name_that_change_alike_are_reported_once() -> None:
    def sides(mode: Any) -> Protocol:
        other = Message("turn/steered", "notification", "server", {"params": Part(ref("v2/Mode"), "server")})
        first = carrying(ref("Mode"), **{"Mode": mode, "v2/Mode": mode})
        return Protocol("some", first.definitions, {**first.messages, "turn/steered": other})

    change = only(sides({"enum": ["a"]}), sides({"enum": ["a", "b"]}))
    assert change.messages == ("turn/start", "turn/steered")
    assert (change.client, change.server) == (DANGEROUS, DANGEROUS)


def test_what_all_variants_gained_is_reported_once_at_the_union() -> None:
    old = carrying(one_of(tagged("a"), tagged("b", x=TEXT)))
    new = carrying(one_of(tagged("a", at=NUMBER), tagged("b", x=TEXT, at=NUMBER), tagged("c")))
    assert found(old, new) == [
        ("optional-field-added", "turn/start params.at"),
        ("variant-added", "turn/start params[c]"),
    ]
    [change] = [change for change in compare(old, new).changes if change.rule == "optional-field-added"]
    assert change.text.endswith("(in each of its variants).")


def test_what_some_variants_gained_is_reported_once_with_their_names() -> None:
    old = carrying(one_of(tagged("a"), tagged("b"), tagged("c")))
    new = carrying(one_of(tagged("a", at=NUMBER), tagged("b", at=NUMBER), tagged("c")))
    change = only(old, new)
    assert change.location == "turn/start params[a|b].at"
    assert change.text == "turn/start params has a new optional field at: integer (in the variants a and b)."


def test_a_field_that_moved_into_variants_is_missing_in_the_others() -> None:
    old = carrying(one_of(tagged("a"), tagged("b"), tagged("c"), properties={"command": TEXT}))
    new = carrying(one_of(tagged("a", command=TEXT), tagged("b"), tagged("c")))
    assert found(old, new) == [("optional-field-removed", "turn/start params[b|c].command")]


def test_an_object_that_named_its_variants_is_compared_with_them() -> None:
    kinds = {"enum": ["a", "b"]}
    old = carrying(obj("kind", kind=ref("Kind"), id=TEXT), Kind=kinds)
    union = one_of(obj("kind", kind={"enum": ["a"]}), obj("kind", kind={"enum": ["c"]}), properties={"id": TEXT})
    assert found(old, carrying(union, Kind=kinds)) == [
        ("variant-added", "turn/start params[c]"),
        ("variant-removed", "turn/start params[b]"),
    ]


def test_one_object_beside_which_another_came_keeps_its_place() -> None:
    old = carrying(obj("url", url=TEXT, x=TEXT))
    new = carrying(any_of(obj("url", url=TEXT, x=TEXT, y=TEXT), obj("file", file=TEXT)))
    assert found(old, new) == [
        ("optional-field-added", "turn/start params.y"),
        ("variant-added", "turn/start params[file]"),
    ]


def test_a_name_may_get_something_inside() -> None:
    old = carrying(one_of({"enum": ["a", "denied"]}, closed("b", b=TEXT)))
    new = carrying(one_of({"enum": ["a"]}, closed("b", b=TEXT), closed("denied", denied=TEXT)))
    assert found(old, new) == [
        ("enum-value-removed", "turn/start params"),
        ("variant-added", "turn/start params[denied]"),
    ]


def test_a_list_of_names_may_gain_its_first_object() -> None:
    old = carrying({"type": "string", "enum": ["never"]})
    new = carrying(one_of({"type": "string", "enum": ["never"]}, closed("granular", granular=obj())))
    assert found(old, new) == [("variant-added", "turn/start params[granular]")]


def test_a_field_that_a_map_gained_is_compared_with_its_values() -> None:
    numbers = {"type": "object", "additionalProperties": NUMBER}
    same, other = ({**numbers, "properties": {"x": schema}} for schema in (NUMBER, TEXT))
    assert found(carrying(numbers), carrying(same)) == [("optional-field-added", "turn/start params.x")]
    assert found(carrying(numbers), carrying(other)) == [("type-changed", "turn/start params.x")]
    assert found(carrying(other), carrying(numbers)) == [("type-changed", "turn/start params.x")]


def test_what_is_inside_a_keyword_that_is_not_understood_counts_for_both_sides() -> None:
    old = carrying({"not": ref("Mode")}, Mode={"enum": ["a"]})
    new = carrying({"not": ref("Mode")}, Mode={"enum": ["a", "b"]})
    change = only(old, new)
    assert change.rule == "enum-value-added"
    assert (change.client, change.server) == (DANGEROUS, DANGEROUS)


@pytest.mark.parametrize("keyword", ["patternProperties", "dependentSchemas", "prefixItems", "if", "not"])
def test_a_difference_in_a_keyword_that_is_not_understood_is_never_silent(keyword: str) -> None:
    change = only(carrying({**obj(), keyword: {"a": TEXT}}), carrying({**obj(), keyword: {"a": NUMBER}}))
    assert (change.rule, change.client, change.server) == ("schema-changed", BREAKING, BREAKING)


def test_alternatives_that_overlap_differ_in_whether_one_or_any_must_fit() -> None:
    members = [obj("a", a=TEXT), obj("b", b=TEXT)]
    assert found(carrying({"oneOf": members}), carrying({"anyOf": members})) == [
        ("schema-changed", "turn/start params")
    ]


def test_a_limit_of_which_one_cannot_tell_what_it_forbids_is_never_silent() -> None:
    old, new = ({"enum": ["a", "b"], "type": "string", "pattern": pattern} for pattern in ("a", "b"))
    assert found(carrying(old), carrying(new)) == [("schema-changed", "turn/start params")]


def test_a_reference_that_leads_to_another_type_now_is_followed() -> None:
    turn = obj(mode=ref("Mode"))
    before = carrying(ref("Turn"), Turn=turn, Mode=ref("A"), A=TEXT, B=NUMBER)
    after = carrying(ref("Turn"), Turn=turn, Mode=ref("B"), A=TEXT, B=NUMBER)
    assert found(before, after) == [("type-changed", "Turn.mode")]


def test_variants_that_must_have_nothing_are_known_by_what_they_may_have() -> None:
    old = carrying(any_of(obj(a=TEXT, b=TEXT, c=TEXT), obj(x=TEXT, y=TEXT, z=TEXT)))
    new = carrying(any_of(obj(a=TEXT, b=TEXT, c=NUMBER), obj(x=TEXT, y=TEXT, z=TEXT)))
    assert found(old, new) == [("type-changed", "turn/start params[a+b+c].c")]


def test_a_default_of_a_joined_schema_counts() -> None:
    old, new = ({"allOf": [obj(id=TEXT), obj(limit={**NUMBER, "default": limit})]} for limit in (1, 2))
    assert found(carrying(old), carrying(new)) == [("default-changed", "turn/start params.limit")]


def test_an_unknown_type_that_changes_is_never_silent() -> None:
    assert found(carrying({"type": "text"}), carrying({"type": "date"})) == [("schema-changed", "turn/start params")]


def test_a_type_that_refers_to_itself_is_compared_once() -> None:
    old, new = (carrying(ref("Node"), Node=obj(next=nullable(ref("Node")), x=x)) for x in (TEXT, NUMBER))
    assert found(old, new) == [("type-changed", "Node.x")]


def test_types_that_refer_to_each_other_in_circles_are_compared() -> None:
    def circle(leaf: Any) -> Protocol:
        items = {"type": "array", "items": leaf}
        return carrying(ref("A"), A=any_of(ref("B"), leaf), B=any_of(ref("A"), items))

    assert found(circle(TEXT), circle(NUMBER)) == [
        ("type-changed", "B[]"),
        ("type-narrowed", "A"),
        ("type-widened", "A"),
    ]
    assert found(circle(TEXT), circle(TEXT)) == []


def test_a_reference_that_only_leads_back_to_itself_is_no_trap() -> None:
    old = carrying(ref("A"), A=ref("B"), B=ref("A"))
    assert found(old, old) == []
    assert found(old, carrying(ref("A"), A=TEXT)) == [("definition-found", "A")]


def test_a_chain_of_thousands_of_types_is_followed() -> None:
    def chain(leaf: Any) -> Protocol:
        links = {f"T{number}": obj(next=ref(f"T{number + 1}"), inner=leaf) for number in range(3000)}
        return carrying(ref("T0"), **links, T3000=leaf)

    assert ("type-changed", "T3000") in found(chain(TEXT), chain(NUMBER))


def test_a_schema_that_nests_thousands_of_levels_deep_is_refused() -> None:
    def nested(leaf: Any) -> Protocol:
        schema = leaf
        for _ in range(3000):
            schema = obj(inner=schema)
        return carrying(schema)

    with pytest.raises(Problem, match="deep"):
        compare(nested(TEXT), nested(NUMBER))


def test_a_union_of_thousands_of_variants_is_compared() -> None:
    def union(count: int) -> Protocol:
        return carrying(one_of(*(tagged(f"v{number}", x=TEXT) for number in range(count))))

    assert found(union(2000), union(2001)) == [("variant-added", "turn/start params[v2000]")]


def test_an_intersection_of_unions_does_not_explode() -> None:
    def product(leaf: Any) -> Protocol:
        unions = [any_of(*(obj(f"{a}{b}", **{f"{a}{b}": leaf}) for b in range(12))) for a in "abcdefgh"]
        return carrying({"allOf": unions})

    assert found(product(TEXT), product(TEXT)) == []
    assert found(product(TEXT), product(NUMBER)) == [("schema-changed", "turn/start params")]


def test_the_gravest_change_comes_first_and_the_order_is_fixed() -> None:
    fields = {"a": TEXT, "b": TEXT, "c": {"enum": ["x"]}}
    after = {"a": TEXT, "b": NUMBER, "c": {"enum": ["x", "y"]}, "d": TEXT}
    shuffled = list(after.items())
    random.Random(1).shuffle(shuffled)
    first = compare(carrying(obj(**fields)), carrying(obj(**after))).changes
    assert [change.location.rpartition(".")[2] for change in first] == ["b", "c", "d"]
    assert compare(carrying(obj(**fields)), carrying(obj(**dict(shuffled)))).changes == first
