"""Threads: how they begin, what they are called, and what they answer when they are read."""

from __future__ import annotations

from typing import Any

import pytest

from codex_conformance.app_servers import Setup
from codex_conformance.probes import AppServerProbe, at, require
from codex_conformance.suites.server.app_server._reading import (
    has_status,
    require_answer_first,
    text_of,
    thread_ids,
)
from codex_conformance.suites.server.app_server._scenes import NOBODY, room
from codex_conformance.suites.server.app_servers import AppServers

_ABOUT_A_THREAD: dict[str, dict[str, Any]] = {
    "thread/read": {},
    "thread/resume": {},
    "thread/fork": {},
    "thread/archive": {},
    "thread/unarchive": {},
    "thread/name/set": {"name": "x"},
    "thread/compact/start": {},
    "turn/start": {"input": [{"type": "text", "text": "hi"}]},
    "turn/interrupt": {"turnId": "x"},
    "turn/steer": {"expectedTurnId": "x", "input": [{"type": "text", "text": "hi"}]},
    "review/start": {"target": {"type": "uncommittedChanges"}},
}


@pytest.mark.codex("app-server.thread.begins-idle")
def test_a_new_thread_is_idle(client: AppServerProbe) -> None:
    status = at(client.ask("thread/start", {}), "/thread/status/type")
    require(status == "idle", expected="the status idle", found=status)


@pytest.mark.codex("app-server.thread.begins-empty")
def test_a_new_thread_has_no_turns(client: AppServerProbe) -> None:
    turns = at(client.ask("thread/start", {}), "/thread/turns")
    require(turns == [], expected="no turns", found=turns)


@pytest.mark.codex("app-server.thread.started-told")
def test_a_new_thread_is_told_once(client: AppServerProbe) -> None:
    thread_id = client.thread()
    client.turn(thread_id)
    told = [at(each, "/thread/id") for each in client.notifications("thread/started")]
    require(told == [thread_id], expected=f"one thread/started, of {thread_id}", found=told)


@pytest.mark.codex("app-server.thread.answer-before-started")
def test_the_answer_comes_before_the_notification(client: AppServerProbe) -> None:
    asked = client.request("thread/start", {})
    require_answer_first(client, asked, "thread/started")


@pytest.mark.codex("app-server.thread.own-ids")
def test_each_thread_has_an_id_of_its_own(client: AppServerProbe) -> None:
    ids = {client.thread() for _ in range(3)}
    require(len(ids) == 3, expected="three ids", found=sorted(ids))


@pytest.mark.codex("app-server.thread.settings-taken")
def test_the_settings_asked_for_are_taken(client: AppServerProbe) -> None:
    asked = {"model": "gpt-5.2", "approvalPolicy": "on-request", "sandbox": "read-only"}
    started = client.ask("thread/start", asked)
    found = [started.get("model"), started.get("approvalPolicy"), at(started, "/sandbox/type")]
    wanted = ["gpt-5.2", "on-request", "readOnly"]
    require(found == wanted, expected=str(wanted), found=found)


@pytest.mark.codex("app-server.thread.folder")
def test_a_thread_works_in_the_folder_asked_for(client: AppServerProbe) -> None:
    folder = f"{at(client.ask('thread/start', {}), '/cwd', str)}/sub"
    found = at(client.ask("thread/start", {"cwd": folder}), "/cwd")
    require(found == folder, expected=folder, found=found)


@pytest.mark.codex("app-server.thread.unknown-provider")
def test_an_unknown_provider_starts_no_thread(client: AppServerProbe) -> None:
    client.refusal("thread/start", {"modelProvider": "nope"})
    told = client.notifications("thread/started")
    require(not told, expected="no thread/started", found=told)


@pytest.mark.codex("app-server.thread.unknown-refused")
@pytest.mark.parametrize("method", _ABOUT_A_THREAD)
def test_an_unknown_thread_is_refused(client: AppServerProbe, method: str) -> None:
    client.refusal(method, {"threadId": NOBODY, **_ABOUT_A_THREAD[method]})


