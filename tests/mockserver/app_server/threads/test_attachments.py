"""``thread/attachment/*``: what clients hang at threads."""

from __future__ import annotations

import pytest

KIND = {"attachmentType": "a"}


@pytest.fixture
def thread(talk):
    thread = talk()
    thread.say("hello")
    thread.client.take()
    return thread


def add(thread, key, payload=None, **params):
    return thread.ask("thread/attachment/add", **KIND, identityKey=key, payload=payload, **params)


def test_one_thing_hangs_under_a_type_and_a_key(thread):
    first = add(thread, "k", {"x": 1})
    second = add(thread, "k", {"x": 2})

    assert (first["outcome"], second["outcome"]) == ("created", "existing")
    assert second["attachment"] == first["attachment"]
    (told,) = thread.client.take("thread/attachment/updated")
    assert (told["params"]["operation"], told["params"]["attachmentId"]) == ("created", first["attachment"]["id"])


def test_it_is_taken_away_once(thread):
    add(thread, "k")
    thread.client.take()

    assert [thread.ask("thread/attachment/remove", **KIND, identityKey="k") for _ in range(2)] == [{}, {}]

    assert [message["params"]["operation"] for message in thread.client.take()] == ["deleted"]
    assert thread.ask("thread/attachment/list")["data"] == []


def test_pages_follow_one_another(thread):
    for key in "abc":
        add(thread, key)

    page = thread.ask("thread/attachment/list", limit=2)
    rest = thread.ask("thread/attachment/list", cursor=page["nextCursor"])

    assert [each["identityKey"] for each in page["data"] + rest["data"]] == list("abc")
    assert page["nextCursor"].startswith(f"{thread.id}|")


def test_the_threads_of_an_attachment_are_found(thread):
    add(thread, "k")
    other = thread.ask("thread/fork", excludeTurns=True)["thread"]["id"]
    add(thread, "k", threadId=other)
    thread.ask("thread/archive", threadId=other)

    owners = thread.ask("thread/attachmentOwner/list", **KIND, identityKey="k")["data"]
    assert owners == [{"threadId": thread.id, "archived": False}, {"threadId": other, "archived": True}]

    page = thread.ask("thread/attachmentOwner/list", **KIND, identityKey="k", limit=1)
    rest = thread.ask("thread/attachmentOwner/list", **KIND, identityKey="k", cursor=page["nextCursor"])
    assert page["data"] + rest["data"] == owners
    assert thread.ask("thread/attachmentOwner/list", **KIND, identityKey="k", archived=True)["data"] == owners[1:]


@pytest.mark.parametrize("method", ["add", "remove"])
@pytest.mark.parametrize("empty", ["attachmentType", "identityKey"])
def test_names_must_not_be_empty(thread, method, empty):
    params = {**KIND, "identityKey": "k", "payload": 1, empty: ""}

    refusal = thread.refused(f"thread/attachment/{method}", **params)

    assert (refusal.code, refusal.message) == (-32602, f"{empty} must not be empty")


def test_nothing_hangs_at_a_thread_without_a_turn(talk):
    for thread in (talk(), talk(ephemeral=True)):
        refusal = thread.refused("thread/attachment/add", **KIND, identityKey="k", payload=1)
        assert (refusal.code, refusal.message) == (-32602, f"thread not found: {thread.id}")


def test_not_everything_hangs_at_one_thread(thread):
    for number in range(1000):
        add(thread, str(number))

    refusal = thread.refused("thread/attachment/add", **KIND, identityKey="one too many", payload=1)

    assert (refusal.code, refusal.message) == (-32602, f"thread has too many attachments: {thread.id}")


def test_a_cursor_of_nothing_is_refused(thread):
    for method, params in (
        ("thread/attachment/list", {}),
        ("thread/attachmentOwner/list", {**KIND, "identityKey": "k"}),
    ):
        refusal = thread.refused(method, cursor="zz", **params)
        assert (refusal.code, refusal.message) == (-32602, "invalid pagination cursor")
