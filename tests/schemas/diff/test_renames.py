"""What vanished under one name and came back under another is one change, and no other pair is."""

from __future__ import annotations

from typing import Any

import pytest

from codex_schemas.diff import Message, Part, Protocol, compare

Json = dict[str, Any]

TEXT = {"type": "string"}
NUMBER = {"type": "integer"}
BUDGET = {"type": "object", "properties": {"tokens": NUMBER}, "required": ["tokens"]}


def obj(*required: str, **properties: Any) -> Json:
    return {"type": "object", "properties": properties, "required": list(required)}


def union(**variants: Json) -> Json:
    """Return a union of variants by their names, each with its fields."""
    tag = {name: {"type": "string", "enum": [name]} for name in variants}
    return {"oneOf": [obj("type", type=tag[name], **fields) for name, fields in variants.items()]}


def ref(name: str) -> Json:
    return {"$ref": f"#/definitions/{name}"}


def carrying(schema: Any, **named: Any) -> Protocol:
    message = Message("turn/start", "notification", "client", {"params": Part(schema, "client")})
    return Protocol("some", {f"#/definitions/{name}": told for name, told in named.items()}, {"turn/start": message})


def found(old: Protocol, new: Protocol) -> list[tuple[str, str]]:
    return sorted((change.rule, change.location) for change in compare(old, new).changes)


def fields(old: Json, new: Json) -> list[tuple[str, str]]:
    """Return what is found between two objects, with the places inside of them."""
    named = {"Budget": BUDGET, "Path": TEXT, "Plan": {"type": "string", "enum": ["free"]}}
    changes = found(carrying(old, **named), carrying(new, **named))
    return [(rule, place.removeprefix("turn/start params")) for rule, place in changes]


RENAMED = {
    "similar names": (obj(cwd=TEXT), obj(cwdPath=TEXT), "optional-field-renamed"),
    "another spelling": (obj("exit_code", exit_code=NUMBER), obj("exitCode", exitCode=NUMBER), "field-renamed"),
    "a plural": (obj(writableRoot=TEXT), obj(writableRoots=TEXT), "optional-field-renamed"),
    "other names of a telling type": (
        obj(budget=ref("Budget")),
        obj(allowance=ref("Budget")),
        "optional-field-renamed",
    ),
    "other names of a telling object": (obj(budget=BUDGET), obj(allowance=BUDGET), "optional-field-renamed"),
    "other names of a list of values": (obj(plan=ref("Plan")), obj(tier=ref("Plan")), "optional-field-renamed"),
}


@pytest.mark.parametrize("case", RENAMED)
def test_a_field_with_another_name_is_one_change(case: str) -> None:
    old, new, rule = RENAMED[case]
    [(before, after)] = zip(old["properties"], new["properties"], strict=True)
    assert fields(old, new) == [(rule, f".{before}")]
    assert fields(new, old) == [(rule, f".{after}")]


def test_a_renamed_field_is_told_with_both_names() -> None:
    [change] = compare(carrying(obj(cwd=TEXT)), carrying(obj(cwdPath=TEXT))).changes
    assert (change.old, change.new) == ("cwd", "cwdPath")
    assert change.text == "The optional field cwd of turn/start params is now called cwdPath."


KEPT_APART = {
    "names without a common word": (obj(cwd=TEXT), obj(model=TEXT)),
    "names that share most letters": (obj(inputTokens=NUMBER), obj(outputTokens=NUMBER)),
    "another type": (obj(cwd=TEXT), obj(cwdPath=NUMBER)),
    "another name of the type": (obj(rootName=TEXT), obj(rootPath=ref("Path"))),
    "one of them required": (obj(cwd=TEXT), obj("cwdPath", cwdPath=TEXT)),
    "two candidates of a telling type": (obj(budget=BUDGET), obj(allowance=BUDGET, quota=BUDGET)),
}


@pytest.mark.parametrize("case", KEPT_APART)
def test_fields_that_only_might_be_the_same_are_kept_apart(case: str) -> None:
    old, new = KEPT_APART[case]
    assert not [rule for rule, _ in fields(old, new) if rule.endswith("renamed")]


def test_the_most_similar_names_are_paired() -> None:
    old = obj(startTime=TEXT, endTime=TEXT)
    new = obj(startTimeUtc=TEXT, endTimeUtc=TEXT)
    changes = compare(carrying(old), carrying(new)).changes
    assert {(change.old, change.new) for change in changes} == {
        ("startTime", "startTimeUtc"),
        ("endTime", "endTimeUtc"),
    }


def test_a_field_that_many_variants_renamed_is_one_change() -> None:
    old = union(a={"metadata": TEXT}, b={"metadata": TEXT}, c={})
    new = union(a={"metadataExtra": TEXT}, b={"metadataExtra": TEXT}, c={})
    assert fields(old, new) == [("optional-field-renamed", "[a|b].metadata")]


def test_a_renamed_field_counts_more_where_others_are_forbidden() -> None:
    old, new = ({**obj(**{name: TEXT}), "additionalProperties": False} for name in ("cwd", "cwdPath"))
    [change] = compare(carrying(old), carrying(new)).changes
    assert (str(change.client), str(change.server)) == ("breaking", "breaking")


VARIANTS = {
    "the same content": ({"image": {"url": TEXT}, "text": {}}, {"picture": {"url": TEXT}, "text": {}}, "[image]"),
    "another spelling": (
        {"open_page": {"url": TEXT}, "search": {"url": TEXT}},
        {"openPage": {"url": TEXT}, "search": {"url": TEXT}},
        "[open_page]",
    ),
}


