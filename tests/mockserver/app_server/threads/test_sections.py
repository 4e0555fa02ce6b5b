"""``threadSection/*`` and ``thread/section/move``."""

from __future__ import annotations

import pytest

from codex_mockserver.world import PINNED_SECTION

STRANGER = "01900000-0000-7000-8000-000000000000"


def rows(thread, section, **params):
    page = thread.ask("thread/list", sectionId=section, sortKey="section_position", **params)
    return [row["id"] for row in page["data"]]


@pytest.fixture
def three(talk):
    """Return a talk with three threads in ``ids``."""
    thread = talk()
    thread.ids = [thread.id, *(thread.ask("thread/start")["thread"]["id"] for _ in range(2))]
    for each in thread.ids:
        thread.say("hello", threadId=each)
    thread.client.take()
    return thread


def test_one_section_is_always_there(talk):
    listed = talk().ask("threadSection/list")

    assert listed["data"] == [{"id": PINNED_SECTION, "name": "Pinned", "appearance": None}]


def test_sections_are_made_renamed_and_deleted(talk):
    thread = talk()
    look = {"color": "red", "icon": "star"}
    section = thread.ask("threadSection/create", name=" Work ", appearance=look)["section"]
    assert (section["name"], section["appearance"]) == ("Work", look)

    renamed = thread.ask("threadSection/update", sectionId=section["id"], name="Play")["section"]
    assert (renamed["name"], renamed["appearance"]) == ("Play", look)

    assert thread.ask("threadSection/delete", sectionId=section["id"]) == {}
    assert len(thread.ask("threadSection/list")["data"]) == 1


def test_sections_are_paged_by_their_ids(talk):
    thread = talk()
    made = thread.ask("threadSection/create", name="Work")["section"]["id"]

    page = thread.ask("threadSection/list", limit=1)

    assert page["nextCursor"] == PINNED_SECTION
    assert [each["id"] for each in thread.ask("threadSection/list", cursor=PINNED_SECTION)["data"]] == [made]
    assert thread.ask("threadSection/list", cursor="zz")["data"] == []


@pytest.mark.parametrize(
    ("method", "params", "message"),
    [
        ("create", {"name": " "}, "section name must not be empty"),
        ("update", {"sectionId": "nope", "name": "x"}, "thread section not found: nope"),
        ("delete", {"sectionId": "nope"}, "thread section not found: nope"),
        ("update", {"sectionId": PINNED_SECTION, "name": "x"}, "the built-in pinned section cannot be renamed"),
        ("delete", {"sectionId": PINNED_SECTION}, "the built-in pinned section cannot be deleted"),
    ],
    ids=["no name", "unknown to rename", "unknown to delete", "rename pinned", "delete pinned"],
)
def test_what_does_not_fit_is_refused(talk, method, params, message):
    refusal = talk().refused(f"threadSection/{method}", **params)

    assert (refusal.code, refusal.message) == (-32602, message)


def test_threads_stand_where_they_are_put(three):
    first, second, third = three.ids
    three.ask("thread/section/move", threadId=first, sectionId=PINNED_SECTION)
    three.ask("thread/section/move", threadId=second, sectionId=PINNED_SECTION)
    assert rows(three, PINNED_SECTION) == [first, second]

    three.ask("thread/section/move", threadId=third, sectionId=PINNED_SECTION, beforeThreadId=second)
    assert rows(three, PINNED_SECTION) == [first, third, second]
    assert rows(three, PINNED_SECTION, sortDirection="desc") == [second, third, first]


def test_there_is_always_room_between_two(three):
    first, second, third = three.ids
    for each in (first, second, third):
        three.ask("thread/section/move", threadId=each, sectionId=PINNED_SECTION)

    for number in range(60):
        mover = (second, third)[number % 2]
        other = (third, second)[number % 2]
        three.ask("thread/section/move", threadId=mover, sectionId=PINNED_SECTION, beforeThreadId=other)
        assert rows(three, PINNED_SECTION) == [first, mover, other]


def test_places_are_paged(three):
    for each in three.ids:
        three.ask("thread/section/move", threadId=each, sectionId=PINNED_SECTION)

    page = three.ask("thread/list", sectionId=PINNED_SECTION, sortKey="section_position", limit=2)

    assert page["nextCursor"] == f"2000000|{three.ids[1]}"
    assert page["backwardsCursor"] == f"1000001|{three.ids[0]}"
    assert rows(three, PINNED_SECTION, cursor=page["nextCursor"]) == three.ids[2:]
    assert rows(three, PINNED_SECTION, cursor=page["backwardsCursor"], sortDirection="desc") == three.ids[:1]


def test_a_move_is_told_to_all_and_shows_in_the_thread(three):
    three.ask("thread/section/move", sectionId=PINNED_SECTION)

    (told,) = three.client.take("thread/section/changed")
    assert told["params"] == {"threadId": three.id, "sectionId": PINNED_SECTION}
    shown = three.ask("thread/read")["thread"]
    assert (shown["section"]["name"], shown["sectionEnteredAt"] is not None) == ("Pinned", True)

    three.ask("thread/section/move", sectionId=None)
    assert three.ask("thread/read")["thread"]["section"] is None


def test_the_threads_of_a_deleted_section_are_in_none(three):
    section = three.ask("threadSection/create", name="Work")["section"]["id"]
    three.ask("thread/section/move", sectionId=section)
    three.client.take()

    three.ask("threadSection/delete", sectionId=section)

    assert three.ask("thread/read")["thread"]["section"] is None
    assert three.client.take("thread/section/changed") == []


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({"sectionId": "nope"}, "section nope does not exist"),
        ({"sectionId": None, "beforeThreadId": STRANGER}, "beforeThreadId requires a non-null sectionId"),
        (
            {"sectionId": PINNED_SECTION, "beforeThreadId": STRANGER},
            f"before thread {STRANGER} is not in section {PINNED_SECTION}",
        ),
        ({"sectionId": None, "threadId": STRANGER}, f"thread not found: {STRANGER}"),
    ],
    ids=["unknown section", "no section", "not there", "unknown thread"],
)
def test_a_move_that_cannot_be_is_refused(talk, params, message):
    assert talk().refused("thread/section/move", **params).message == message


def test_an_ephemeral_thread_is_in_no_section(talk):
    thread = talk(ephemeral=True)

    assert thread.refused("thread/section/move", sectionId=PINNED_SECTION).message == (
        f"ephemeral thread does not support section moves: {thread.id}"
    )


def test_a_thread_cannot_go_before_itself(talk):
    thread = talk()

    refusal = thread.refused("thread/section/move", sectionId=PINNED_SECTION, beforeThreadId=thread.id)

    assert refusal.message == f"thread {thread.id} cannot be moved before itself"
