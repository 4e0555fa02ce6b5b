"""Where a change is, and what of it."""

from __future__ import annotations

import pytest

from codex_conformance.changes._wording import owner, subject, within
from codex_schemas.diff import Change, Level

JWKS = "GET /.well-known/jwks.json"


def changed(location: str, *messages: str, old: object = None, new: object = None) -> Change:
    return Change("type-changed", location, "It changed.", Level.BREAKING, Level.BREAKING, old, new, messages)


@pytest.mark.parametrize(
    ("change", "whole", "part"),
    [
        (changed("Turn"), "Turn", ""),
        (changed("Turn.status"), "Turn", "status"),
        (changed("ThreadItem[plan].text"), "ThreadItem", "[plan].text"),
        (changed("Names{}"), "Names", "{}"),
        (changed("My Type.name"), "My Type", "name"),
        (changed("turn/start", "turn/start"), "turn/start", ""),
        (changed("turn/start params.model", "turn/start"), "turn/start", "params.model"),
        (changed("turn/start", "turn", "turn/start"), "turn/start", ""),
        (changed(f"{JWKS} 200 application/json.keys", JWKS), JWKS, "200 application/json.keys"),
        (changed("PlanType", new="sci"), "PlanType", "sci"),
        (changed("Turn.status", old="failed"), "Turn", "status: failed"),
        (changed("Level", old=3), "Level", "3"),
        (changed("Level", old=3, new=4), "Level", ""),
        (changed("Turn.note", new=True), "Turn", "note"),
        (changed("turn/steer", "turn/steer", new="turn/steer"), "turn/steer", ""),
    ],
    ids=lambda value: value.location if isinstance(value, Change) else None,
)
def test_a_location_has_an_owner_and_a_part(change, whole, part) -> None:
    assert (owner(change), subject(change)) == (whole, part)


@pytest.mark.parametrize(
    ("names", "room", "text"),
    [
        ((), 80, ""),
        (("turn/start",), 5, "in turn/start"),
        (("a", "b"), 80, "in 2 messages: a, b"),
        (("aaaa", "bbbb", "cccc"), 31, "in 3 messages: aaaa, bbbb, cccc"),
        (("aaaa", "bbbb", "cccc"), 30, "in 3 messages: aaaa, bbbb, ..."),
        (("aaaa", "bbbb", "cccc"), 29, "in 3 messages: aaaa, ..."),
        (("aaaa", "bbbb", "cccc"), 5, "in 3 messages: aaaa, ..."),
    ],
)
def test_as_many_messages_are_named_as_there_is_room_for(names, room, text) -> None:
    assert within(names, room) == text
