"""The turns and items of a thread: listed in pages, cut off, summed up."""

from __future__ import annotations

import pytest

from codex_conformance.probes import AppServerProbe, at, require
from codex_conformance.suites.server.app_server._reading import items_of, pages_of, talk, text_of, turns_of


@pytest.mark.codex("app-server.history.turns-newest-first")
def test_turns_are_listed_from_the_newest(client: AppServerProbe) -> None:
    thread_id, turns = talk(client, "first", "second", "third")
    rows = at(client.ask("thread/turns/list", {"threadId": thread_id}), "/data", list)
    found = [row.get("id") for row in rows]
    require(found == turns[::-1], expected=str(turns[::-1]), found=found)


@pytest.mark.codex("app-server.history.turn-pages")
@pytest.mark.parametrize("direction", ["asc", "desc"])
def test_pages_hold_each_turn_once(client: AppServerProbe, direction: str) -> None:
    thread_id, turns = talk(client, "first", "second", "third")
    pages = pages_of(client, "thread/turns/list", {"threadId": thread_id, "limit": 2, "sortDirection": direction})
    found = [row.get("id") for page in pages for row in page]
    wanted = turns if direction == "asc" else turns[::-1]
    require(found == wanted, expected=str(wanted), found=found)


@pytest.mark.codex("app-server.history.turn-views")
def test_turns_have_as_many_items_as_asked_for(client: AppServerProbe) -> None:
    thread_id, _ = talk(client, "first")
    views = ("notLoaded", "summary", "full")
    asked = [client.ask("thread/turns/list", {"threadId": thread_id, "itemsView": view}) for view in views]
    found = [[item.get("type") for item in at(each, "/data/0/items", list)] for each in asked]
    said = ["userMessage", "agentMessage"]
    fits = found[:2] == [[], said] and set(said) <= set(found[2])
    require(fits, expected=f"no items, then {said}, then at least these", found=found)


@pytest.mark.codex("app-server.history.items")
def test_items_are_listed_in_order(client: AppServerProbe) -> None:
    thread_id, turns = talk(client, "first", "second")
    pages = pages_of(client, "thread/items/list", {"threadId": thread_id, "limit": 3})
    found = [(row.get("turnId"), at(row, "/item/type")) for page in pages for row in page]
    wanted = [(turn_id, kind) for turn_id in turns for kind in ("userMessage", "agentMessage")]
    require(found == wanted, expected=str(wanted), found=found)


@pytest.mark.codex("app-server.history.item-ids")
def test_stored_items_keep_their_ids(client: AppServerProbe) -> None:
    thread_id, _ = talk(client, "first")
    live = [at(each, "/item/id") for each in client.notifications("item/completed")]
    stored = [item.get("id") for item in at(turns_of(client, thread_id), "/0/items", list)]
    require(stored == live, expected=str(live), found=stored)


@pytest.mark.codex("app-server.history.revert")
def test_a_revert_drops_the_turn_and_what_follows(client: AppServerProbe) -> None:
    thread_id, turns = talk(client, "first", "second", "third")
    client.ask("thread/revert", {"threadId": thread_id, "beforeTurnId": turns[1]})
    client.wait_for("thread/reverted", lambda each: each.get("threadId") == thread_id)
    found = [each.get("id") for each in turns_of(client, thread_id)]
    require(found == turns[:1], expected="the first turn", found=found)


@pytest.mark.codex("app-server.history.rollback")
def test_a_rollback_drops_the_last_turns(client: AppServerProbe) -> None:
    thread_id, _ = talk(client, "first", "second", "third")
    answer = client.ask("thread/rollback", {"threadId": thread_id, "numTurns": 2})
    said = [text_of(each, "userMessage") for each in at(answer, "/thread/turns", list)]
    require(said == ["first"], expected="the first turn", found=said)


@pytest.mark.codex("app-server.history.compaction")
def test_a_compaction_is_a_turn_with_its_item(client: AppServerProbe) -> None:
    thread_id, _ = talk(client, "first")
    client.ask("thread/compact/start", {"threadId": thread_id})
    turn = client.wait_for("turn/completed")["params"]["turn"]
    require(turn.get("status") == "completed", expected="a turn that completes", found=turn)
    items = items_of(client, "contextCompaction")
    require(len(items) == 1, expected="one item contextCompaction", found=items)
    after = client.turn(thread_id, "again").get("status")
    require(after == "completed", expected="a turn after it", found=after)
