"""``thread/resume``: coming back to a thread."""

from __future__ import annotations

from codex_mockserver.app_server import Client

COMMAND = {"model": [{"say": [{"exec_command": {"cmd": "make all"}}]}, {"say": [{"message": "done"}]}]}


def unloaded(thread):
    """Take a thread out of memory, and return it."""
    thread.ask("thread/archive")
    thread.ask("thread/unarchive")
    thread.client.take()
    return thread


def test_a_loaded_thread_is_shown_with_its_turns(talk, release):
    thread = talk(version=release)
    turns = thread.say("one", "two")
    thread.client.take()

    answer = thread.ask("thread/resume")

    assert [turn["id"] for turn in answer["thread"]["turns"]] == turns
    assert "thread/started" not in thread.told()


def test_what_follows_the_answer_comes_in_order(talk):
    thread = talk()
    thread.say("one")
    thread.client.take()

    thread.ask("thread/resume")

    assert thread.told() == ["deprecationNotice", "thread/tokenUsage/updated", "thread/goal/cleared"]


def test_the_usage_is_told_again_with_the_turns_or_with_the_thread(talk):
    thread = talk()
    thread.say("one")
    thread.client.take()

    thread.ask("thread/resume", excludeTurns=True)
    assert "thread/tokenUsage/updated" not in thread.told()
    unloaded(thread).ask("thread/resume", excludeTurns=True)
    assert thread.told() == ["idle", "thread/tokenUsage/updated", "thread/goal/cleared"]


def test_a_thread_that_was_put_away_is_idle_before_the_answer(talk, release):
    thread = talk(version=release)
    thread.say("one")
    unloaded(thread)

    assert thread.ask("thread/resume", excludeTurns=True)["thread"]["status"] == {"type": "idle"}

    assert thread.told()[0] == "idle"


def test_turns_can_be_left_out(talk, release):
    thread = talk(version=release)
    thread.say("one")

    assert thread.ask("thread/resume", excludeTurns=True)["thread"]["turns"] == []


def test_a_first_page_of_turns_comes_along(talk, release):
    thread = talk(version=release)
    _, last = thread.say("one", "two")

    answer = thread.ask("thread/resume", excludeTurns=True, initialTurnsPage={"limit": 1})

    page = answer["initialTurnsPage"]
    assert [turn["id"] for turn in page["data"]] == [last]
    assert page["nextCursor"] is not None


def test_the_cursors_of_the_answer_lead_backwards(talk):
    thread = talk()
    turns = thread.say("one", "two")

    cursor = thread.ask("thread/resume", excludeTurns=True)["turnsBackwardsCursor"]

    page = thread.ask("thread/turns/list", cursor=cursor)
    assert [turn["id"] for turn in page["data"]] == turns[::-1]


def test_there_is_nothing_to_come_back_to_before_the_first_turn(talk, release):
    thread = talk(version=release)

    assert thread.refused("thread/resume").message == f"no rollout found for thread id {thread.id}"


def test_an_archived_thread_must_be_unarchived_first(talk, release):
    thread = talk(version=release)
    thread.say("one")
    thread.ask("thread/archive")

    for method in ("thread/resume", "thread/fork"):
        assert thread.refused(method).message == (
            f"session {thread.id} is archived. Run `codex unarchive {thread.id}` to unarchive it first."
        )


def test_another_model_is_warned_of(talk, release):
    thread = talk(version=release, model="gpt-5.5")
    thread.say("one")
    unloaded(thread)

    assert thread.ask("thread/resume", model="gpt-5.4", excludeTurns=True)["model"] == "gpt-5.4"

    warning = thread.client.take("warning")[0]["params"]["message"]
    assert warning.startswith("This session was recorded with model `gpt-5.5` but is resuming with `gpt-5.4`.")


def test_a_loaded_thread_keeps_its_settings_whatever_is_asked(talk, release):
    thread = talk(version=release, model="gpt-5.5")
    thread.say("one")

    assert thread.ask("thread/resume", model="gpt-5.4", cwd="/", excludeTurns=True)["model"] == "gpt-5.5"
    assert thread.client.take("warning") == []


def test_settings_come_back_by_release(talk, inherited):
    version, policy, sandbox = inherited
    thread = talk(version=version, approvalPolicy="never", sandbox="danger-full-access", model="gpt-5.4")
    thread.say("one")
    unloaded(thread)

    answer = thread.ask("thread/resume", excludeTurns=True)

    assert answer["model"] == "gpt-5.4"
    assert (answer["approvalPolicy"], answer["sandbox"]["type"]) == (policy, sandbox)


def test_a_thread_can_come_back_in_another_folder(talk, release):
    thread = talk(version=release)
    thread.say("one")
    unloaded(thread)

    answer = thread.ask("thread/resume", cwd="/elsewhere", excludeTurns=True)

    assert (answer["cwd"], answer["runtimeWorkspaceRoots"]) == ("/elsewhere", ["/elsewhere"])
    assert answer["thread"]["cwd"] == {"0.141.0": "/work", "0.169.0": "/elsewhere"}[release]


def test_a_path_wins_over_the_id(talk, release):
    thread = talk(version=release)
    thread.say("one")
    path = thread.ask("thread/read")["thread"]["path"]

    assert thread.ask("thread/resume", threadId="junk", path=path, excludeTurns=True)["thread"]["id"] == thread.id
    assert thread.refused("thread/resume", path="/nope.jsonl").message == (
        "failed to resolve rollout path `/nope.jsonl`: file does not exist"
    )


def test_two_sandboxes_are_one_too_many(talk, release):
    thread = talk(version=release)
    thread.say("one")

    refusal = thread.refused("thread/resume", permissions=":workspace", sandbox="read-only")

    assert refusal.message == "`permissions` cannot be combined with `sandbox`"


def test_items_make_a_new_thread(talk, release):
    thread = talk(version=release)
    said = {"type": "message", "role": "user", "content": [{"type": "input_text", "text": "before"}]}

    answer = thread.ask("thread/resume", threadId="junk", history=[said])

    new = answer["thread"]["id"]
    assert new != thread.id
    assert answer["thread"]["preview"] == "before"
    assert thread.server.threads.find(new).conversation() == [said]
    assert thread.refused("thread/resume", threadId="junk", history=[]).message == "history must not be empty"
    assert thread.refused("thread/resume", history=[]).message == (
        f"cannot resume thread {thread.id} with history while it is already running"
    )


def test_a_running_turn_is_shown_as_it_runs(talk, release, slow):
    thread = talk(version=release, scenario=slow)
    (turn,) = thread.say("go")

    shown = thread.ask("thread/resume")["thread"]

    assert shown["status"]["type"] == "active"
    assert [(each["id"], each["status"]) for each in shown["turns"]] == [(turn, "inProgress")]


def test_a_client_that_comes_is_asked_what_is_pending_with_the_same_id(talk, release):
    thread = talk(version=release, scenario=COMMAND, approvalPolicy="untrusted")
    thread.say("go")
    asked = [message for message in thread.client.take() if "id" in message]
    other = Client(thread.server)
    other.take()

    other.ask("thread/resume", {"threadId": thread.id, "excludeTurns": True})

    assert [message for message in other.take() if "id" in message] == asked
    other.reply(asked[0]["id"], {"decision": "accept"})
    assert other.take("turn/completed")
