"""``thread/name/set`` and ``thread/metadata/update``."""

from __future__ import annotations

import pytest

from codex_mockserver.app_server import Client


def test_a_name_is_trimmed_and_told_to_everyone(talk, release):
    thread = talk(version=release)
    other = Client(thread.server)
    other.take()

    assert thread.ask("thread/name/set", name="  a b ") == {}

    (told,) = other.take("thread/name/updated")
    assert told["params"] == {"threadId": thread.id, "threadName": "a b"}
    assert thread.ask("thread/read")["thread"]["name"] == "a b"


def test_an_empty_name_is_refused(talk, release):
    assert talk(version=release).refused("thread/name/set", name=" ").message == "thread name must not be empty"


def test_a_name_keeps_a_thread_without_a_turn(talk, release):
    thread = talk(version=release)
    thread.ask("thread/name/set", name="kept")

    assert thread.ask("thread/read", includeTurns=True)["thread"]["turns"] == []
    assert thread.ask("thread/resume", excludeTurns=True)["thread"]["name"] == "kept"


def test_an_archived_thread_gets_no_name(talk, release):
    thread = talk(version=release)
    thread.say("hello")
    thread.ask("thread/archive")

    assert thread.refused("thread/name/set", name="n").message == f"no rollout found for thread id {thread.id}"


def test_metadata_is_added_and_taken_away_field_by_field(talk, release):
    thread = talk(version=release)

    def git(**fields):
        return thread.ask("thread/metadata/update", gitInfo=fields)["thread"]["gitInfo"]

    assert git(branch="main", sha="abc") == {"branch": "main", "sha": "abc", "originUrl": None}
    assert git(branch=None) == {"branch": None, "sha": "abc", "originUrl": None}
    assert git(sha=None) is None


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({"gitInfo": {}}, "gitInfo must include at least one field"),
        ({"gitInfo": {"branch": " "}}, "gitInfo.branch must not be empty"),
        ({"gitInfo": {"sha": ""}}, "gitInfo.sha must not be empty"),
        ({"gitInfo": {"originUrl": ""}}, "gitInfo.originUrl must not be empty"),
    ],
    ids=["nothing", "branch", "sha", "origin"],
)
def test_bad_metadata_is_refused(talk, release, params, message):
    assert talk(version=release).refused("thread/metadata/update", **params).message == message


def test_an_update_of_nothing_is_refused_by_release(talk, release):
    assert (
        talk(version=release).refused("thread/metadata/update").message
        == {
            "0.141.0": "gitInfo must include at least one field",
            "0.169.0": "thread metadata update must include at least one field",
        }[release]
    )


def test_an_ephemeral_thread_has_no_metadata(talk, release):
    thread = talk(version=release, ephemeral=True)
    message = f"ephemeral thread does not support metadata updates: {thread.id}"

    assert thread.refused("thread/name/set", name="n").message == message
    assert thread.refused("thread/metadata/update", gitInfo={"sha": "a"}).message == message
    assert thread.refused("thread/memoryMode/set", mode="disabled").message == message


def test_daybreak_is_written_down(talk):
    assert talk().ask("thread/metadata/update", daybreakEnabled=True)["thread"]["daybreakEnabled"] is True
