"""Threads and turns do not fill the memory: the oldest go first."""

from __future__ import annotations

import pytest

from codex_mockserver.app_server.threads import _threads


@pytest.fixture
def small(monkeypatch):
    monkeypatch.setattr(_threads, "THREADS", 20)
    monkeypatch.setattr(_threads, "TURNS", 20)


def test_the_oldest_threads_go_first(talk, small, release):
    thread = talk(version=release)
    ids = [thread.id]
    for _ in range(100):
        ids.append(thread.ask("thread/start")["thread"]["id"])
        thread.say("hello", threadId=ids[-1])

    assert len(thread.server.world.state.threads) <= 20
    assert len(thread.server.threads.loaded) <= 20
    listed = [row["id"] for row in thread.ask("thread/list", sortDirection="asc")["data"]]
    assert listed == ids[-len(listed) :]
    thread.say("and again", threadId=ids[-1])


def test_the_oldest_turns_go_first(talk, small, release):
    thread = talk(version=release)
    turns = thread.say(*"abcdefghijklmnopqrstuvwxyz")

    kept = thread.turns()

    assert 0 < len(kept) <= 20
    assert kept == turns[-len(kept) :]
    assert len(thread.server.world.state.thread_turns) == len(kept)


def test_ephemeral_threads_are_bounded_too(talk, small, release):
    thread = talk(version=release, ephemeral=True)
    for _ in range(100):
        last = thread.ask("thread/start", ephemeral=True)["thread"]["id"]

    assert len(thread.server.threads.loaded) <= 20
    thread.say("hello", threadId=last)
