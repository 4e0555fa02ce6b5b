"""Threads that are listed, resumed, copied, cut short, put away and deleted."""

from __future__ import annotations

from typing import Any

import pytest

from codex_conformance.probes import AppServerProbe, at, require
from codex_conformance.suites.server.app_server._reading import items_of, text_of, thread_ids
from codex_conformance.suites.server.app_server._scenes import room, run_half


@pytest.fixture
def folder(client: AppServerProbe) -> str:
    """Return a folder in which nobody has worked; its threads are listed by themselves."""
    return room(client)[1]


def _talk(client: AppServerProbe, *texts: str, **params: Any) -> tuple[str, list[str]]:
    """Start a thread, say something in it, and return its id and those of its turns."""
    thread_id = client.thread(**params)
    return thread_id, [client.turn(thread_id, text)["id"] for text in texts]


def _turns(client: AppServerProbe, thread_id: str) -> list[Any]:
    answer = client.ask("thread/read", {"threadId": thread_id, "includeTurns": True})
    return list(at(answer, "/thread/turns", list))


def _pages(client: AppServerProbe, method: str, params: dict[str, Any]) -> list[list[Any]]:
    """Return the rows of all pages, at most ten."""
    pages: list[list[Any]] = []
    cursor = None
    while len(pages) < 10:
        answer = client.ask(method, {**params, **({"cursor": cursor} if cursor else {})})
        pages.append(at(answer, "/data", list))
        cursor = answer.get("nextCursor")
        if cursor is None:
            break
    return pages


@pytest.mark.codex("app-server.list.lists")
def test_a_thread_with_a_turn_is_listed(client: AppServerProbe, folder: str) -> None:
    thread_id, _ = _talk(client, "high water", cwd=folder)
    rows = at(client.ask("thread/list", {"cwd": folder}), "/data", list)
    found = [(row.get("id"), row.get("preview")) for row in rows]
    require(found == [(thread_id, "high water")], expected="the thread with its preview", found=found)


@pytest.mark.codex("app-server.list.without-empty-threads")
def test_a_thread_without_a_turn_is_not_listed(client: AppServerProbe, folder: str) -> None:
    client.thread(cwd=folder)
    listed = thread_ids(client, cwd=folder)
    require(listed == [], expected="no thread", found=listed)


@pytest.mark.codex("app-server.list.without-turns")
def test_rows_carry_no_turns(client: AppServerProbe, folder: str) -> None:
    _talk(client, "high water", cwd=folder)
    turns = [row.get("turns") for row in at(client.ask("thread/list", {"cwd": folder}), "/data", list)]
    require(turns == [[]], expected="one row without turns", found=turns)


@pytest.mark.codex("app-server.list.newest-first")
def test_the_thread_that_was_used_last_comes_first(client: AppServerProbe, folder: str) -> None:
    ids = [_talk(client, text, cwd=folder)[0] for text in ("first", "second")]
    listed = thread_ids(client, cwd=folder, sortKey="updated_at")
    require(listed == ids[::-1], expected=str(ids[::-1]), found=listed)


@pytest.mark.codex("app-server.list.pages")
def test_pages_hold_each_thread_once(client: AppServerProbe, folder: str) -> None:
    ids = {_talk(client, text, cwd=folder)[0] for text in ("first", "second", "third")}
    pages = _pages(client, "thread/list", {"cwd": folder, "limit": 1, "sortKey": "updated_at"})
    require(all(len(page) <= 1 for page in pages), expected="pages of one thread", found=pages)
    listed = [at(row, "/id", str) for page in pages for row in page]
    require(sorted(listed) == sorted(ids), expected=f"each of {sorted(ids)} once", found=listed)


@pytest.mark.codex("app-server.list.search")
def test_a_search_finds_previews(client: AppServerProbe, folder: str) -> None:
    ids = [_talk(client, text, cwd=folder)[0] for text in ("high water", "low water")]
    listed = thread_ids(client, cwd=folder, searchTerm="high")
    require(listed == ids[:1], expected=str(ids[:1]), found=listed)


@pytest.mark.codex("app-server.list.folder")
def test_a_folder_filters(client: AppServerProbe, folder: str) -> None:
    thread_id, _ = _talk(client, "high water", cwd=folder)
    found = (thread_ids(client, cwd=folder), thread_ids(client, cwd=f"{folder}/elsewhere"))
    require(found == ([thread_id], []), expected="the thread in its folder, and none elsewhere", found=found)


@pytest.mark.codex("app-server.list.bad-cursor")
def test_a_bad_cursor_is_refused(client: AppServerProbe) -> None:
    client.refusal("thread/list", {"cursor": "bogus"})


@pytest.mark.codex("app-server.archive.hides")
def test_an_archived_thread_is_listed_only_as_such(client: AppServerProbe, folder: str) -> None:
    thread_id, _ = _talk(client, "high water", cwd=folder)
    client.ask("thread/archive", {"threadId": thread_id})
    found = (thread_ids(client, cwd=folder), thread_ids(client, cwd=folder, archived=True))
    require(found == ([], [thread_id]), expected="it among the archived threads only", found=found)


