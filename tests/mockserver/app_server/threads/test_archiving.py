"""``thread/archive``, ``unarchive`` and ``delete``, with the descendants."""

from __future__ import annotations

import pytest

from codex_mockserver.world import Thread


@pytest.fixture
def family(talk, release):
    """Return a talk whose thread has a child and a grandchild."""
    thread = talk(version=release)
    thread.say("hello")
    parent = thread.server.threads.find(thread.id).record
    thread.children = []
    for _ in range(2):
        now = thread.server.world.now()
        record = Thread(
            thread.server.world.ids.uuid7(now), "/work", now, now, now, parent.settings, release, parent.history_mode
        )
        record.parent_id = thread.children[-1] if thread.children else thread.id
        record.preview, record.is_kept = "child", True
        record.source = {"subAgent": {"thread_spawn": {"parent_thread_id": record.parent_id, "depth": 1}}}
        thread.server.threads.add(record)
        thread.children.append(record.id)
    thread.client.take()
    return thread


def heard(thread, method):
    return [message["params"]["threadId"] for message in thread.client.take(method)]


def test_an_archived_thread_moves_to_the_archive(talk, release):
    thread = talk(version=release)
    thread.say("hello")
    thread.client.take()

    assert thread.ask("thread/archive") == {}

    assert thread.told() == ["notLoaded", "thread/archived"]
    assert thread.ask("thread/list")["data"] == []
    (row,) = thread.ask("thread/list", archived=True)["data"]
    assert "/archived_sessions/rollout-" in row["path"]
    assert thread.ask("thread/turns/list")["data"]


def test_archiving_twice_finds_nothing(talk, release):
    thread = talk(version=release)
    thread.say("hello")
    thread.ask("thread/archive")

    assert thread.refused("thread/archive").message == f"no rollout found for thread id {thread.id}"


def test_a_thread_without_a_turn_is_archived_by_release(talk):
    assert talk().ask("thread/archive") == {}
    old = talk(version="0.141.0")
    assert old.refused("thread/archive").message == f"no rollout found for thread id {old.id}"


def test_an_unarchived_thread_is_back_but_not_in_memory(talk, release):
    thread = talk(version=release)
    thread.say("hello")
    thread.ask("thread/archive")
    thread.client.take()

    back = thread.ask("thread/unarchive")["thread"]

    assert (back["status"], back["turns"]) == ({"type": "notLoaded"}, [])
    assert thread.told() == ["thread/unarchived"]
    assert thread.refused("turn/start", input=[]).message == f"thread not found: {thread.id}"
    assert thread.refused("thread/unarchive").message == f"no archived rollout found for thread id {thread.id}"


def test_a_loaded_thread_cannot_be_unarchived(talk, release):
    thread = talk(version=release)
    thread.say("hello")

    assert (
        thread.refused("thread/unarchive").message
        == {
            "0.141.0": f"no archived rollout found for thread id {thread.id}",
            "0.169.0": f"thread {thread.id} already has an active writer",
        }[release]
    )


def test_descendants_are_archived_along_and_come_back_by_release(family, release):
    everyone = [family.id, *family.children]

    family.ask("thread/archive")
    assert heard(family, "thread/archived") == everyone

    family.ask("thread/unarchive")
    assert heard(family, "thread/unarchived") == {"0.141.0": [family.id], "0.169.0": everyone}[release]


def test_descendants_are_listed_by_their_ancestor(family, release):
    for kinds in ({}, {"sourceKinds": ["subAgent"]}, {"sourceKinds": ["subAgentThreadSpawn"]}):
        (child,) = family.ask("thread/list", parentThreadId=family.id, **kinds)["data"]
        assert child["id"] == family.children[0]
        if release == "0.169.0":
            assert child["canAcceptDirectInput"] is False
            below = family.ask("thread/list", ancestorThreadId=family.id, **kinds)["data"]
            assert {row["id"] for row in below} == set(family.children)
    assert family.ask("thread/list", parentThreadId=family.id, sourceKinds=["vscode"])["data"] == []
    assert [row["id"] for row in family.ask("thread/list")["data"]] == [family.id]


def test_descendants_are_deleted_along(family):
    family.ask("thread/delete")

    assert heard(family, "thread/deleted") == [family.id, *family.children]
    assert family.ask("thread/loaded/list")["data"] == []


def test_a_deleted_thread_is_gone(talk, release):
    thread = talk(version=release)
    thread.say("hello")
    thread.client.take()

    assert thread.ask("thread/delete") == {}

    assert thread.told() == ["notLoaded", "thread/deleted"]
    assert thread.refused("thread/delete").message == f"no rollout found for thread id {thread.id}"
    assert thread.refused("thread/read").message == f"thread not loaded: {thread.id}"


def test_a_thread_that_others_were_forked_from_stays_in_new_releases(talk, release):
    thread = talk(version=release)
    thread.say("hello")
    thread.ask("thread/fork", excludeTurns=True)

    if release == "0.141.0":
        assert thread.ask("thread/delete") == {}
    else:
        assert thread.refused("thread/delete").message == (
            f"cannot delete thread {thread.id}: forked history still references it"
        )


@pytest.mark.parametrize("method", ["thread/archive", "thread/delete"])
def test_a_running_turn_ends_first(talk, release, slow, method):
    thread = talk(version=release, scenario=slow)
    thread.say("go")
    thread.client.take()

    thread.ask(method)

    done = {"thread/archive": "thread/archived", "thread/delete": "thread/deleted"}[method]
    assert thread.told() == ["idle", "turn/completed", "notLoaded", done]


def test_an_ephemeral_thread_is_not_on_file(talk, release):
    thread = talk(version=release, ephemeral=True)
    thread.say("hello")

    assert thread.refused("thread/archive").message == f"no rollout found for thread id {thread.id}"
    assert thread.refused("thread/unarchive").message == f"no archived rollout found for thread id {thread.id}"
    assert thread.refused("thread/delete").message == f"thread is not persisted and cannot be deleted: {thread.id}"
