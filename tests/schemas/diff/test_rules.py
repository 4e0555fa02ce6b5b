"""The table of rules: each example is found by its rule alone, with the verdicts that the table says."""

from __future__ import annotations

from typing import Any

import pytest

from codex_schemas.diff import RULES, Change, Message, Part, Protocol, Rule, Side, compare

EVERY_RULE = pytest.mark.parametrize("rule", RULES.values(), ids=list(RULES))


def as_protocol(name: str, example: Any, kind: str, sender: Side, wider: Any = None) -> Protocol:
    """Return an example as a protocol in which one side sends what changes."""
    rest = None if wider is None else as_protocol(name, wider, kind, sender)
    if kind == "messages":
        messages = {method: as_message(method, told, sender) for method, told in example.items()}
        return Protocol(name, {}, messages, rest)
    if kind == "definitions":
        return Protocol(name, {f"#/definitions/{short}": schema for short, schema in example.items()})
    inner = example.get("definitions", {})
    schema = {key: value for key, value in example.items() if key != "definitions"}
    definitions = {f"#/definitions/{short}": told for short, told in inner.items()}
    message = Message("example", "notification", sender, {"params": Part(schema, sender)})
    return Protocol(name, definitions, {"example": message}, rest)


def as_message(method: str, told: Any, sender: Side) -> Message:
    answerer: Side = "server" if sender == "client" else "client"
    senders = {"params": sender, "result": answerer}
    parts = {role: Part(told[role], senders[role], told.get("required", True)) for role in senders if role in told}
    return Message(method, told["kind"], sender, parts, told.get("experimental", False))


def changes(rule: Rule, sender: Side, *, strict: bool = False, backwards: bool = False) -> tuple[Change, ...]:
    """Return what is found in the example of a rule."""
    example = rule.example
    old = as_protocol("old", example.old, example.kind, sender, example.old_wider)
    new = as_protocol("new", example.new, example.kind, sender, example.new_wider)
    return compare(new, old).changes if backwards else compare(old, new, strict=strict).changes


@EVERY_RULE
def test_the_example_is_found_by_its_rule_alone(rule: Rule) -> None:
    assert [change.rule for change in changes(rule, "client")] == [rule.id]


@EVERY_RULE
@pytest.mark.parametrize("readers", ["open", "strict"])
@pytest.mark.parametrize("sender", ["client", "server"])
def test_the_example_gets_the_verdicts_of_the_table(rule: Rule, sender: Side, readers: str) -> None:
    strict = readers == "strict"
    expected = [rule.strict_sender, rule.strict_reader] if strict else [rule.sender, rule.reader]
    if rule.example.kind == "definitions":
        expected = [max(expected)] * 2
    [change] = changes(rule, sender, strict=strict)
    found = [change.client, change.server] if sender == "client" else [change.server, change.client]
    assert found == expected


@EVERY_RULE
def test_the_opposite_of_the_example_is_found_by_the_mirror(rule: Rule) -> None:
    assert [change.rule for change in changes(rule, "client", backwards=True)] == [rule.mirror]
    assert RULES[rule.mirror].mirror == rule.id


@EVERY_RULE
def test_strict_readers_never_get_a_milder_verdict(rule: Rule) -> None:
    assert rule.strict_sender >= rule.sender
    assert rule.strict_reader >= rule.reader


@EVERY_RULE
def test_a_rule_and_its_change_are_told_in_plain_sentences(rule: Rule) -> None:
    [change] = changes(rule, "client")
    for sentence in (rule.sentence, change.text):
        assert sentence.endswith(".")
        assert sentence.count(". ") == 0
        assert not set("`*_{}") & set(sentence)
    assert rule.sentence[0].isupper()


def test_the_sentences_are_different() -> None:
    assert len({rule.sentence for rule in RULES.values()}) == len(RULES)


def test_a_rule_stands_under_its_own_id() -> None:
    assert [rule.id for rule in RULES.values()] == list(RULES)
