"""``thread/fork``: a new thread that begins with the turns of another one."""

from __future__ import annotations

import pytest


def test_a_fork_has_the_turns_of_its_source_and_an_id_of_its_own(talk, release):
    thread = talk(version=release)
    turns = thread.say("one", "two")
    thread.client.take()

    fork = thread.ask("thread/fork")["thread"]

    assert fork["forkedFromId"] == thread.id != fork["id"]
    assert [turn["id"] for turn in fork["turns"]] == turns
    (started,) = thread.client.take("thread/started")
    assert (started["params"]["thread"]["id"], started["params"]["thread"]["turns"]) == (fork["id"], [])


def test_source_and_fork_go_on_apart(talk, release):
    thread = talk(version=release)
    thread.say("one")
    fork = thread.ask("thread/fork")["thread"]["id"]

    thread.say("only here")
    (there,) = thread.say("only there", threadId=fork)

    assert len(thread.turns()) == 2
    assert thread.turns(threadId=fork)[-1] == there
    texts = [str(item) for item in thread.server.threads.find(fork).conversation()]
    assert not any("only here" in text for text in texts)


@pytest.mark.parametrize(
    ("params", "kept"), [({"lastTurnId": 1}, 2), ({"beforeTurnId": 1}, 1), ({"beforeTurnId": 0}, 0)], ids=str
)
def test_a_fork_can_end_at_a_turn(talk, params, kept):
    thread = talk()
    turns = thread.say("one", "two", "three")

    fork = thread.ask("thread/fork", **{name: turns[index] for name, index in params.items()})

    assert [turn["id"] for turn in fork["thread"]["turns"]] == turns[:kept]


def test_an_old_release_forks_whole_whatever_is_asked(talk):
    thread = talk(version="0.141.0")
    turns = thread.say("one", "two")

    fork = thread.ask("thread/fork", lastTurnId=turns[0], beforeTurnId="nope")

    assert [turn["id"] for turn in fork["thread"]["turns"]] == turns


def test_a_turn_that_is_not_there_is_refused_by_mode(talk):
    paginated, legacy = talk(), talk(historyMode="legacy")
    for thread in (paginated, legacy):
        thread.say("one")

    assert paginated.refused("thread/fork", lastTurnId="nope").message == "turn not found: nope"
    assert legacy.refused("thread/fork", lastTurnId="nope").message == (
        "lastTurnId 'nope' was not found in the source thread"
    )


def test_two_limits_are_one_too_many(talk):
    thread = talk()
    thread.say("one")

    refusal = thread.refused("thread/fork", lastTurnId="a", beforeTurnId="b")

    assert refusal.message == "`beforeTurnId` cannot be combined with `lastTurnId`"


def test_a_fork_that_is_not_kept_has_no_turns_to_show(talk):
    thread, old = talk(), talk(version="0.141.0")
    for each in (thread, old):
        each.say("one")

    assert thread.refused("thread/fork", ephemeral=True).message == (
        "ephemeral paginated thread/fork requires `excludeTurns: true`"
    )
    fork = thread.ask("thread/fork", ephemeral=True, excludeTurns=True)["thread"]
    assert (fork["ephemeral"], fork["path"], fork["preview"]) == (True, None, "one")
    assert len(old.ask("thread/fork", ephemeral=True)["thread"]["turns"]) == 1


def test_a_running_turn_is_interrupted_in_the_fork_alone(talk, release, slow):
    thread = talk(version=release, scenario=slow)
    thread.say("go")

    fork = thread.ask("thread/fork")["thread"]

    assert [turn["status"] for turn in fork["turns"]] == ["interrupted"]
    assert thread.ask("thread/turns/list")["data"][0]["status"] == "inProgress"


def test_settings_are_inherited_by_release(talk, inherited):
    version, policy, sandbox = inherited
    thread = talk(version=version, sandbox="danger-full-access", approvalPolicy="never", model="gpt-5.4")
    thread.say("one")

    fork = thread.ask("thread/fork", excludeTurns=True)

    assert (fork["approvalPolicy"], fork["sandbox"]["type"]) == (policy, sandbox)
    assert fork["model"] != "gpt-5.4"
    assert fork["cwd"] == "/work"


@pytest.mark.parametrize("version", ["0.150.0", "0.169.0"])
def test_a_permission_profile_is_inherited(talk, version):
    thread = talk(version=version, permissions=":danger-full-access")
    thread.say("one")

    assert thread.ask("thread/fork", excludeTurns=True)["activePermissionProfile"]["id"] == ":danger-full-access"


def test_a_fork_has_no_preview_for_some_releases(talk):
    thread = talk(version="0.160.0")
    thread.say("one")

    fork = thread.ask("thread/fork", excludeTurns=True)["thread"]

    assert fork["preview"] == ""
    assert [row["id"] for row in thread.ask("thread/list")["data"]] == [thread.id]
    thread.say("two", threadId=fork["id"])
    assert thread.ask("thread/read", threadId=fork["id"])["thread"]["preview"] == "two"


def test_an_attached_fork_is_announced_to_nobody_and_listed_only_with_its_source(talk):
    thread = talk()
    thread.say("one")
    thread.client.take()

    fork = thread.ask("thread/fork", attachToSource=True, excludeTurns=True)["thread"]

    assert fork["attachedToThreadId"] == thread.id
    assert thread.client.take("thread/started") == []
    assert [row["id"] for row in thread.ask("thread/list")["data"]] == [thread.id]
    assert [row["id"] for row in thread.ask("thread/list", attachedToThreadId=thread.id)["data"]] == [fork["id"]]