@pytest.mark.parametrize("case", VARIANTS)
def test_a_variant_with_another_name_is_one_change(case: str) -> None:
    old, new, place = VARIANTS[case]
    assert fields(union(**old), union(**new)) == [("variant-renamed", place)]


def test_a_variant_that_says_the_same_as_others_is_not_known_by_that() -> None:
    old = union(cat={"id": TEXT}, dog={"id": TEXT})
    new = union(bird={"id": TEXT}, dog={"id": TEXT})
    assert fields(old, new) == [("variant-added", "[bird]"), ("variant-removed", "[cat]")]


def test_a_variant_that_says_nothing_is_not_known_by_that() -> None:
    assert fields(union(cat={}, dog={"id": TEXT}), union(bird={}, dog={"id": TEXT})) == [
        ("variant-added", "[bird]"),
        ("variant-removed", "[cat]"),
    ]


@pytest.mark.parametrize(
    ("old", "new", "rules"),
    [
        ("on-failure", "onFailure", ["enum-value-renamed"]),
        ("on_failure", "ON-FAILURE", ["enum-value-renamed"]),
        ("plus", "pro_plus", ["enum-value-added", "enum-value-removed"]),
        ("enabled", "disabled", ["enum-value-added", "enum-value-removed"]),
        ("日", "本", ["enum-value-added", "enum-value-removed"]),
    ],
)
def test_a_value_is_the_same_only_if_its_letters_are(old: str, new: str, rules: list[str]) -> None:
    assert [rule for rule, _ in fields({"enum": [old]}, {"enum": [new]})] == rules


def test_a_number_is_never_renamed() -> None:
    assert [rule for rule, _ in fields({"enum": [1]}, {"enum": [-1]})] == ["enum-value-added", "enum-value-removed"]


def requests(**named: Json) -> Protocol:
    """Return a protocol of requests, whose names have two underscores for a slash."""
    messages = {}
    for name, params in named.items():
        method = name.replace("__", "/")
        parts = {"params": Part(params, "client"), "result": Part(ref("Result"), "server")}
        messages[method] = Message(method, "request", "client", parts)
    return Protocol("some", {"#/definitions/Result": obj(id=TEXT), "#/definitions/Budget": BUDGET}, messages)


def test_a_message_with_another_name_is_one_change() -> None:
    old, new = requests(thread__turns__items__list=BUDGET), requests(thread__items__list=BUDGET)
    assert found(old, new) == [("request-renamed", "thread/turns/items/list")]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ({"account__read": BUDGET}, {"thread__list": BUDGET}),
        ({"thread__list": BUDGET}, {"thread__items__list": TEXT}),
    ],
    ids=["another name", "other params"],
)
def test_messages_that_only_might_be_the_same_are_kept_apart(old: Json, new: Json) -> None:
    assert [rule for rule, _ in found(requests(**old), requests(**new))] == ["request-added", "request-removed"]


def test_the_types_of_a_renamed_message_are_still_compared() -> None:
    old, new = requests(thread__turns__items__list=ref("Budget")), requests(thread__items__list=ref("Budget"))
    definitions = {**new.definitions, "#/definitions/Result": obj(id=NUMBER)}
    assert found(old, Protocol("some", definitions, new.messages)) == [
        ("request-renamed", "thread/turns/items/list"),
        ("type-changed", "Result.id"),
    ]


def test_a_type_with_another_name_is_compared_under_the_old_one() -> None:
    old = carrying(ref("Plan"), Plan={"enum": ["free"]})
    new = carrying(ref("PlanType"), PlanType={"enum": ["free", "plus"]})
    assert found(old, new) == [("enum-value-added", "Plan"), ("type-renamed", "Plan")]
    assert found(new, old) == [("enum-value-removed", "PlanType"), ("type-renamed", "PlanType")]


def test_a_type_that_became_two_is_compared_where_each_is_used() -> None:
    old = carrying(obj(a=ref("Plan"), b=ref("Plan")), Plan={"enum": ["free"]})
    new = carrying(obj(a=ref("A"), b=ref("B")), A={"enum": ["free"]}, B={"enum": ["free", "plus"]})
    assert found(old, new) == [("enum-value-added", "turn/start params.b")]


def test_a_type_that_lives_on_is_compared_where_another_took_its_place() -> None:
    old = carrying(obj(a=ref("Plan"), b=ref("Plan")), Plan=TEXT)
    new = carrying(obj(a=ref("Plan"), b=ref("Tier")), Plan=TEXT, Tier=NUMBER)
    [change] = compare(old, new).changes
    assert (change.rule, change.location) == ("type-changed", "turn/start params.b")
    assert change.text == "turn/start params.b changed from Plan to Tier."


def test_a_type_that_is_written_out_at_each_use_is_reported_once() -> None:
    old = carrying(obj(a=ref("Plan"), b=ref("Plan"), c=ref("Plan")), Plan={"enum": ["free"]})
    new = carrying(obj(a=TEXT, b=TEXT, c=TEXT))
    assert found(old, new) == [("values-opened", "Plan")]
    assert found(new, old) == [("values-closed", "Plan")]


def test_a_type_that_is_written_out_at_its_only_use_is_reported_there() -> None:
    old = carrying(obj(a={"anyOf": [ref("Plan"), {"type": "null"}]}), Plan={"enum": ["free"]})
    new = carrying(obj(a={"type": ["string", "null"]}))
    assert found(old, new) == [("values-opened", "turn/start params.a")]
