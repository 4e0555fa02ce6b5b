"""Turns, items and the timeline, page by page."""

from __future__ import annotations

import msgspec
import pytest

MODEL = {"model": [{"say": [{"message": word}]} for word in ("one", "two", "three", "four")]}


def pages(thread, method, field="nextCursor", **params):
    """Return the ids of all pages in their order."""
    found, cursor = [], None
    while True:
        page = thread.ask(method, **params, **({"cursor": cursor} if cursor else {}))
        found.append([row.get("id") or row["item"]["id"] for row in page["data"]])
        cursor = page[field]
        if cursor is None:
            return found


@pytest.fixture
def spoken(talk, release):
    thread = talk(version=release, scenario=MODEL)
    thread.ids = thread.say("a", "b", "c")
    return thread


def test_turns_come_newest_first_unless_asked_otherwise(spoken):
    assert pages(spoken, "thread/turns/list") == [spoken.ids[::-1]]
    assert pages(spoken, "thread/turns/list", sortDirection="asc") == [spoken.ids]


def test_a_limit_cuts_turns_into_pages(spoken):
    first, second, third = spoken.ids

    assert pages(spoken, "thread/turns/list", limit=2) == [[third, second], [first]]
    assert pages(spoken, "thread/turns/list", limit=0, sortDirection="asc") == [[first], [second], [third]]


def test_a_backwards_cursor_leads_back_to_the_row_itself(spoken):
    cursor = spoken.ask("thread/turns/list", limit=1)["backwardsCursor"]
    spoken.ids += spoken.say("d")

    newer = spoken.ask("thread/turns/list", cursor=cursor, sortDirection="asc")

    assert [turn["id"] for turn in newer["data"]] == spoken.ids[2:]


@pytest.mark.parametrize(
    ("view", "types"),
    [
        ({}, ["userMessage", "agentMessage"]),
        ({"itemsView": "notLoaded"}, []),
        ({"itemsView": "full"}, ["userMessage", "reasoning", "agentMessage", "agentMessage"]),
    ],
    ids=["summary", "notLoaded", "full"],
)
def test_a_view_says_which_items_are_shown(talk, release, view, types):
    said = [{"reasoning": {"summary": ["Hm."]}}, {"message": "first"}, {"message": "last"}]
    thread = talk(version=release, scenario={"model": [{"say": said}]})
    thread.say("go")

    (turn,) = thread.ask("thread/turns/list", **view)["data"]

    assert [item["type"] for item in turn["items"]] == types
    assert turn["itemsView"] == view.get("itemsView", "summary")
    if view == {}:
        assert turn["items"][-1]["text"] == "last"


def test_a_cursor_says_where_it_stands(talk):
    new, old = talk(), talk(version="0.141.0")
    for thread in (new, old):
        thread.ids = thread.say("a", "b")

    cursors = [msgspec.json.decode(thread.ask("thread/turns/list", limit=1)["nextCursor"]) for thread in (new, old)]

    assert cursors == [
        {
            "requestedThreadId": new.id,
            # The first turn takes lines 1 to 15: its head, a message, reasoning, an answer, and its tail.
            "rolloutOrdinal": 16,
            "includeAnchor": False,
            "scope": {"kind": "turns"},
        },
        {"turnId": old.ids[1], "includeAnchor": False},
    ]


@pytest.mark.parametrize("cursor", ["bogus", "{}", "[1]", '{"turnId":"x","includeAnchor":true}'])
def test_a_cursor_of_something_else_is_refused(spoken, cursor):
    assert spoken.refused("thread/turns/list", cursor=cursor).message == f"invalid cursor: {cursor}"


def test_a_cursor_of_another_thread_is_refused(talk):
    thread = talk()
    thread.say("a", "b")
    fork = thread.ask("thread/fork", excludeTurns=True)["thread"]["id"]
    cursor = thread.ask("thread/turns/list", threadId=fork, limit=1)["nextCursor"]

    assert thread.refused("thread/turns/list", cursor=cursor).message == f"invalid cursor: {cursor}"


