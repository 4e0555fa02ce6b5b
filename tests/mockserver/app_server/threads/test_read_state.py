"""``thread/readState/update``, and what a turn does to it."""

from __future__ import annotations

from codex_mockserver.app_server import Client


def state(thread):
    return thread.ask("thread/read")["readState"]


def update(thread, operation, revision=None):
    revision = revision or state(thread)["revision"]
    return thread.ask("thread/readState/update", expectedRevision=revision, operation={"type": operation})["readState"]


def test_the_first_turn_that_nobody_read_is_where_it_begins(talk):
    thread = talk()
    first, _ = thread.say("one", "two")

    assert state(thread)["firstUnread"] == {"type": "turn", "turnId": first}


def test_it_is_announced_before_the_thread_is_idle(talk):
    thread = talk()
    thread.say("one")

    told = thread.told()

    assert told.index("thread/readState/changed") < told.index("idle") < told.index("turn/completed")


def test_a_thread_is_read_and_unread_again(talk):
    thread = talk()
    thread.say("one")
    before = state(thread)["revision"]

    read = update(thread, "read")
    assert (read["firstUnread"], read["revision"] != before) == (None, True)
    assert update(thread, "unread")["firstUnread"] == {"type": "threadStart"}
    thread.say("two")
    assert state(thread)["firstUnread"] == {"type": "threadStart"}


def test_who_comes_too_late_is_told_how_it_stands(talk):
    thread = talk()
    thread.say("one")

    refusal = thread.refused("thread/readState/update", expectedRevision="0", operation={"type": "read"})

    assert refusal.message == "read state changed"
    assert refusal.data == {"reason": "readStateConflict", "readState": state(thread)}


def test_there_is_no_state_before_there_is_anything_to_read(talk):
    for thread in (talk(), talk(ephemeral=True)):
        assert state(thread) is None
        refusal = thread.refused("thread/readState/update", expectedRevision="0", operation={"type": "read"})
        assert refusal.message == "thread read state unavailable"


def test_an_unknown_thread_has_no_state(talk):
    stranger = "01900000-0000-7000-8000-000000000000"

    refusal = talk().refused(
        "thread/readState/update", threadId=stranger, expectedRevision="0", operation={"type": "read"}
    )

    assert refusal.message == f"thread not loaded: {stranger}"


def test_an_interrupted_turn_has_nothing_to_read(talk, slow):
    thread = talk(scenario=slow)
    (turn,) = thread.say("go")

    thread.ask("turn/interrupt", turnId=turn)

    assert state(thread)["firstUnread"] is None


def test_only_clients_of_the_experimental_api_hear_of_it(talk):
    thread = talk()
    plain = Client(thread.server, experimental=False)

    thread.say("one")

    assert plain.take("thread/readState/changed") == []
    assert thread.client.take("thread/readState/changed")


def test_an_old_release_knows_nothing_of_it(talk):
    thread = talk(version="0.141.0")
    thread.say("one")

    assert "thread/readState/changed" not in thread.told()
    assert "readState" not in thread.ask("thread/read")
