"""Threads that are listed, put away, deleted, copied and resumed."""

from __future__ import annotations

import pytest

from codex_conformance.probes import AppServerProbe, at, require
from codex_conformance.suites.server.app_server._reading import pages_of, talk, text_of, thread_ids, turns_of
from codex_conformance.suites.server.app_server._scenes import room, run_half


@pytest.fixture
def folder(client: AppServerProbe) -> str:
    """Return a folder in which nobody has worked; its threads are listed by themselves."""
    return room(client)[1]


@pytest.mark.codex("app-server.list.lists")
def test_a_thread_with_a_turn_is_listed(client: AppServerProbe, folder: str) -> None:
    thread_id, _ = talk(client, "high water", cwd=folder)
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
    talk(client, "high water", cwd=folder)
    turns = [row.get("turns") for row in at(client.ask("thread/list", {"cwd": folder}), "/data", list)]
    require(turns == [[]], expected="one row without turns", found=turns)


@pytest.mark.codex("app-server.list.newest-first")
def test_the_thread_that_was_used_last_comes_first(client: AppServerProbe, folder: str) -> None:
    ids = [talk(client, text, cwd=folder)[0] for text in ("first", "second")]
    listed = thread_ids(client, cwd=folder, sortKey="updated_at")
    require(listed == ids[::-1], expected=str(ids[::-1]), found=listed)


@pytest.mark.codex("app-server.list.pages")
def test_pages_hold_each_thread_once(client: AppServerProbe, folder: str) -> None:
    ids = {talk(client, text, cwd=folder)[0] for text in ("first", "second", "third")}
    pages = pages_of(client, "thread/list", {"cwd": folder, "limit": 1, "sortKey": "updated_at"})
    require(all(len(page) <= 1 for page in pages), expected="pages of one thread", found=pages)
    listed = [at(row, "/id", str) for page in pages for row in page]
    require(sorted(listed) == sorted(ids), expected=f"each of {sorted(ids)} once", found=listed)


@pytest.mark.codex("app-server.list.search")
def test_a_search_finds_previews(client: AppServerProbe, folder: str) -> None:
    ids = [talk(client, text, cwd=folder)[0] for text in ("high water", "low water")]
    listed = thread_ids(client, cwd=folder, searchTerm="high")
    require(listed == ids[:1], expected=str(ids[:1]), found=listed)


@pytest.mark.codex("app-server.list.folder")
def test_a_folder_filters(client: AppServerProbe, folder: str) -> None:
    thread_id, _ = talk(client, "high water", cwd=folder)
    found = (thread_ids(client, cwd=folder), thread_ids(client, cwd=f"{folder}/elsewhere"))
    require(found == ([thread_id], []), expected="the thread in its folder, and none elsewhere", found=found)


@pytest.mark.codex("app-server.list.bad-cursor")
def test_a_bad_cursor_is_refused(client: AppServerProbe) -> None:
    client.refusal("thread/list", {"cursor": "bogus"})


@pytest.mark.codex("app-server.archive.hides")
def test_an_archived_thread_is_listed_only_as_such(client: AppServerProbe, folder: str) -> None:
    thread_id, _ = talk(client, "high water", cwd=folder)
    client.ask("thread/archive", {"threadId": thread_id})
    found = (thread_ids(client, cwd=folder), thread_ids(client, cwd=folder, archived=True))
    require(found == ([], [thread_id]), expected="it among the archived threads only", found=found)


@pytest.mark.codex("app-server.archive.told")
def test_archiving_is_told(client: AppServerProbe) -> None:
    thread_id, _ = talk(client, "high water")
    client.ask("thread/archive", {"threadId": thread_id})
    client.wait_for("thread/archived", lambda each: each.get("threadId") == thread_id)
    client.ask("thread/unarchive", {"threadId": thread_id})
    client.wait_for("thread/unarchived", lambda each: each.get("threadId") == thread_id)


@pytest.mark.codex("app-server.archive.restores")
def test_an_archived_thread_comes_back_whole(client: AppServerProbe, folder: str) -> None:
    thread_id, turns = talk(client, "high water", cwd=folder)
    client.ask("thread/archive", {"threadId": thread_id})
    client.ask("thread/unarchive", {"threadId": thread_id})
    listed = thread_ids(client, cwd=folder)
    require(listed == [thread_id], expected="it is listed again", found=listed)
    found = [each.get("id") for each in turns_of(client, thread_id)]
    require(found == turns, expected="its turn", found=found)


