"""``thread/search`` and ``thread/searchOccurrences``."""

from __future__ import annotations

import pytest

LONG = "so " * 60


@pytest.fixture
def thread(talk):
    thread = talk(scenario={"model": [{"say": [{"message": word}]} for word in ("The Needle here", "nothing", "x")]})
    thread.turn, _ = thread.say("where?", "and now?")
    return thread


def test_threads_are_found_by_what_was_said_in_them(talk, release):
    thread = talk(version=release, scenario={"model": [{"say": [{"message": "The needle"}]}]})
    thread.say("where?")
    thread.ask("thread/name/set", name="haystack")

    (found,) = thread.ask("thread/search", searchTerm="needle")["data"]

    assert (found["thread"]["id"], found["snippet"]) == (thread.id, "The needle")
    assert thread.ask("thread/search", searchTerm="haystack")["data"] == []


def test_occurrences_say_where_they_are(thread):
    (found,) = thread.ask("thread/searchOccurrences", searchTerm="NEEDLE")["data"]

    assert (found["turnId"], found["snippet"]) == (thread.turn, "The Needle here")
    assert found["snippetMatchRange"] == {"start": 4, "end": 10}
    page = thread.ask("thread/turns/list", cursor=found["turnCursor"])
    assert page["data"][0]["id"] == thread.turn


def test_a_long_text_is_cut_around_what_was_found(talk):
    thread = talk(scenario={"model": [{"say": [{"message": f"{LONG}needle {LONG}"}]}]})
    thread.say("where?")

    (found,) = thread.ask("thread/searchOccurrences", searchTerm="needle")["data"]

    span = found["snippetMatchRange"]
    assert found["snippet"][span["start"] : span["end"]] == "needle"
    assert found["snippet"].startswith("... ")
    assert found["snippet"].endswith(" ...")
    assert len(found["snippet"]) < 150


def test_occurrences_are_paged(thread):
    thread.say("needle")

    page = thread.ask("thread/searchOccurrences", searchTerm="needle", limit=1)
    rest = thread.ask("thread/searchOccurrences", searchTerm="needle", cursor=page["nextCursor"])

    assert [len(page["data"]), len(rest["data"]), rest["nextCursor"]] == [1, 1, None]


def test_a_search_needs_a_term(thread):
    for method in ("thread/search", "thread/searchOccurrences"):
        assert thread.refused(method, searchTerm=" ").message == f"{method} requires a non-empty searchTerm"


def test_a_legacy_history_has_no_occurrences(talk):
    thread = talk(historyMode="legacy")
    thread.say("needle")

    refusal = thread.refused("thread/searchOccurrences", searchTerm="needle")

    assert (refusal.code, refusal.message) == (-32601, "thread/searchOccurrences is not supported yet")


def test_the_archive_is_searched_when_it_is_asked_for(thread):
    thread.ask("thread/archive")

    assert thread.ask("thread/search", searchTerm="needle")["data"] == []
    assert len(thread.ask("thread/search", searchTerm="needle", archived=True)["data"]) == 1
