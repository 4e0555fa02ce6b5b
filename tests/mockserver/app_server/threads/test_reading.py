"""``thread/read``, ``thread/loaded/list``, and which ids are refused with which words."""

from __future__ import annotations

import pytest

from codex_mockserver.app_server import Client

STRANGER = "01900000-0000-7000-8000-000000000000"
NO_UUID = "invalid character: expected an optional prefix of `urn:uuid:` followed by [0-9a-fA-F-], found `n` at 1"

#: What each method says of an id that is no thread's: in both releases, or in the new one alone.
UNKNOWN = {
    "thread/read": (-32600, "thread not loaded: "),
    "thread/turns/list": (-32600, "thread not loaded: "),
    "thread/resume": (-32600, "no rollout found for thread id "),
    "thread/fork": (-32600, "no rollout found for thread id "),
    "thread/archive": (-32600, "no rollout found for thread id "),
    "thread/delete": (-32600, "no rollout found for thread id "),
    "thread/unarchive": (-32600, "no archived rollout found for thread id "),
    "thread/goal/get": (-32600, "thread not found: "),
    "thread/goal/clear": (-32600, "thread not found: "),
    "thread/increment_elicitation": (-32600, "thread not found: "),
}
UNKNOWN_NEW = {
    "thread/queue/list": (
        -32603,
        "failed to read thread: invalid thread-store request: no rollout found for thread id ",
    ),
    "thread/memory/read": (-32600, "thread not found: "),
    "thread/guardianReview": (-32600, "thread not found: "),
}


@pytest.mark.parametrize("method", UNKNOWN)
def test_an_unknown_thread_is_refused_in_the_words_of_its_method(talk, release, method):
    code, message = UNKNOWN[method]

    refusal = talk(version=release).refused(method, threadId=STRANGER)

    assert (refusal.code, refusal.message) == (code, message + STRANGER)


@pytest.mark.parametrize("method", UNKNOWN_NEW)
def test_an_unknown_thread_is_refused_by_newer_methods_too(talk, method):
    code, message = UNKNOWN_NEW[method]

    refusal = talk().refused(method, threadId=STRANGER)

    assert (refusal.code, refusal.message) == (code, message + STRANGER)


@pytest.mark.parametrize("method", UNKNOWN)
def test_an_id_that_is_none_is_refused_before_anything_else(talk, release, method):
    noun = "session" if method in ("thread/resume", "thread/fork", "thread/archive", "thread/unarchive") else "thread"

    assert talk(version=release).refused(method, threadId="nope").message == f"invalid {noun} id: {NO_UUID}"


def test_a_name_for_an_unknown_thread_is_refused_by_release(talk):
    assert talk().refused("thread/name/set", threadId=STRANGER, name="n").message == (
        f"no rollout found for thread id {STRANGER}"
    )
    assert talk(version="0.141.0").refused("thread/name/set", threadId=STRANGER, name="n").message == (
        f"thread not found: {STRANGER}"
    )


def test_turns_are_shown_when_they_are_asked_for(talk, release):
    thread = talk(version=release, scenario={"model": [{"say": [{"message": "hi"}]}]})
    thread.say("hello")

    assert thread.ask("thread/read")["thread"]["turns"] == []
    (turn,) = thread.ask("thread/read", includeTurns=True)["thread"]["turns"]
    assert (turn["status"], turn["itemsView"]) == ("completed", "full")
    assert [item["type"] for item in turn["items"]] == ["userMessage", "agentMessage"]


def test_reading_all_turns_at_once_is_discouraged_in_paginated_threads_alone(talk):
    for thread, notices in ((talk(), 1), (talk(historyMode="legacy"), 0), (talk(version="0.141.0"), 0)):
        thread.say("hello")
        thread.client.take()

        thread.ask("thread/read", includeTurns=True)

        assert len(thread.client.take("deprecationNotice")) == notices


