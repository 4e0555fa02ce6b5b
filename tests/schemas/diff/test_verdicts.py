"""For whom a change counts: that follows from who sends the type."""

from __future__ import annotations

from typing import Any

import pytest

from codex_schemas.diff import Change, Level, Message, Part, Protocol, compare

Json = dict[str, Any]
TEXT = {"type": "string"}
BREAKING, DANGEROUS, COMPATIBLE = Level.BREAKING, Level.DANGEROUS, Level.COMPATIBLE


def obj(*required: str, **properties: Any) -> Json:
    """Return the schema of an object with these fields."""
    return {"type": "object", "properties": properties, "required": list(required)}


def closed(*required: str, **properties: Any) -> Json:
    return {**obj(*required, **properties), "additionalProperties": False}


def ref(name: str) -> Json:
    return {"$ref": f"#/definitions/{name}"}


def definitions(**named: Any) -> Json:
    return {f"#/definitions/{name}": schema for name, schema in named.items()}


def carrying(schema: Any, **named: Any) -> Protocol:
    """Return a protocol in which the client sends a schema."""
    message = Message("turn/start", "notification", "client", {"params": Part(schema, "client")})
    return Protocol("some", definitions(**named), {"turn/start": message})


def only(old: Protocol, new: Protocol) -> Change:
    [change] = compare(old, new).changes
    return change


def exchange(**parts: Any) -> Protocol:
    """Return a protocol in which the parts named by sender and role carry the type Turn."""
    roles = {
        "client_params": ("turn/start", "request", "client", "params", "client"),
        "client_result": ("turn/start", "request", "client", "result", "server"),
        "server_params": ("item/approve", "request", "server", "params", "server"),
        "server_result": ("item/approve", "request", "server", "result", "client"),
        "client_note": ("initialized", "notification", "client", "params", "client"),
        "server_note": ("turn/started", "notification", "server", "params", "server"),
    }
    messages: dict[str, Message] = {}
    for part in parts["carried"]:
        name, kind, initiator, role, sender = roles[part]
        known = messages[name].parts if name in messages else {}
        messages[name] = Message(name, kind, initiator, {**known, role: Part(ref("Turn"), sender)})
    return Protocol("some", definitions(Turn=parts["turn"]), messages)


DIRECTIONS = {
    "params of a client's request": (["client_params"], BREAKING, COMPATIBLE),
    "result of a client's request": (["client_result"], COMPATIBLE, BREAKING),
    "params of a server's request": (["server_params"], COMPATIBLE, BREAKING),
    "result of a server's request": (["server_result"], BREAKING, COMPATIBLE),
    "a client's notification": (["client_note"], BREAKING, COMPATIBLE),
    "a server's notification": (["server_note"], COMPATIBLE, BREAKING),
    "both ways": (["client_params", "server_note"], BREAKING, BREAKING),
}


@pytest.mark.parametrize("case", DIRECTIONS)
def test_the_verdicts_follow_from_who_sends_the_type(case: str) -> None:
    carried, client, server = DIRECTIONS[case]
    old, new = exchange(turn=obj(id=TEXT), carried=carried), exchange(turn=obj("id", id=TEXT), carried=carried)
    change = only(old, new)
    assert (change.rule, change.client, change.server) == ("field-became-required", client, server)


def test_a_direction_counts_only_where_both_sides_have_the_message() -> None:
    old = exchange(turn=obj(id=TEXT), carried=["client_params"])
    new = exchange(turn=obj("id", id=TEXT), carried=["client_params", "server_note"])
    [change] = [change for change in compare(old, new).changes if change.location == "Turn.id"]
    assert (change.client, change.server) == (BREAKING, COMPATIBLE)
    assert change.senders == {"client"}
    assert change.messages == ("turn/start",)


def test_a_type_is_reported_once_with_all_messages_that_carry_it() -> None:
    every = ["server_note", "client_params", "client_result", "server_result"]
    change = only(exchange(turn=obj(id=TEXT), carried=every), exchange(turn=obj("id", id=TEXT), carried=every))
    assert change.location == "Turn.id"
    assert change.messages == ("item/approve", "turn/start", "turn/started")
    assert change.senders == {"client", "server"}


CLOSED = {
    "added for an old reader": (closed(id=TEXT), closed(id=TEXT, x=TEXT), COMPATIBLE, BREAKING),
    "removed for a new reader": (closed(id=TEXT, x=TEXT), closed(id=TEXT), BREAKING, DANGEROUS),
}


@pytest.mark.parametrize("case", CLOSED)
def test_a_field_counts_more_where_the_schema_itself_forbids_others(case: str) -> None:
    old, new, client, server = CLOSED[case]
    change = only(carrying(old), carrying(new))
    assert (change.client, change.server) == (client, server)


def test_a_comparison_knows_its_names_and_its_worst_verdicts() -> None:
    comparison = compare(carrying(obj(id=TEXT)), carrying(obj("id", id=TEXT)))
    assert (comparison.old, comparison.new) == ("some", "some")
    assert (comparison.worst(), comparison.worst("client"), comparison.worst("server")) == (2, 2, 0)
    assert len(list(comparison.at(BREAKING, "client"))) == 1
    assert compare(carrying(TEXT), carrying(TEXT)).worst() is COMPATIBLE
