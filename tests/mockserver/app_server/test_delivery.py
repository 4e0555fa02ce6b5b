"""Faults that strike the messages of an app-server."""

from __future__ import annotations

import msgspec
import pytest

from codex_mockserver.app_server import Client
from codex_schemas import Problem

TEXT = [{"type": "text", "text": "hi"}]
SAY = [{"say": [{"message": "Hello."}], "times": None}]


def sent(connection) -> list[str]:
    """Return what is sent, by method; ``answer`` for answers, the text of what is no JSON."""
    names = []
    for text in connection.take():
        try:
            names.append(msgspec.json.decode(text).get("method", "answer"))
        except msgspec.DecodeError:
            names.append(text.decode())
    return names


@pytest.fixture
def turn(app_server):
    """Return what starts a turn under a fault: the server, the connection, and what came from its answer on."""

    def start(*faults):
        server = app_server(scenario={"model": SAY, "app_server": {"faults": list(faults)}})
        client = Client(server)
        thread = client.ask("thread/start", {})["thread"]["id"]
        client.take()
        server.receive(
            client.connection, msgspec.json.encode(request("turn/start", {"threadId": thread, "input": TEXT}))
        )
        return server, client.connection, sent(client.connection)

    return start


def request(method, params):
    return {"method": method, "id": 99, "params": params}


def test_without_faults_the_answer_is_first_and_the_end_is_last(turn):
    _, _, names = turn()

    assert names[0] == "answer"
    assert names[-1] == "turn/completed"


def test_drop(turn):
    assert "turn/completed" not in turn({"on": "turn/completed", "drop": True})[2]


def test_duplicate(turn):
    assert turn({"on": "turn/completed", "duplicate": True})[2][-2:] == ["turn/completed", "turn/completed"]


def test_swap(turn):
    assert turn({"on": "turn/started", "swap": True})[2][1:4] == [
        "thread/status/changed",
        "item/started",
        "turn/started",
    ]


def test_behind(turn):
    names = turn({"on": "turn/start", "behind": "item/agentMessage/delta"})[2]

    assert names[names.index("answer") - 1] == "item/agentMessage/delta"


def test_a_turn_starts_before_its_answer(turn):
    """So it does in the published app-server, now and then, on a busy machine."""
    names = turn({"on": "turn/start", "behind": "turn/started"})[2]

    assert names[:3] == ["thread/status/changed", "turn/started", "answer"]


def test_insert_and_replace(turn):
    names = turn(
        {"on": "turn/started", "insert": '{"method": "turn/st'},
        {"on": "turn/completed", "insert": {"method": "turn/celebrated", "params": {}}},
        {"on": "item/started", "replace": "no message"},
    )[2]

    assert names[2] == '{"method": "turn/st'
    assert names[-2:] == ["turn/celebrated", "turn/completed"]
    assert names.count("no message") == 1


def test_an_answer_that_is_replaced_keeps_its_id(app_server):
    fault = {"on": "thread/start", "replace": {"error": {"code": -32603, "message": "The disk is full."}}}
    server = app_server(scenario={"app_server": {"faults": [fault]}})
    client = Client(server)
    client.take()

    server.receive(client.connection, msgspec.json.encode(request("thread/start", {})))

    answer = msgspec.json.decode(client.connection.take()[0])
    assert answer == {"id": 99, "error": {"code": -32603, "message": "The disk is full."}}


def test_delay_keeps_the_order_and_lets_all_that_follows_wait(turn, real_time):
    server, connection, names = turn({"on": "turn/started", "delay": 2})

    assert names == ["answer", "thread/status/changed"]
    assert server.wake_at() == 2
    real_time.seconds = 2
    server.wake()
    rest = sent(connection)
    assert rest[0] == "turn/started"
    assert rest[-1] == "turn/completed"


def test_hold_waits_for_its_gate(turn):
    server, connection, names = turn({"on": "turn/completed", "hold": "almost"})

    assert "turn/completed" not in names
    assert server.gates.waiting == {"almost": 1}
    server.gates.open("almost")
    server.wake()
    assert sent(connection) == ["turn/completed"]


def test_exit_ends_the_process_in_the_middle_of_the_turn(turn):
    server, _, names = turn({"on": "item/completed", "exit": 101})

    assert server.exit_code == 101
    assert names[-1] == "item/started"


def test_counts_and_pointers(turn):
    fault = {"on": "item/completed", "when": {"/params/item/type": "agentMessage"}, "drop": True}
    assert turn(fault)[2].count("item/completed") == 1
    assert turn({"on": "item/completed", "after": 1, "drop": True})[2].count("item/completed") == 1
    assert turn({"on": "item/completed", "times": None, "drop": True})[2].count("item/completed") == 0


def test_the_log_tells_of_each_strike(turn):
    server, *_ = turn({"on": "turn/completed", "drop": True, "name": "lost end"})

    assert list(server.log) == ["fault lost end: drop at turn/completed"]


WRONG = {
    "an unknown method": ({"on": "turn/complete", "drop": True}, "Write turn/completed."),
    "no kind": ({"on": "turn/completed"}, "exactly one kind of failure"),
    "two kinds": ({"on": "turn/completed", "drop": True, "exit": 1}, "drop and exit"),
    "a misspelt kind": ({"on": "turn/completed", "dropp": True}, "Write 'drop'."),
    "an unknown method behind": ({"on": "turn/completed", "behind": "turn/begun"}, "app_server.faults[0].behind"),
}


@pytest.mark.parametrize(("fault", "words"), WRONG.values(), ids=WRONG)
def test_what_cannot_be_is_an_error_at_load(app_server, fault, words):
    with pytest.raises(Problem) as raised:
        app_server(scenario={"app_server": {"faults": [fault]}})
    assert words in str(raised.value)
