"""``thread/list``: filters, orders and pages."""

from __future__ import annotations

import pytest

STRANGER = "01900000-0000-7000-8000-000000000000"


def rows(thread, **params):
    return [row["id"] for row in thread.ask("thread/list", **params)["data"]]


@pytest.fixture
def three(talk, release):
    """Return a talk with three threads, a second apart, the oldest first in ``ids``."""
    thread = talk(version=release)
    thread.ids = [thread.id]
    thread.say("first")
    for text in ("second", "third"):
        thread.server.world.clock.advance(1.5)
        thread.ids.append(thread.ask("thread/start", cwd=f"/{text}")["thread"]["id"])
        thread.say(text, threadId=thread.ids[-1])
    return thread


def test_the_newest_comes_first_unless_asked_otherwise(three):
    assert rows(three) == three.ids[::-1]
    assert rows(three, sortDirection="asc") == three.ids


def test_a_thread_is_listed_once_somebody_has_spoken(talk, release):
    thread = talk(version=release)
    thread.ask("thread/name/set", name="named")

    assert rows(thread) == []
    thread.say("hello")
    assert rows(thread) == [thread.id]


def test_a_goal_makes_a_thread_visible_by_release(talk, release):
    thread = talk(version=release)
    thread.ask("thread/goal/set", objective="win", status="paused")

    assert rows(thread) == {"0.141.0": [], "0.169.0": [thread.id]}[release]


def test_a_thread_that_was_used_comes_first_when_that_is_the_order(three):
    three.server.world.clock.advance(1)
    three.say("again", threadId=three.ids[0])

    assert rows(three, sortKey="updated_at")[0] == three.ids[0]
    assert rows(three)[0] == three.ids[2]


@pytest.mark.parametrize("direction", ["asc", "desc"])
@pytest.mark.parametrize("key", ["created_at", "updated_at", "recency_at"])
def test_pages_follow_one_another(talk, key, direction):
    thread = talk()
    ids = [thread.id, *(thread.ask("thread/start")["thread"]["id"] for _ in range(4))]
    for each in ids:
        thread.say("hello", threadId=each)
    wanted = ids if direction == "asc" else ids[::-1]

    found, cursor = [], None
    for _ in ids:
        params = {"cursor": cursor} if cursor else {}
        page = thread.ask("thread/list", limit=2, sortKey=key, sortDirection=direction, **params)
        found += [row["id"] for row in page["data"]]
        if (cursor := page["nextCursor"]) is None:
            break

    # All five have the same time: the cursor's thread tells them apart.
    assert found == wanted


def test_the_cursors_of_an_old_release_are_times_alone(talk):
    thread = talk(version="0.141.0")
    thread.say("hello")
    thread.server.world.clock.advance(1)
    other = thread.ask("thread/start")["thread"]["id"]
    thread.say("hello", threadId=other)

    page = thread.ask("thread/list", limit=1)

    assert (page["nextCursor"], page["backwardsCursor"]) == ("2026-02-02T02:40:01Z", "2026-02-02T02:40:00.999Z")
    assert rows(thread, cursor=page["nextCursor"]) == [thread.id]
    assert rows(thread, cursor=page["backwardsCursor"], sortDirection="asc") == [other]


def test_a_cursor_of_a_new_release_names_the_thread(three):
    page = three.ask("thread/list", limit=1)

    text = "2026-02-02T02:40:03Z"
    names = three.server.traits.cursors_name_threads
    assert page["nextCursor"] == (f"{text}|{three.ids[2]}" if names else text)


@pytest.mark.parametrize("cursor", ["junk", "2026-13-40T99:99:99Z", "", "2026-01-01T00:00:00Z|nope", f"5|{STRANGER}"])
def test_a_bad_cursor_is_refused(talk, release, cursor):
    assert talk(version=release).refused("thread/list", cursor=cursor).message == f"invalid cursor: {cursor}"


