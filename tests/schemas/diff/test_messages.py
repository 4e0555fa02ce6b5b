"""Messages that come, go, or move between the stable and the experimental part; and definitions without messages."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from codex_schemas.diff import Change, Message, Part, Protocol, compare

Json = dict[str, Any]

TEXT = {"type": "string"}
NUMBER = {"type": "integer"}


def obj(*required: str, **properties: Any) -> Json:
    return {"type": "object", "properties": properties, "required": list(required)}


def ref(name: str) -> Json:
    return {"$ref": f"#/definitions/{name}"}


def definitions(**named: Any) -> Json:
    return {f"#/definitions/{name}": schema for name, schema in named.items()}


def request(name: str, *, experimental: bool = False, **parts: Part) -> Message:
    return Message(name, "request", "client", parts, experimental)


def protocol(*messages: Message, wider: Protocol | None = None, **named: Any) -> Protocol:
    return Protocol("some", definitions(**named), {message.name: message for message in messages}, wider)


def found(old: Protocol, new: Protocol) -> list[tuple[str, str]]:
    return sorted((change.rule, change.location) for change in compare(old, new).changes)


def only(old: Protocol, new: Protocol) -> Change:
    [change] = compare(old, new).changes
    return change


@pytest.mark.parametrize("change", [{"kind": "notification"}, {"sender": "server"}], ids=["kind", "sender"])
def test_a_message_of_another_kind_or_sender_is_another_message(change: Json) -> None:
    message = request("thread/read")
    other = replace(message, **change)
    assert found(protocol(message), protocol(other)) == [
        (f"{other.kind}-added", "thread/read"),
        ("request-removed", "thread/read"),
    ]


def test_a_protocol_that_lost_its_last_message_is_not_taken_for_plain_definitions() -> None:
    assert found(protocol(request("thread/read")), protocol()) == [("request-removed", "thread/read")]


def test_an_answer_of_another_status_is_reported_at_its_part() -> None:
    old = request("GET /tasks", **{"200 application/json": Part(TEXT, "server")})
    new = request("GET /tasks", **{**old.parts, "404 application/json": Part(TEXT, "server", required=False)})
    change = only(protocol(old), protocol(new))
    assert (change.rule, change.location) == ("part-added", "GET /tasks 404 application/json")
    assert (str(change.client), str(change.server)) == ("dangerous", "compatible")


def stable(turn: Json, wide: Json | None = None, *messages: Message) -> Protocol:
    """Return a stable protocol whose client sends a turn, with the turn of its experimental rest."""
    start = request("turn/start", params=Part(ref("Turn"), "client"))
    wider = None if wide is None else protocol(start, *messages, Turn=wide)
    return protocol(start, wider=wider, Turn=turn)


def variants(*names: str) -> Json:
    return {"oneOf": [obj("type", type={"enum": [name]}) for name in names]}


STEPS = {
    "field": (obj(id=TEXT), obj(id=TEXT, cwd=TEXT), "Turn.cwd"),
    "enum-value": ({"enum": ["a"]}, {"enum": ["a", "b"]}, "Turn"),
    "variant": (variants("a", "b"), variants("a", "b", "c"), "Turn[c]"),
}

INSIDE = {
    "items of a list": (lambda schema: {"type": "array", "items": schema}, "[]"),
    "values of a map": (lambda schema: {"type": "object", "additionalProperties": schema}, "{}"),
    "a field": (lambda schema: obj(mode=schema), ".mode"),
    "a variant": (
        lambda schema: {"oneOf": [*variants("a")["oneOf"], obj("type", type={"const": "b"}, x=schema)]},
        "[b].x",
    ),
    "a type": (lambda schema: {"anyOf": [schema, {"type": "null"}]}, ""),
}


@pytest.mark.parametrize("what", STEPS)
def test_what_was_experimental_before_is_promoted(what: str) -> None:
    less, more, place = STEPS[what]
    assert found(stable(less, more), stable(more)) == [(f"{what}-promoted", place)]


@pytest.mark.parametrize("where", INSIDE)
def test_what_was_experimental_inside_something_is_promoted(where: str) -> None:
    wrap, place = INSIDE[where]
    less, more = wrap({"enum": ["a"]}), wrap({"enum": ["a", "b"]})
    assert found(stable(less, more), stable(more)) == [("enum-value-promoted", f"Turn{place}")]


@pytest.mark.parametrize("what", STEPS)
def test_what_is_experimental_now_is_demoted(what: str) -> None:
    less, more, place = STEPS[what]
    assert found(stable(more), stable(less, more)) == [(f"{what}-demoted", place)]


@pytest.mark.parametrize("what", STEPS)
def test_what_is_new_in_both_parts_is_not_promoted(what: str) -> None:
    less, more, place = STEPS[what]
    rule = f"optional-{what}-added" if what == "field" else f"{what}-added"
    assert found(stable(less, less), stable(more, more)) == [(rule, place)]


def test_a_field_that_must_be_there_is_not_promoted_in_silence() -> None:
    more = obj("cwd", id=TEXT, cwd=TEXT)
    assert found(stable(obj(id=TEXT), more), stable(more)) == [("required-field-added", "Turn.cwd")]


def test_a_variant_that_has_another_tag_is_not_promoted() -> None:
    old = {"oneOf": [obj("mode", mode={"enum": [name]}) for name in ("a", "b")]}
    assert found(stable(old, old), stable(variants("a", "b"))) == [("tagging-changed", "Turn")]


def test_a_request_that_was_experimental_before_is_promoted() -> None:
    fork = request("thread/fork")
    old, new = stable(TEXT, TEXT, fork), protocol(*stable(TEXT).messages.values(), fork, Turn=TEXT)
    assert found(old, new) == [("request-promoted", "thread/fork")]
    assert found(new, old) == [("request-demoted", "thread/fork")]


def whole(turn: Json, narrow: Json | None = None) -> Protocol:
    """Return a whole protocol, with its stable part."""
    return replace(stable(turn), narrower=None if narrow is None else stable(narrow))


@pytest.mark.parametrize("what", STEPS)
def test_what_the_stable_part_lacks_is_experimental(what: str) -> None:
    less, more, _ = STEPS[what]
    assert only(whole(less, less), whole(more, less)).experimental
    assert only(whole(more, less), whole(less, less)).experimental


@pytest.mark.parametrize("what", STEPS)
def test_what_the_stable_part_has_is_not_experimental(what: str) -> None:
    less, more, _ = STEPS[what]
    assert not only(whole(less, less), whole(more, more)).experimental
    assert not only(whole(less), whole(more)).experimental


def test_what_only_experimental_messages_carry_is_experimental() -> None:
    def carried(turn: Json, *, experimental: bool) -> Protocol:
        message = request("turn/start", experimental=experimental, params=Part(ref("Turn"), "client"))
        return protocol(message, Turn=turn)

    old, new = obj(id=TEXT), obj(id=TEXT, cwd=TEXT)
    assert only(carried(old, experimental=True), carried(new, experimental=True)).experimental
    assert not only(carried(old, experimental=False), carried(new, experimental=False)).experimental


def plain(**named: Any) -> Protocol:
    return Protocol("some", definitions(**named))


def test_without_messages_every_definition_travels_both_ways() -> None:
    change = only(plain(Turn=obj(id=TEXT)), plain(Turn=obj("id", id=TEXT)))
    assert (str(change.client), str(change.server), change.messages) == ("breaking", "breaking", ())
    assert change.senders == {"client", "server"}


def test_a_definition_is_found_in_another_namespace() -> None:
    assert found(plain(Turn=TEXT), plain(**{"v2/Turn": NUMBER})) == [("type-changed", "Turn")]


def test_a_definition_with_another_name_is_found_by_its_content() -> None:
    turn = obj("id", id=TEXT)
    assert found(plain(TurnItem=turn), plain(TurnItemEntry=turn)) == [("type-renamed", "TurnItem")]


def test_a_definition_that_others_use_is_told_by_them() -> None:
    old, new = plain(Turn=obj(plan=ref("Plan")), Plan=TEXT), plain(Turn=obj(plan=NUMBER))
    assert found(old, new) == [("type-changed", "Turn.plan")]
    assert found(plain(Thread=ref("Turn"), Turn=obj(plan=ref("Plan")), Plan=TEXT), plain(Model=NUMBER)) == [
        ("definition-added", "Model"),
        ("definition-removed", "Thread"),
    ]


def test_a_definition_is_shown_on_the_side_that_has_it() -> None:
    gone, come = (
        only(plain(Turn=TEXT, Plan=NUMBER), plain(Turn=TEXT)),
        only(plain(Turn=TEXT), plain(Turn=TEXT, Plan=NUMBER)),
    )
    assert (gone.old, gone.new) == (NUMBER, None)
    assert (come.old, come.new) == (None, NUMBER)


def test_definitions_that_use_each_other_do_not_vanish_in_silence() -> None:
    circle = {"A": obj(b=ref("B")), "B": obj(a=ref("A"))}
    assert found(plain(Turn=TEXT, **circle), plain(Turn=TEXT)) == [("definition-removed", "A")]


def test_a_protocol_without_messages_gains_those_of_the_other() -> None:
    silent = Protocol("old", {}, {})
    speaking = Protocol("new", {}, {"turn/start": Message("turn/start", "request", "client", {})})

    assert [(change.rule, change.location) for change in compare(silent, speaking).changes] == [
        ("request-added", "turn/start")
    ]
    assert [change.rule for change in compare(speaking, silent).changes] == ["request-removed"]