@pytest.mark.codex("app-server.thread.malformed-id")
def test_a_malformed_id_is_refused(client: AppServerProbe) -> None:
    for method, params in _ABOUT_A_THREAD.items():
        client.refusal(method, {"threadId": "nope", **params})


@pytest.mark.codex("app-server.thread.invalid-id-message")
def test_a_malformed_id_is_named_as_such(client: AppServerProbe) -> None:
    text = str(client.refusal("thread/read", {"threadId": "nope"}).get("message"))
    require(text.startswith("invalid thread id: "), expected="a message that begins 'invalid thread id: '", found=text)


@pytest.mark.codex("app-server.thread.read-plainly")
def test_a_thread_is_read_without_its_turns(client: AppServerProbe) -> None:
    thread_id = client.thread()
    client.turn(thread_id)
    thread = at(client.ask("thread/read", {"threadId": thread_id}), "/thread")
    found = (thread.get("id"), thread.get("turns"))
    require(found == (thread_id, []), expected="the thread with no turns", found=found)


@pytest.mark.codex("app-server.thread.read-turns")
def test_what_was_said_is_read_back(client: AppServerProbe) -> None:
    thread_id = client.thread()
    turn = client.turn(thread_id, "when is the tide")
    turns = at(client.ask("thread/read", {"threadId": thread_id, "includeTurns": True}), "/thread/turns", list)
    require([each.get("id") for each in turns] == [turn["id"]], expected="the one turn", found=turns)
    said = (text_of(turns[0], "userMessage"), text_of(turns[0]))
    require(said == ("when is the tide", "Done."), expected="what user and agent said", found=said)


@pytest.mark.codex("app-server.thread.preview")
def test_the_preview_is_the_first_text_of_the_user(client: AppServerProbe) -> None:
    thread_id = client.thread()
    client.turn(thread_id, "high water")
    client.turn(thread_id, "low water")
    found = at(client.ask("thread/read", {"threadId": thread_id}), "/thread/preview")
    require(found == "high water", expected="high water", found=found)


@pytest.mark.codex("app-server.thread.name")
def test_a_name_is_kept(client: AppServerProbe) -> None:
    thread_id = client.thread()
    client.ask("thread/name/set", {"threadId": thread_id, "name": "Tides"})
    found = at(client.ask("thread/read", {"threadId": thread_id}), "/thread/name")
    require(found == "Tides", expected="Tides", found=found)


@pytest.mark.codex("app-server.thread.name-told")
def test_a_new_name_is_told(client: AppServerProbe) -> None:
    thread_id = client.thread()
    client.ask("thread/name/set", {"threadId": thread_id, "name": "Tides"})
    told = client.wait_for("thread/name/updated")["params"]
    found = (told.get("threadId"), told.get("threadName"))
    require(found == (thread_id, "Tides"), expected="the thread and its name", found=found)


@pytest.mark.codex("app-server.thread.name-trimmed")
def test_a_name_is_trimmed(client: AppServerProbe) -> None:
    thread_id = client.thread()
    client.ask("thread/name/set", {"threadId": thread_id, "name": "  Tides  "})
    found = client.wait_for("thread/name/updated")["params"].get("threadName")
    require(found == "Tides", expected="Tides", found=found)


@pytest.mark.codex("app-server.thread.name-not-empty")
def test_an_empty_name_is_refused(client: AppServerProbe) -> None:
    client.refusal("thread/name/set", {"threadId": client.thread(), "name": "  "})


@pytest.mark.codex("app-server.thread.git-metadata")
def test_git_metadata_are_set_and_cleared(client: AppServerProbe) -> None:
    thread_id = client.thread()
    client.turn(thread_id)
    given = {"branch": "main", "sha": "abc", "originUrl": "https://example.com/x.git"}
    client.ask("thread/metadata/update", {"threadId": thread_id, "gitInfo": given})
    answer = client.ask("thread/metadata/update", {"threadId": thread_id, "gitInfo": {"branch": None}})
    found = at(answer, "/thread/gitInfo", dict)
    require(found == {**given, "branch": None}, expected=str({**given, "branch": None}), found=found)