@pytest.mark.parametrize(
    ("params", "expected"),
    [
        ({"cwd": "/second"}, [1]),
        ({"cwd": ["/second", "/third"]}, [2, 1]),
        ({"cwd": []}, []),
        ({"cwd": "/sec"}, []),
        ({"modelProviders": ["openai"]}, [2, 1, 0]),
        ({"modelProviders": ["other"]}, []),
        ({"modelProviders": []}, [2, 1, 0]),
        ({"sourceKinds": ["vscode"]}, [2, 1, 0]),
        ({"sourceKinds": ["exec", "appServer"]}, []),
        ({"sourceKinds": []}, [2, 1, 0]),
        ({"searchTerm": "sec"}, [1]),
        ({"searchTerm": "SEC"}, []),
        ({"searchTerm": ""}, [2, 1, 0]),
        ({"archived": True}, []),
        ({"parentThreadId": STRANGER}, []),
        ({"limit": 0}, [2]),
        ({"useStateDbOnly": True}, [2, 1, 0]),
    ],
    ids=str,
)
def test_a_filter_leaves_what_it_says(three, params, expected):
    assert rows(three, **params) == [three.ids[index] for index in expected]


def test_a_name_is_searched_too(three):
    three.ask("thread/name/set", name="A good name")

    assert rows(three, searchTerm="good") == [three.ids[0]]


def test_some_threads_can_be_left_out(talk):
    thread = talk()
    thread.say("hello")

    assert rows(thread, excludedThreadIds=[thread.id]) == []
    assert rows(thread, excludedThreadIds=[]) == [thread.id]


def test_attached_threads_are_found_by_a_term_when_they_are_asked_for(talk):
    thread = talk()
    thread.say("hello")
    fork = thread.ask("thread/fork", attachToSource=True, excludeTurns=True)["thread"]["id"]

    assert rows(thread, searchTerm="hell") == [thread.id]
    assert set(rows(thread, searchTerm="hell", includeAttachedThreads=True)) == {thread.id, fork}


@pytest.mark.parametrize(
    ("params", "code", "message"),
    [
        ({"sortKey": "section_position"}, -32600, "section-position sorting requires a section filter"),
        (
            {"parentThreadId": STRANGER, "ancestorThreadId": STRANGER},
            -32600,
            "parentThreadId and ancestorThreadId are mutually exclusive",
        ),
        ({"includeAttachedThreads": True}, -32600, "includeAttachedThreads requires a non-empty searchTerm"),
        (
            {"excludedThreadIds": ["nope"]},
            -32602,
            (
                "invalid excluded thread id: invalid character: expected an optional prefix of `urn:uuid:` "
                "followed by [0-9a-fA-F-], found `n` at 1"
            ),
        ),
        (
            {"attachedToThreadId": "nope"},
            -32600,
            (
                "invalid attached thread parent id: invalid character: expected an optional prefix of `urn:uuid:` "
                "followed by [0-9a-fA-F-], found `n` at 1"
            ),
        ),
        ({"originators": ["x"]}, -32602, "originator filtering is not supported by the local app-server"),
        ({"projectId": "nope"}, -32602, "project not found: nope"),
        (
            {"parentThreadId": "nope"},
            -32600,
            (
                "invalid parent thread id: invalid character: expected an optional prefix of `urn:uuid:` "
                "followed by [0-9a-fA-F-], found `n` at 1"
            ),
        ),
    ],
    ids=[
        "places without a section",
        "two relations",
        "attached",
        "excluded",
        "attached to",
        "originators",
        "project",
        "parent",
    ],
)
def test_what_cannot_be_listed_is_refused(talk, params, code, message):
    refusal = talk().refused("thread/list", **params)

    assert (refusal.code, refusal.message) == (code, message)


def test_a_row_says_how_the_thread_stands_and_not_whether_it_takes_input(talk):
    thread = talk()
    thread.say("hello")

    page = thread.ask("thread/list")

    (row,) = page["data"]
    assert (row["status"], row["turns"], row["canAcceptDirectInput"]) == ({"type": "idle"}, [], None)
    assert page["readStates"][thread.id]["firstUnread"]["type"] == "turn"