def test_items_are_counted_anew_in_a_legacy_history(talk):
    model = [{"say": [{"exec_command": {"cmd": "ls"}}]}, {"say": [{"message": "done"}]}, {"say": [{"message": "more"}]}]
    thread = talk(version="0.141.0", scenario={"model": model}, sandbox="danger-full-access", approvalPolicy="never")
    thread.say("one", "two")

    turns = thread.ask("thread/read", includeTurns=True)["thread"]["turns"]

    assert [[(item["id"], item["type"]) for item in turn["items"]] for turn in turns] == [
        [("item-1", "userMessage"), ("item-2", "agentMessage")],
        [("item-3", "userMessage"), ("item-4", "agentMessage")],
    ]


def test_items_keep_their_ids_in_a_paginated_history(talk):
    thread = talk()
    thread.say("one")
    live = [message["params"]["item"]["id"] for message in thread.client.take("item/completed")]

    (turn,) = thread.ask("thread/read", includeTurns=True)["thread"]["turns"]

    assert [item["id"] for item in turn["items"]] == live


def test_there_is_nothing_to_read_before_the_first_turn(talk):
    new, old, legacy = talk(), talk(version="0.141.0"), talk(historyMode="legacy")

    refusal = new.refused("thread/read", includeTurns=True)
    assert (refusal.code, refusal.message) == (-32601, "list_turns is not supported yet")
    for thread in (old, legacy):
        assert thread.refused("thread/read", includeTurns=True).message == (
            f"thread {thread.id} is not materialized yet; includeTurns is unavailable before first user message"
        )


def test_looking_for_turns_keeps_half_a_thread(talk):
    thread = talk()
    assert thread.refused("thread/turns/list").message == (
        f"thread {thread.id} is not materialized yet; thread/turns/list is unavailable before first user message"
    )

    thread.refused("thread/read", includeTurns=True)

    for method in ("thread/turns/list", "thread/resume"):
        assert thread.refused(method).message == "list_turns is not supported yet"
    assert thread.ask("thread/fork", excludeTurns=True)["thread"]["forkedFromId"] == thread.id
    thread.say("hello")
    assert len(thread.turns()) == 1


def test_an_ephemeral_thread_has_no_turns_to_read(talk, release):
    thread = talk(version=release, ephemeral=True)
    thread.say("hello")

    assert thread.refused("thread/read", includeTurns=True).message == "ephemeral threads do not support includeTurns"
    shown = thread.ask("thread/read")["thread"]
    assert (shown["path"], shown["preview"]) == (None, "")


def test_loaded_threads_are_listed_in_order_with_the_last_id_as_the_cursor(talk, release):
    thread = talk(version=release)
    ids = sorted([thread.id, *(thread.ask("thread/start")["thread"]["id"] for _ in range(3))])

    first = thread.ask("thread/loaded/list", limit=3)
    second = thread.ask("thread/loaded/list", cursor=first["nextCursor"])

    assert (first["data"], first["nextCursor"]) == (ids[:3], ids[2])
    assert (second["data"], second["nextCursor"]) == (ids[3:], None)


def test_a_cursor_of_loaded_threads_is_an_id(talk, release):
    assert talk(version=release).refused("thread/loaded/list", cursor="bogus").message == "invalid cursor: bogus"


def test_any_client_may_read_a_thread_but_only_subscribers_hear_of_its_turns(talk, release):
    thread = talk(version=release)
    other = Client(thread.server)
    other.take()

    thread.say("hello")

    assert other.ask("thread/read", {"threadId": thread.id})["thread"]["preview"] == "hello"
    assert {message["method"] for message in other.take()} == {"thread/status/changed"}


def test_a_failed_turn_is_read_back_by_release(talk, release):
    failing = {"say": [], "end": {"failed": {"code": "server_error", "message": "boom"}}}
    thread = talk(version=release, scenario={"model": [failing] * 9})
    thread.say("go")
    for _ in range(20):
        thread.server.tasks.now.seconds += 60
        thread.client.wake()
    ended = thread.client.take("turn/completed")[-1]["params"]["turn"]

    (turn,) = thread.ask("thread/read", includeTurns=True)["thread"]["turns"]

    assert ended["status"] == "failed"
    assert turn["status"] == {"0.141.0": "completed", "0.169.0": "failed"}[release]
    assert (turn["error"] is None) is (release == "0.141.0")
