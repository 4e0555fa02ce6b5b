"""What a WebSocket owes its clients whatever is said on it: pongs, whole messages, and a closing handshake."""

from __future__ import annotations

import json

import pytest

from codex_conformance.probes import WebSocketProbe, require
from codex_conformance.suites.server.responses.faces import each_face
from codex_conformance.suites.server.responses.prompts import HELLO, STORY, message
from codex_conformance.suites.server.responses.service import Service
from codex_conformance.suites.server.responses.sockets import frame_of, turn
from codex_conformance.suites.server.responses.streams import Stream, require_text

#: Characters of a long conversation.
_LONG = 4 * 1024 * 1024
#: A stream that is still going on when its client leaves, and one for the next client.
_LEFT_EARLY = {
    "model": [
        {"say": [{"message": "Once upon a time there was a sea. " * 20}], "pacing": {"events_per_second": 20}},
        {"say": [{"message": "Hello."}], "times": None},
    ]
}


@pytest.mark.codex("responses.websocket.ping")
@each_face
def test_a_ping_is_answered(service: Service) -> None:
    with WebSocketProbe.open(service.http, face=service.face) as socket:
        require(socket.ping(b"codex-testkit"), expected="a pong with the data of the ping", found="none")


@pytest.mark.codex("responses.websocket.fragments")
@each_face
def test_a_message_may_come_in_parts(service: Service) -> None:
    with WebSocketProbe.open(service.http, face=service.face) as socket:
        socket.send_in_parts(json.dumps(frame_of(service, HELLO)), size=40)
        items = Stream(socket.events()).items
    require_text(items)


@pytest.mark.codex("responses.websocket.uncompressed")
@each_face
def test_a_client_may_do_without_compression(service: Service) -> None:
    with WebSocketProbe.open(service.http, face=service.face, compression=None) as socket:
        items = turn(socket, service, HELLO).items
    require_text(items)


@pytest.mark.codex("responses.websocket.large")
@each_face
def test_a_turn_may_be_long(service: Service) -> None:
    # Words, as some tokenizers take minutes for a single long one. Models with a short context may refuse them.
    said = [message("tide " * (_LONG // 5)), message(HELLO)]
    with WebSocketProbe.open(service.http, face=service.face) as socket:
        socket.send(frame_of(service, said))
        socket.events()


@pytest.mark.codex("responses.websocket.close")
@pytest.mark.parametrize("turns", [0, 1], ids=["at once", "after a turn"])
@each_face
def test_a_client_may_close(service: Service, turns: int) -> None:
    with WebSocketProbe.open(service.http, face=service.face) as socket:
        for _ in range(turns):
            turn(socket, service, HELLO)
        socket.close()


@pytest.mark.codex("responses.websocket.close-midway", scenario=_LEFT_EARLY)
@each_face
def test_a_client_may_leave_in_the_middle(service: Service) -> None:
    with WebSocketProbe.open(service.http, face=service.face) as socket:
        socket.send(frame_of(service, STORY))
        socket.receive()
    with WebSocketProbe.open(service.http, face=service.face) as socket:
        items = turn(socket, service, HELLO).items
    require_text(items)