def test_items_come_oldest_first_with_their_turns(talk):
    thread = talk(scenario=MODEL)
    turns = thread.say("a", "b")

    page = thread.ask("thread/items/list")

    assert [entry["turnId"] for entry in page["data"]] == [turns[0], turns[0], turns[1], turns[1]]
    assert all(entry["completedAtMs"] is not None for entry in page["data"])
    ids = [entry["item"]["id"] for entry in page["data"]]
    assert pages(thread, "thread/items/list", limit=3) == [ids[:3], ids[3:]]
    assert pages(thread, "thread/items/list", limit=3, sortDirection="desc") == [ids[:0:-1], ids[:1]]
    assert pages(thread, "thread/items/list", turnId=turns[1]) == [ids[2:]]
    assert pages(thread, "thread/items/list", turnId="nope") == [[]]


def test_a_page_can_begin_after_an_item_of_a_turn(talk):
    thread = talk(scenario=MODEL)
    turn, _ = thread.say("a", "b")
    ids = pages(thread, "thread/items/list")[0]
    anchor = {"type": "item", "itemId": ids[0]}

    page = thread.ask("thread/items/list", cursor=anchor, turnId=turn)

    assert [entry["item"]["id"] for entry in page["data"]] == [ids[1]]
    assert thread.refused("thread/items/list", cursor=anchor).message == (
        "turnId is required when cursor is an item anchor"
    )
    refusal = thread.refused("thread/items/list", cursor={**anchor, "itemId": ids[2]}, turnId=turn)
    assert (refusal.code, refusal.message) == (
        -32602,
        "cursor.itemId does not identify an item in the requested history scope",
    )


def test_items_are_read_by_their_ids(talk):
    thread = talk(scenario=MODEL)
    (turn,) = thread.say("a")
    ids = pages(thread, "thread/items/list")[0]

    read = thread.ask("thread/items/read", turnId=turn, itemIds=[ids[1], "nope"])

    assert [entry["item"]["id"] for entry in read["data"]] == [ids[1]]
    assert thread.refused("thread/items/read", turnId=turn, itemIds=[]).message == "itemIds must contain 1 to 100 IDs"


def test_the_timeline_has_the_beginnings_and_ends_of_turns(talk):
    thread = talk(scenario=MODEL)
    turns = thread.say("a", "b")

    entries = thread.ask("thread/timeline/list")["data"]

    assert [(entry["type"], entry["turnId"], entry["position"]) for entry in entries] == [
        ("turnStarted", turns[0], 1),
        ("item", turns[0], 8),
        ("item", turns[0], 9),
        ("turnCompleted", turns[0], 13),
        ("turnStarted", turns[1], 14),
        ("item", turns[1], 17),
        ("item", turns[1], 18),
        ("turnCompleted", turns[1], 22),
    ]


def test_the_timeline_is_paged_from_its_end(talk):
    thread = talk(scenario=MODEL)
    thread.say("a", "b")

    newest = thread.ask("thread/timeline/list", limit=3)
    older = thread.ask("thread/timeline/list", limit=3, cursor=newest["nextCursor"])

    assert [entry["position"] for entry in newest["data"]] == [17, 18, 22]
    assert [entry["position"] for entry in older["data"]] == [9, 13, 14]
    assert thread.refused("thread/timeline/list", cursor="zz").message == "invalid cursor: zz"


@pytest.mark.parametrize("method", ["thread/items/list", "thread/timeline/list"])
@pytest.mark.parametrize("params", [{"historyMode": "legacy"}, {"ephemeral": True}], ids=["legacy", "ephemeral"])
def test_only_a_paginated_history_has_pages_of_items(talk, method, params):
    thread = talk(**params)
    thread.say("a")

    refusal = thread.refused(method)

    assert (refusal.code, refusal.message) == (-32601, f"{method} is not supported yet")