@pytest.mark.codex("app-server.archive.told")
def test_archiving_is_told(client: AppServerProbe) -> None:
    thread_id, _ = _talk(client, "high water")
    client.ask("thread/archive", {"threadId": thread_id})
    client.wait_for("thread/archived", lambda each: each.get("threadId") == thread_id)
    client.ask("thread/unarchive", {"threadId": thread_id})
    client.wait_for("thread/unarchived", lambda each: each.get("threadId") == thread_id)


@pytest.mark.codex("app-server.archive.restores")
def test_an_archived_thread_comes_back_whole(client: AppServerProbe, folder: str) -> None:
    thread_id, turns = _talk(client, "high water", cwd=folder)
    client.ask("thread/archive", {"threadId": thread_id})
    client.ask("thread/unarchive", {"threadId": thread_id})
    listed = thread_ids(client, cwd=folder)
    require(listed == [thread_id], expected="it is listed again", found=listed)
    found = [each.get("id") for each in _turns(client, thread_id)]
    require(found == turns, expected="its turn", found=found)


@pytest.mark.codex("app-server.archive.closes")
def test_an_archived_thread_does_not_resume(client: AppServerProbe) -> None:
    thread_id, _ = _talk(client, "high water")
    client.ask("thread/archive", {"threadId": thread_id})
    client.refusal("thread/resume", {"threadId": thread_id})


@pytest.mark.codex("app-server.archive.twice")
def test_archiving_twice_is_refused(client: AppServerProbe) -> None:
    thread_id, _ = _talk(client, "high water")
    client.ask("thread/archive", {"threadId": thread_id})
    client.refusal("thread/archive", {"threadId": thread_id})


@pytest.mark.codex("app-server.delete.removes")
def test_a_deleted_thread_is_gone(client: AppServerProbe, folder: str) -> None:
    thread_id, _ = _talk(client, "high water", cwd=folder)
    client.ask("thread/delete", {"threadId": thread_id})
    client.wait_for("thread/deleted", lambda each: each.get("threadId") == thread_id)
    listed = thread_ids(client, cwd=folder) + thread_ids(client, cwd=folder, archived=True)
    require(listed == [], expected="no thread in the lists", found=listed)
    client.refusal("thread/read", {"threadId": thread_id})


@pytest.mark.codex("app-server.fork.copies")
def test_a_fork_has_the_same_turns(client: AppServerProbe) -> None:
    thread_id, turns = _talk(client, "first", "second")
    fork = at(client.ask("thread/fork", {"threadId": thread_id}), "/thread")
    require(fork.get("id") not in (None, thread_id), expected="an id of its own", found=fork.get("id"))
    said = [text_of(each, "userMessage") for each in _turns(client, at(fork, "/id", str))]
    require(said == ["first", "second"], expected=f"the turns {turns}", found=said)


@pytest.mark.codex("app-server.fork.origin")
def test_a_fork_names_its_origin(client: AppServerProbe) -> None:
    thread_id, _ = _talk(client, "first")
    found = at(client.ask("thread/fork", {"threadId": thread_id}), "/thread/forkedFromId")
    require(found == thread_id, expected=thread_id, found=found)


@pytest.mark.codex("app-server.fork.own-way")
def test_a_fork_leaves_its_origin_alone(client: AppServerProbe) -> None:
    thread_id, turns = _talk(client, "first")
    fork_id = at(client.ask("thread/fork", {"threadId": thread_id}), "/thread/id", str)
    client.turn(fork_id, "second")
    found = [each.get("id") for each in _turns(client, thread_id)]
    require(found == turns, expected="one turn", found=found)
    require(len(_turns(client, fork_id)) == 2, expected="two turns in the fork", found=_turns(client, fork_id))


@pytest.mark.codex("app-server.fork.at-a-turn")
def test_a_fork_ends_with_the_turn_asked_for(client: AppServerProbe) -> None:
    thread_id, turns = _talk(client, "first", "second")
    fork = client.ask("thread/fork", {"threadId": thread_id, "lastTurnId": turns[0]})
    said = [text_of(each, "userMessage") for each in _turns(client, at(fork, "/thread/id", str))]
    require(said == ["first"], expected="the first turn", found=said)


@pytest.mark.codex("app-server.resume.turns")
def test_a_loaded_thread_resumes_with_its_turns(client: AppServerProbe) -> None:
    thread_id, turns = _talk(client, "first", "second")
    answer = client.ask("thread/resume", {"threadId": thread_id})
    found = [each.get("id") for each in at(answer, "/thread/turns", list)]
    require(found == turns, expected=str(turns), found=found)


@pytest.mark.codex("app-server.resume.without-turns")
def test_a_thread_resumes_without_its_turns(client: AppServerProbe) -> None:
    thread_id, _ = _talk(client, "first")
    found = at(client.ask("thread/resume", {"threadId": thread_id, "excludeTurns": True}), "/thread/turns")
    require(found == [], expected="no turns", found=found)


