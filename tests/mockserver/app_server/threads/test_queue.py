"""``thread/queue/*``: input that waits until a thread is idle."""

from __future__ import annotations

import pytest


def given(text):
    return [{"type": "text", "text": text}]


def queue(thread, text):
    added = thread.ask("thread/queue/add", clientUserMessageId=f"my-{text}", input=given(text))
    return added["queuedSubmission"]["id"]


def waiting(thread, **params):
    return [each["input"][0]["text"] for each in thread.ask("thread/queue/list", **params)["data"]]


@pytest.fixture
def busy(talk, slow):
    """Return a talk whose turn runs until it is interrupted."""
    thread = talk(scenario={"model": [*slow["model"], *({"say": [{"message": "done"}]} for _ in range(4))]})
    thread.say("go")
    thread.turn = thread.turns()[0]
    thread.client.take()
    return thread


def test_an_idle_thread_takes_its_input_at_once(talk):
    thread = talk()

    queue(thread, "A")

    told = thread.told()
    assert told[:4] == ["thread/queue/changed", "thread/queue/changed", "active", "turn/started"]
    (turn,) = thread.ask("thread/turns/list")["data"]
    assert turn["items"][0]["content"][0]["text"] == "A"
    assert turn["items"][0]["clientId"] == "my-A"
    assert waiting(thread) == []


def test_a_busy_thread_lets_it_wait(busy):
    queue(busy, "A")
    queue(busy, "B")

    assert waiting(busy) == ["A", "B"]
    assert busy.told() == ["thread/queue/changed"] * 2


def test_the_queue_drains_turn_by_turn(talk):
    steps = [{"say": [{"message": "x"}], "pacing": {"tokens_per_second": 1}}, *[{"say": [{"message": "y"}]}] * 2]
    thread = talk(scenario={"model": steps})
    thread.say("go")
    queue(thread, "A")
    queue(thread, "B")

    thread.server.tasks.now.seconds += 60
    thread.client.wake()

    turns = thread.ask("thread/turns/list", sortDirection="asc")["data"]
    assert [turn["items"][0]["content"][0]["text"] for turn in turns] == ["go", "A", "B"]
    assert waiting(thread) == []


def test_an_interruption_holds_the_queue_until_it_is_started(busy):
    queue(busy, "A")
    queue(busy, "B")
    busy.ask("turn/interrupt", turnId=busy.turn)
    assert waiting(busy) == ["A", "B"]

    turn = busy.ask("thread/queue/start")["turn"]

    assert turn["status"] == "inProgress"
    assert waiting(busy) == []
    assert len(busy.turns()) == 3


def test_one_can_be_chosen(busy):
    queue(busy, "A")
    chosen = queue(busy, "B")
    queue(busy, "C")
    busy.ask("turn/interrupt", turnId=busy.turn)

    busy.ask("thread/queue/start", queuedSubmissionId=chosen)

    texts = [turn["items"][0]["content"][0]["text"] for turn in busy.ask("thread/turns/list")["data"]]
    assert texts[::-1] == ["go", "B", "A", "C"]


def test_what_waits_can_be_changed_moved_and_taken_out(busy):
    first, second = queue(busy, "A"), queue(busy, "B")

    changed = busy.ask("thread/queue/update", queuedSubmissionId=first, input=given("new"))
    busy.ask("thread/queue/reorder", queuedSubmissionIds=[second, first])

    assert changed["queuedSubmission"]["clientUserMessageId"] == "my-A"
    assert waiting(busy) == ["B", "new"]
    assert [busy.ask("thread/queue/delete", queuedSubmissionId=second)["deleted"] for _ in range(2)] == [True, False]
    assert waiting(busy) == ["new"]


def test_pages_are_cut_by_number(busy):
    for text in "ABC":
        queue(busy, text)

    page = busy.ask("thread/queue/list", limit=2)

    assert page["nextCursor"] == "2"
    assert waiting(busy, cursor="2") == ["C"]


@pytest.mark.parametrize(
    ("method", "params", "message"),
    [
        ("add", {"clientUserMessageId": "x", "input": []}, "only user input can be added to the user-message queue"),
        ("list", {"cursor": "zz"}, "invalid queue pagination cursor: invalid digit found in string"),
        ("reorder", {"queuedSubmissionIds": ["x"]}, "queue reorder must include every queued submission exactly once"),
        ("update", {"queuedSubmissionId": "x", "input": given("y")}, "queued submission not found: x"),
        ("start", {}, "queue is empty"),
        ("start", {"queuedSubmissionId": "x"}, "queued submission not found: x"),
    ],
    ids=["empty input", "cursor", "order", "unknown", "nothing to start", "unknown to start"],
)
def test_what_does_not_fit_is_refused(talk, method, params, message):
    assert talk().refused(f"thread/queue/{method}", **params).message == message


def test_a_busy_thread_starts_nothing(busy):
    queue(busy, "A")

    assert busy.refused("thread/queue/start").message == "thread already has an active or pending turn"


def test_an_ephemeral_thread_has_no_queue(talk):
    thread = talk(ephemeral=True)

    assert thread.refused("thread/queue/list").message == (
        f"ephemeral thread does not support queued submissions: {thread.id}"
    )


def test_an_archived_thread_has_no_queue(talk):
    thread = talk()
    thread.say("hello")
    thread.ask("thread/archive")

    assert thread.refused("thread/queue/add", clientUserMessageId="x", input=given("A")).message.startswith(
        f"session {thread.id} is archived."
    )


def test_a_queue_does_not_grow_without_end(busy):
    for _ in range(1000):
        queue(busy, "x")

    refusal = busy.refused("thread/queue/add", clientUserMessageId="x", input=given("one too many"))

    assert refusal.message == f"thread queue is full: {busy.id}"