@pytest.mark.codex("app-server.archive.closes")
def test_an_archived_thread_does_not_resume(client: AppServerProbe) -> None:
    thread_id, _ = talk(client, "high water")
    client.ask("thread/archive", {"threadId": thread_id})
    client.refusal("thread/resume", {"threadId": thread_id})


@pytest.mark.codex("app-server.archive.twice")
def test_archiving_twice_is_refused(client: AppServerProbe) -> None:
    thread_id, _ = talk(client, "high water")
    client.ask("thread/archive", {"threadId": thread_id})
    client.refusal("thread/archive", {"threadId": thread_id})


@pytest.mark.codex("app-server.delete.removes")
def test_a_deleted_thread_is_gone(client: AppServerProbe, folder: str) -> None:
    thread_id, _ = talk(client, "high water", cwd=folder)
    client.ask("thread/delete", {"threadId": thread_id})
    client.wait_for("thread/deleted", lambda each: each.get("threadId") == thread_id)
    listed = thread_ids(client, cwd=folder) + thread_ids(client, cwd=folder, archived=True)
    require(listed == [], expected="no thread in the lists", found=listed)
    client.refusal("thread/read", {"threadId": thread_id})


@pytest.mark.codex("app-server.fork.copies")
def test_a_fork_has_the_same_turns(client: AppServerProbe) -> None:
    thread_id, turns = talk(client, "first", "second")
    fork = at(client.ask("thread/fork", {"threadId": thread_id}), "/thread")
    require(fork.get("id") not in (None, thread_id), expected="an id of its own", found=fork.get("id"))
    said = [text_of(each, "userMessage") for each in turns_of(client, at(fork, "/id", str))]
    require(said == ["first", "second"], expected=f"the turns {turns}", found=said)


@pytest.mark.codex("app-server.fork.origin")
def test_a_fork_names_its_origin(client: AppServerProbe) -> None:
    thread_id, _ = talk(client, "first")
    found = at(client.ask("thread/fork", {"threadId": thread_id}), "/thread/forkedFromId")
    require(found == thread_id, expected=thread_id, found=found)


@pytest.mark.codex("app-server.fork.own-way")
def test_a_fork_leaves_its_origin_alone(client: AppServerProbe) -> None:
    thread_id, turns = talk(client, "first")
    fork_id = at(client.ask("thread/fork", {"threadId": thread_id}), "/thread/id", str)
    client.turn(fork_id, "second")
    found = [each.get("id") for each in turns_of(client, thread_id)]
    require(found == turns, expected="one turn", found=found)
    require(len(turns_of(client, fork_id)) == 2, expected="two turns in the fork", found=turns_of(client, fork_id))


@pytest.mark.codex("app-server.fork.at-a-turn")
def test_a_fork_ends_with_the_turn_asked_for(client: AppServerProbe) -> None:
    thread_id, turns = talk(client, "first", "second")
    fork = client.ask("thread/fork", {"threadId": thread_id, "lastTurnId": turns[0]})
    said = [text_of(each, "userMessage") for each in turns_of(client, at(fork, "/thread/id", str))]
    require(said == ["first"], expected="the first turn", found=said)


@pytest.mark.codex("app-server.resume.turns")
def test_a_loaded_thread_resumes_with_its_turns(client: AppServerProbe) -> None:
    thread_id, turns = talk(client, "first", "second")
    answer = client.ask("thread/resume", {"threadId": thread_id})
    found = [each.get("id") for each in at(answer, "/thread/turns", list)]
    require(found == turns, expected=str(turns), found=found)


@pytest.mark.codex("app-server.resume.without-turns")
def test_a_thread_resumes_without_its_turns(client: AppServerProbe) -> None:
    thread_id, _ = talk(client, "first")
    found = at(client.ask("thread/resume", {"threadId": thread_id, "excludeTurns": True}), "/thread/turns")
    require(found == [], expected="no turns", found=found)


@pytest.mark.codex("app-server.resume.not-announced")
def test_a_thread_that_resumes_is_not_new(client: AppServerProbe) -> None:
    thread_id, _ = talk(client, "first")
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