@pytest.mark.codex("app-server.resume.not-announced")
def test_a_thread_that_resumes_is_not_new(client: AppServerProbe) -> None:
    thread_id, _ = _talk(client, "first")
    client.ask("thread/resume", {"threadId": thread_id})
    client.turn(thread_id, "second")
    told = client.notifications("thread/started")
    require(len(told) == 1, expected="no second thread/started", found=told)


@pytest.mark.codex("app-server.resume.running-turn")
def test_a_running_turn_resumes_as_running(client: AppServerProbe) -> None:
    thread_id = client.thread()
    turn_id = run_half(client, thread_id)
    thread = at(client.ask("thread/resume", {"threadId": thread_id}), "/thread")
    found = [(each.get("id"), each.get("status")) for each in at(thread, "/turns", list)]
    require(found == [(turn_id, "inProgress")], expected="the turn, inProgress", found=found)
    require(at(thread, "/status/type") == "active", expected="an active thread", found=thread.get("status"))


@pytest.mark.codex("app-server.history.turns-newest-first")
def test_turns_are_listed_from_the_newest(client: AppServerProbe) -> None:
    thread_id, turns = _talk(client, "first", "second", "third")
    rows = at(client.ask("thread/turns/list", {"threadId": thread_id}), "/data", list)
    found = [row.get("id") for row in rows]
    require(found == turns[::-1], expected=str(turns[::-1]), found=found)


@pytest.mark.codex("app-server.history.turn-pages")
@pytest.mark.parametrize("direction", ["asc", "desc"])
def test_pages_hold_each_turn_once(client: AppServerProbe, direction: str) -> None:
    thread_id, turns = _talk(client, "first", "second", "third")
    pages = _pages(client, "thread/turns/list", {"threadId": thread_id, "limit": 2, "sortDirection": direction})
    found = [row.get("id") for page in pages for row in page]
    wanted = turns if direction == "asc" else turns[::-1]
    require(found == wanted, expected=str(wanted), found=found)


@pytest.mark.codex("app-server.history.turn-views")
def test_turns_have_as_many_items_as_asked_for(client: AppServerProbe) -> None:
    thread_id, _ = _talk(client, "first")
    views = ("notLoaded", "summary", "full")
    asked = [client.ask("thread/turns/list", {"threadId": thread_id, "itemsView": view}) for view in views]
    found = [[item.get("type") for item in at(each, "/data/0/items", list)] for each in asked]
    said = ["userMessage", "agentMessage"]
    fits = found[:2] == [[], said] and set(said) <= set(found[2])
    require(fits, expected=f"no items, then {said}, then at least these", found=found)


@pytest.mark.codex("app-server.history.items")
def test_items_are_listed_in_order(client: AppServerProbe) -> None:
    thread_id, turns = _talk(client, "first", "second")
    pages = _pages(client, "thread/items/list", {"threadId": thread_id, "limit": 3})
    found = [(row.get("turnId"), at(row, "/item/type")) for page in pages for row in page]
    wanted = [(turn_id, kind) for turn_id in turns for kind in ("userMessage", "agentMessage")]
    require(found == wanted, expected=str(wanted), found=found)


@pytest.mark.codex("app-server.history.item-ids")
def test_stored_items_keep_their_ids(client: AppServerProbe) -> None:
    thread_id, _ = _talk(client, "first")
    live = [at(each, "/item/id") for each in client.notifications("item/completed")]
    stored = [item.get("id") for item in at(_turns(client, thread_id), "/0/items", list)]
    require(stored == live, expected=str(live), found=stored)


@pytest.mark.codex("app-server.history.revert")
def test_a_revert_drops_the_turn_and_what_follows(client: AppServerProbe) -> None:
    thread_id, turns = _talk(client, "first", "second", "third")
    client.ask("thread/revert", {"threadId": thread_id, "beforeTurnId": turns[1]})
    client.wait_for("thread/reverted", lambda each: each.get("threadId") == thread_id)
    found = [each.get("id") for each in _turns(client, thread_id)]
    require(found == turns[:1], expected="the first turn", found=found)


@pytest.mark.codex("app-server.history.rollback")
def test_a_rollback_drops_the_last_turns(client: AppServerProbe) -> None:
    thread_id, _ = _talk(client, "first", "second", "third")
    answer = client.ask("thread/rollback", {"threadId": thread_id, "numTurns": 2})
    said = [text_of(each, "userMessage") for each in at(answer, "/thread/turns", list)]
    require(said == ["first"], expected="the first turn", found=said)


@pytest.mark.codex("app-server.history.compaction")
def test_a_compaction_is_a_turn_with_its_item(client: AppServerProbe) -> None:
    thread_id, _ = _talk(client, "first")
    client.ask("thread/compact/start", {"threadId": thread_id})
    turn = client.wait_for("turn/completed")["params"]["turn"]
    require(turn.get("status") == "completed", expected="a turn that completes", found=turn)
    items = items_of(client, "contextCompaction")
    require(len(items) == 1, expected="one item contextCompaction", found=items)
    after = client.turn(thread_id, "again").get("status")
    require(after == "completed", expected="a turn after it", found=after)
