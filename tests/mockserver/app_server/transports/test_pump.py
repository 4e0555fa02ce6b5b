"""What stands between the bytes of clients and the server."""

from __future__ import annotations

import json

import pytest

from codex_mockserver.app_server.transports.pump import MOST_WAITING, Pump

INITIALIZE = b'{"method":"initialize","id":"i","params":{"clientInfo":{"name":"probe","version":"1"}}}'


@pytest.fixture
def told():
    return []


@pytest.fixture
def pump(app_server, told):
    return Pump(app_server(), told.append)


class Sent(list):
    """What was sent to a client, decoded."""

    def __call__(self, messages):
        self += map(json.loads, messages)

    @property
    def answers(self):
        return [message for message in self if "method" not in message]


def loaded_list(identifier) -> bytes:
    return json.dumps({"method": "thread/loaded/list", "id": identifier, "params": {}}).encode()


def test_each_client_gets_its_own_answers(pump):
    first, second = Sent(), Sent()
    connections = pump.join(first), pump.join(second)
    for connection in connections:
        pump.receive(connection, [INITIALIZE])

    pump.receive(connections[1], [loaded_list(7)])

    assert [answer["id"] for answer in first.answers] == ["i"]
    assert [answer["id"] for answer in second.answers] == ["i", 7]


def test_requests_beyond_the_queue_are_refused_before_the_others_are_answered(pump):
    sent = Sent()
    connection = pump.join(sent)
    pump.receive(connection, [INITIALIZE])
    sent.clear()

    pump.receive(connection, [loaded_list(number) for number in range(MOST_WAITING + 3)])

    refused = [answer for answer in sent.answers if "error" in answer]
    assert [answer["id"] for answer in sent.answers] == [128, 129, 130, *range(MOST_WAITING)]
    assert refused == [
        {"error": {"code": -32001, "message": "Server overloaded; retry later."}, "id": 128 + number}
        for number in range(3)
    ]


@pytest.mark.parametrize(
    "text", [b'{"method":"initialized"}', b'{"id":5,"result":{}}', b"nonsense", b"[" * 100_000], ids=len
)
def test_only_requests_are_refused(pump, text):
    sent = Sent()
    connection = pump.join(sent)

    pump.receive(connection, [b'{"method":"initialized"}'] * MOST_WAITING + [text])

    assert sent == []


def test_the_other_clients_of_a_flooded_server_are_served(pump):
    flood, calm = Sent(), Sent()
    flooding, other = pump.join(flood), pump.join(calm)
    pump.receive(other, [INITIALIZE])
    pump.receive(flooding, [loaded_list(number) for number in range(3000)])

    pump.receive(other, [loaded_list(7)])

    assert [answer["id"] for answer in calm.answers] == ["i", 7]
    assert "error" not in calm.answers[-1]


def test_what_the_server_logs_cannot_steer_a_terminal(pump, told):
    connection = pump.join(Sent())
    pump.server.log.append("quoted \x1b[2J")

    pump.receive(connection, [b'{"method":"initialized"}'])

    assert told == [r"quoted \x1b[2J"]


def test_a_client_that_left_gets_nothing(pump):
    gone, stays = Sent(), Sent()
    leaving, staying = pump.join(gone), pump.join(stays)
    pump.receive(leaving, [INITIALIZE])
    pump.receive(staying, [INITIALIZE])
    gone.clear()
    pump.leave(leaving)

    pump.receive(staying, [b'{"method":"thread/start","id":1,"params":{}}'])

    assert gone == []
    assert any(message.get("method") == "thread/started" for message in stays)
