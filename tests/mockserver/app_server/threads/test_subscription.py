"""``thread/unsubscribe``, and the end of a thread that nobody listens to."""

from __future__ import annotations

from codex_mockserver.app_server import Client

STRANGER = "01900000-0000-7000-8000-000000000000"
SOON = {"thread_unload_delay_secs": 5}


def pass_time(thread, seconds):
    thread.server.tasks.now.seconds += seconds
    thread.client.wake()


def test_an_unsubscribed_client_hears_no_more_of_the_turns(talk, release):
    thread = talk(version=release)

    answers = [thread.ask("thread/unsubscribe")["status"] for _ in range(2)]
    thread.say("hello")

    assert answers == ["unsubscribed", "notSubscribed"]
    assert [each for each in thread.told() if each != "thread/readState/changed"] == ["active", "idle"]
    assert thread.ask("thread/unsubscribe", threadId=STRANGER) == {"status": "notLoaded"}


def test_a_thread_without_listeners_leaves_the_memory_after_a_while(talk):
    thread = talk(config=SOON)
    thread.say("hello")
    thread.ask("thread/unsubscribe")
    thread.client.take()

    pass_time(thread, 4)
    assert thread.told() == []
    pass_time(thread, 1)

    assert thread.told() == ["notLoaded", "thread/closed"]
    assert thread.ask("thread/loaded/list")["data"] == []
    assert thread.ask("thread/read")["thread"]["status"] == {"type": "notLoaded"}


def test_a_thread_that_was_never_used_is_gone_then(talk):
    thread = talk(config=SOON)
    thread.ask("thread/unsubscribe")

    pass_time(thread, 5)

    assert thread.refused("thread/read").message == f"thread not loaded: {thread.id}"


def test_whoever_comes_back_keeps_the_thread(talk):
    thread = talk(config=SOON)
    thread.say("hello")
    thread.ask("thread/unsubscribe")
    pass_time(thread, 3)

    thread.ask("thread/resume", excludeTurns=True)
    pass_time(thread, 10)

    assert thread.ask("thread/loaded/list")["data"] == [thread.id]


def test_a_running_turn_keeps_the_thread_until_it_has_ended(talk):
    steps = [{"say": [{"message": "one two three"}], "pacing": {"tokens_per_second": 0.1}}]
    thread = talk(config=SOON, scenario={"model": steps})
    thread.say("go")
    thread.ask("thread/unsubscribe")

    pass_time(thread, 20)
    assert thread.ask("thread/loaded/list")["data"] == [thread.id]
    pass_time(thread, 100)
    pass_time(thread, 5)

    assert thread.ask("thread/loaded/list")["data"] == []


def test_the_default_is_half_an_hour(talk, release):
    thread = talk(version=release)
    thread.say("hello")
    thread.ask("thread/unsubscribe")

    pass_time(thread, 30 * 60 - 1)
    assert thread.ask("thread/loaded/list")["data"] == [thread.id]
    pass_time(thread, 1)
    assert thread.ask("thread/loaded/list")["data"] == []


def test_a_client_that_leaves_is_no_listener_any_more(talk):
    thread = talk(config=SOON)
    thread.say("hello")
    other = Client(thread.server)
    thread.client.close()

    thread.server.tasks.now.seconds += 5
    other.wake()

    assert other.ask("thread/loaded/list", {})["data"] == []


def test_both_subscribers_hear_of_a_turn(talk, release):
    thread = talk(version=release)
    thread.say("hello")
    other = Client(thread.server)
    other.ask("thread/resume", {"threadId": thread.id, "excludeTurns": True})
    for client in (thread.client, other):
        client.take()

    thread.say("again")

    heard = [[message["method"] for message in client.take()] for client in (thread.client, other)]
    assert heard[0] == heard[1]
    assert heard[0][-1] == "turn/completed"