@pytest.mark.codex("app-server.thread.ephemeral")
def test_an_ephemeral_thread_is_not_listed(client: AppServerProbe) -> None:
    kept, folder = room(client)
    for thread_id in (client.thread(cwd=folder, ephemeral=True), kept):
        client.turn(thread_id)
    listed = thread_ids(client, cwd=folder)
    require(listed == [kept], expected="only the thread that is kept", found=listed)


@pytest.mark.codex("app-server.thread.ephemeral-works")
def test_an_ephemeral_thread_runs_turns(client: AppServerProbe) -> None:
    started = client.ask("thread/start", {"ephemeral": True})
    require(at(started, "/thread/path") is None, expected="no path", found=started)
    status = client.turn(at(started, "/thread/id", str)).get("status")
    require(status == "completed", expected="completed", found=status)


@pytest.mark.codex("app-server.thread.loaded")
def test_threads_in_memory_are_listed(client: AppServerProbe) -> None:
    ids = {client.thread() for _ in range(2)}
    loaded = at(client.ask("thread/loaded/list", {}), "/data", list)
    require(ids <= set(loaded), expected=f"both of {sorted(ids)}", found=loaded)


@pytest.mark.codex("app-server.thread.unsubscribe")
def test_who_unsubscribes_sees_no_more_turns(client: AppServerProbe) -> None:
    thread_id = client.thread()
    client.ask("thread/unsubscribe", {"threadId": thread_id})
    client.ask("turn/start", {"threadId": thread_id, "input": [{"type": "text", "text": "hi"}]})
    client.wait_for("thread/status/changed", has_status(thread_id, "idle"))
    client.settle()
    seen = client.notifications("turn/started", "item/started", "item/completed", "turn/completed")
    require(not seen, expected="no turn/* and item/*", found=seen)


@pytest.mark.codex("app-server.thread.unsubscribe-status")
def test_unsubscribing_says_what_was_so(client: AppServerProbe) -> None:
    thread_id = client.thread()
    asked = (thread_id, thread_id, NOBODY)
    found = [client.ask("thread/unsubscribe", {"threadId": each}).get("status") for each in asked]
    wanted = ["unsubscribed", "notSubscribed", "notLoaded"]
    require(found == wanted, expected=str(wanted), found=found)


@pytest.mark.codex("app-server.thread.settings-update")
def test_changed_settings_are_told_once(client: AppServerProbe) -> None:
    thread_id = client.thread()
    for _ in range(2):
        client.ask("thread/settings/update", {"threadId": thread_id, "effort": "low"})
    client.settle()
    told = client.notifications("thread/settings/updated")
    require(len(told) == 1, expected="one thread/settings/updated", found=told)
    effort = at(told[0], "/threadSettings/effort")
    require(effort == "low", expected="the effort low", found=effort)


@pytest.mark.codex("app-server.thread.goal")
def test_a_goal_is_set_and_cleared(app_servers: AppServers) -> None:
    client = app_servers.client(Setup(settings={"features.goals": True}))
    thread_id = client.thread()
    client.ask("thread/goal/set", {"threadId": thread_id, "objective": "Measure the tides", "status": "paused"})
    client.wait_for("thread/goal/updated")
    kept = at(client.ask("thread/goal/get", {"threadId": thread_id}), "/goal/objective")
    require(kept == "Measure the tides", expected="Measure the tides", found=kept)
    client.ask("thread/goal/clear", {"threadId": thread_id})
    client.wait_for("thread/goal/cleared")
    left = at(client.ask("thread/goal/get", {"threadId": thread_id}), "/goal")
    require(left is None, expected="no goal", found=left)


@pytest.mark.codex("app-server.thread.injected-items")
def test_injected_items_are_no_turn(client: AppServerProbe) -> None:
    thread_id = client.thread()
    item = {"type": "message", "role": "user", "content": [{"type": "input_text", "text": "Remember the tide."}]}
    client.ask("thread/inject_items", {"threadId": thread_id, "items": [item]})
    turn = client.turn(thread_id)
    thread = client.ask("thread/read", {"threadId": thread_id, "includeTurns": True})
    turns = [each.get("id") for each in at(thread, "/thread/turns", list)]
    require(turns == [turn["id"]], expected="only the turn that ran", found=turns)
