"""What is left when a server has ended and another one starts in the same home."""

from __future__ import annotations

from dataclasses import replace

import pytest

from codex_conformance.app_servers import Server
from codex_conformance.probes import AppServerProbe, at, require
from codex_conformance.suites.server.app_server._reading import talk, text_of, thread_ids, turns_of
from codex_conformance.suites.server.app_server._scenes import ASKING, SCENE, TOUCHED, begin, room, run_half
from codex_conformance.suites.server.app_servers import AppServers

_QUESTION = "item/commandExecution/requestApproval"


class Home:
    """A home, and the server that lives there."""

    def __init__(self, app_servers: AppServers, server: Server) -> None:
        self._app_servers = app_servers
        self._server = server

    def client(self) -> AppServerProbe:
        """Return a client of the server."""
        probe = self._app_servers.connect(self._server)
        probe.handshake()
        return probe

    def restarted(self) -> AppServerProbe:
        """Return a client of the server that comes after the one that is there, which may end as it likes."""
        self._server.restart()
        return self.client()

    def killed(self) -> AppServerProbe:
        """Return a client of the server that comes after the one that is there, which can do nothing any more."""
        self._server.restart(abruptly=True)
        return self.client()


@pytest.fixture
def home(app_servers: AppServers) -> Home:
    """Return a home that nobody else lives in."""
    return Home(app_servers, app_servers.start(replace(SCENE, settings={"features.goals": True})))


@pytest.mark.codex("app-server.restart.threads")
def test_threads_are_listed_and_read(home: Home) -> None:
    thread_id, turns = talk(home.client(), "high water", "low water")
    client = home.restarted()
    require(thread_ids(client) == [thread_id], expected="the thread in the list", found=thread_ids(client))
    found = [(each.get("id"), text_of(each, "userMessage"), text_of(each)) for each in turns_of(client, thread_id)]
    wanted = [(turns[0], "high water", "Done."), (turns[1], "low water", "Done.")]
    require(found == wanted, expected=str(wanted), found=found)


@pytest.mark.codex("app-server.restart.not-loaded")
def test_nothing_is_loaded_at_first(home: Home) -> None:
    thread_id, _ = talk(home.client(), "high water")
    client = home.restarted()
    loaded = at(client.ask("thread/loaded/list", {}), "/data")
    status = at(client.ask("thread/read", {"threadId": thread_id}), "/thread/status/type")
    require((loaded, status) == ([], "notLoaded"), expected="no thread in memory", found=(loaded, status))


@pytest.mark.codex("app-server.restart.resumes")
def test_a_thread_resumes_and_goes_on(home: Home) -> None:
    thread_id, turns = talk(home.client(), "high water")
    client = home.restarted()
    answer = client.ask("thread/resume", {"threadId": thread_id})
    found = [each.get("id") for each in at(answer, "/thread/turns", list)]
    require(found == turns, expected=f"the turns {turns}", found=found)
    status = client.turn(thread_id, "low water").get("status")
    require(status == "completed", expected="another turn that is completed", found=status)
    said = [text_of(each, "userMessage") for each in turns_of(client, thread_id)]
    require(said == ["high water", "low water"], expected="both turns in one thread", found=said)


@pytest.mark.codex("app-server.restart.names")
def test_names_are_kept(home: Home) -> None:
    client = home.client()
    thread_id, _ = talk(client, "high water")
    client.ask("thread/name/set", {"threadId": thread_id, "name": "Tides"})
    found = at(home.restarted().ask("thread/read", {"threadId": thread_id}), "/thread/name")
    require(found == "Tides", expected="the name Tides", found=found)


@pytest.mark.codex("app-server.restart.archived")
def test_archived_threads_stay_archived(home: Home) -> None:
    client = home.client()
    kept, archived = (talk(client, text)[0] for text in ("high water", "low water"))
    client.ask("thread/archive", {"threadId": archived})
    client = home.restarted()
    found = (thread_ids(client), thread_ids(client, archived=True))
    require(found == ([kept], [archived]), expected="one thread in each list", found=found)


@pytest.mark.codex("app-server.restart.deleted")
def test_deleted_threads_do_not_come_back(home: Home) -> None:
    client = home.client()
    thread_id, _ = talk(client, "high water")
    client.ask("thread/delete", {"threadId": thread_id})
    client = home.restarted()
    client.refusal("thread/resume", {"threadId": thread_id})
    listed = thread_ids(client) + thread_ids(client, archived=True)
    require(listed == [], expected="no thread", found=listed)


@pytest.mark.codex("app-server.restart.goals")
def test_goals_are_kept(home: Home) -> None:
    client = home.client()
    thread_id, _ = talk(client, "high water")
    goal = {"objective": "Measure the tides", "status": "paused"}
    client.ask("thread/goal/set", {"threadId": thread_id, **goal})
    found = at(home.restarted().ask("thread/goal/get", {"threadId": thread_id}), "/goal", dict)
    said = {name: found.get(name) for name in goal}
    require(said == goal, expected=str(goal), found=found)


@pytest.mark.codex("app-server.restart.settings")
def test_a_thread_resumes_with_the_settings_of_its_last_turn(home: Home) -> None:
    client = home.client()
    thread_id = client.thread()
    client.turn(thread_id, model="gpt-5.2", effort="high")
    found = home.restarted().ask("thread/resume", {"threadId": thread_id})
    said = (found.get("model"), found.get("reasoningEffort"))
    require(said == ("gpt-5.2", "high"), expected="gpt-5.2 with the effort high", found=said)


@pytest.mark.codex("app-server.restart.killed-turn")
def test_a_turn_of_a_killed_server_is_interrupted(home: Home) -> None:
    client = home.client()
    thread_id, turns = talk(client, "high water")
    turns.append(run_half(client, thread_id))
    found = [(each.get("id"), each.get("status")) for each in turns_of(home.killed(), thread_id)]
    wanted = list(zip(turns, ("completed", "interrupted"), strict=True))
    require(found == wanted, expected=str(wanted), found=found)


@pytest.mark.codex("app-server.restart.killed-thread")
def test_a_thread_of_a_killed_server_goes_on(home: Home) -> None:
    client = home.client()
    thread_id = client.thread()
    run_half(client, thread_id)
    client = home.killed()
    client.ask("thread/resume", {"threadId": thread_id})
    status = client.turn(thread_id, "low water").get("status")
    require(status == "completed", expected="a turn that is completed", found=status)


@pytest.mark.codex("app-server.restart.killed-question")
def test_a_question_of_a_killed_server_is_over(home: Home) -> None:
    client = home.client()
    thread_id, folder = room(client, **ASKING)
    begin(client, thread_id, "touch")
    asked = client.wait_for(_QUESTION)
    client = home.killed()
    client.ask("thread/resume", {"threadId": thread_id})
    client.send({"id": asked["id"], "result": {"decision": "accept"}}, misuse=True)
    client.turn(thread_id, "low water")
    require(not client.notifications(_QUESTION), expected="no question of the turn before", found=client.messages)
    client.refusal("fs/readFile", {"path": f"{folder}/{TOUCHED}"}, misuse=False)
