"""What a state file keeps of threads when the process is gone."""

from __future__ import annotations

from contextlib import ExitStack

import pytest

from codex_mockserver.world import Clock, World


@pytest.fixture
def reborn(tmp_path):
    """A function that opens the world of the state file; what is still open at the end is closed."""
    with ExitStack() as worlds:

        def begin():
            world = World(seed=1, clock=Clock(frozen_at=1_770_000_000), state_file=tmp_path / "state")
            worlds.callback(world.close)
            return world

        yield begin


def test_a_thread_is_read_back_after_a_restart(talk, reborn, release):
    world = reborn()
    before = talk(version=release, world=world)
    before.say("hello", "again")
    before.ask("thread/name/set", name="named")
    turns = before.ask("thread/turns/list", itemsView="full")["data"]
    world.close()

    after = talk(version=release, world=reborn())
    after.id = before.id

    assert after.refused("turn/start", input=[]).message == f"thread not found: {before.id}"
    row = after.ask("thread/list")["data"][0]
    assert (row["id"], row["name"], row["preview"], row["status"]["type"]) == (before.id, "named", "hello", "notLoaded")
    assert after.ask("thread/turns/list", itemsView="full")["data"] == turns


def test_a_thread_goes_on_where_it_was(talk, reborn, release):
    scenario = {"model": [{"say": [{"message": "one"}]}, {"say": [{"message": "two"}]}]}
    world = reborn()
    before = talk(version=release, world=world, scenario=scenario)
    before.say("hello")
    world.close()

    after = talk(version=release, world=reborn(), scenario=scenario)
    after.id = before.id
    after.ask("thread/resume", excludeTurns=True)
    after.say("again")

    said = after.server.threads.find(after.id).conversation()
    assert [item["content"][0]["text"] for item in said] == ["hello", "one", "again", "two"]


def test_a_turn_that_was_cut_off_is_read_back_as_interrupted(talk, reborn, release, slow):
    world = reborn()
    before = talk(version=release, world=world, scenario=slow)
    before.say("hello")
    # The process dies: nothing is closed, and the file is given up by the next garbage collection.
    world._file._connection.close()
    world._file = None

    after = talk(version=release, world=reborn())
    after.id = before.id

    turn = after.ask("thread/turns/list")["data"][0]
    assert turn["status"] == "interrupted"
    assert turn["completedAt"] is not None
    assert [item["type"] for item in turn["items"]] == ["userMessage"]


def test_turns_that_were_dropped_stay_away(talk, reborn):
    world = reborn()
    before = talk(world=world)
    first, second = before.say("one", "two")
    before.ask("thread/revert", beforeTurnId=second)
    world.close()

    after = talk(world=reborn())
    after.id = before.id

    assert after.turns() == [first]


def test_what_was_deleted_is_gone_with_its_turns(talk, reborn, release):
    world = reborn()
    before = talk(version=release, world=world)
    before.say("one")
    before.ask("thread/delete")
    world.close()

    after = reborn()

    assert not after.state.threads
    assert not after.state.thread_turns


def test_a_summary_takes_the_place_of_what_it_sums_up(talk, reborn, release):
    scenario = {"model": [{"say": [{"message": word}]} for word in ("first", "summary", "last")]}
    world = reborn()
    before = talk(version=release, world=world, scenario=scenario)
    before.say("hello")
    before.ask("thread/compact/start")
    world.close()

    after = talk(version=release, world=reborn(), scenario=scenario)
    after.id = before.id
    after.ask("thread/resume", excludeTurns=True)

    said = str(after.server.threads.find(after.id).conversation())
    assert "summary" in said
    assert "first" not in said


def test_an_ephemeral_thread_is_never_written_down(talk, reborn):
    world = reborn()
    talk(world=world, ephemeral=True).say("secret")

    assert not world.state.threads
    assert not world.state.thread_turns


def test_arrangements_survive(talk, reborn):
    world = reborn()
    before = talk(world=world)
    before.say("one")
    section = before.ask("threadSection/create", name="Work")["section"]["id"]
    project = before.ask("project/create", idempotencyKey="k", name="P", roots=[])["project"]["id"]
    before.ask("thread/section/move", sectionId=section)
    before.ask("thread/metadata/update", projectId=project)
    before.ask("thread/goal/set", objective="win", status="paused")
    before.ask("thread/attachment/add", attachmentType="a", identityKey="k", payload={"x": 1})
    world.close()

    after = talk(world=reborn())
    after.id = before.id

    thread = after.ask("thread/read")["thread"]
    assert (thread["section"]["name"], thread["projectId"]) == ("Work", project)
    assert after.ask("thread/goal/get")["goal"]["objective"] == "win"
    assert after.ask("thread/attachment/list")["data"][0]["payload"] == {"x": 1}


def test_a_world_that_begins_again_takes_its_threads_along(talk):
    thread = talk()
    thread.say("one")

    thread.server.world.reset()

    assert thread.ask("thread/unsubscribe") == {"status": "notLoaded"}
    assert thread.ask("thread/loaded/list")["data"] == []
    assert thread.ask("thread/list")["data"] == []
    assert thread.refused("turn/start", input=[]).message == f"thread not found: {thread.id}"
