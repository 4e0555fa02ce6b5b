"""What a WebSocket refuses, and how it goes on after that."""

from __future__ import annotations

from typing import Any

import pytest

from codex_conformance.probes import Unmet, WebSocketProbe, at, require
from codex_conformance.suites.server.responses.faces import codex_face, each_face
from codex_conformance.suites.server.responses.prompts import HELLO, UNKNOWN_RESPONSE
from codex_conformance.suites.server.responses.service import Service
from codex_conformance.suites.server.responses.sockets import frame_of, handshake, refusal, turn
from codex_conformance.suites.server.responses.streams import require_text

#: How a connection is closed that brought what it must not: the policies and types of RFC 6455, 7.4.1.
_CLOSED_FOR = (1003, 1007, 1008)

#: Seconds in which a frame that asks for no work is answered.
_SOON = 5.0

#: Frames that ask for nothing that there is.
_ODD: dict[str, Any] = {
    "unknown type": {"type": "response.of_tomorrow"},
    "no type": {"model": "gpt-5.5"},
    "a list": ["response.create"],
    "no JSON": '{"type": ',
}


@pytest.mark.codex("responses.websocket.auth")
@each_face
@pytest.mark.parametrize("headers", [{}, {"authorization": "Bearer sk-nobody"}], ids=["nobody", "a wrong key"])
def test_a_handshake_needs_credentials(service: Service, headers: dict[str, str]) -> None:
    handshake(service, headers).require_status(401)


@pytest.mark.codex("responses.websocket.plain-get")
@each_face
def test_a_call_that_is_no_handshake_is_told_so(service: Service) -> None:
    answer = service.call("connectResponses").require_status(426)
    upgrade = answer.headers.get("upgrade", "")
    require(upgrade.lower() == "websocket", expected="upgrade: websocket", found=upgrade)


@pytest.mark.codex("responses.websocket.none", scenario="websocket-refused-426")
@codex_face
def test_a_server_without_sockets_says_so(service: Service) -> None:
    headers = service.credentials.headers(is_api=False)
    handshake(service, headers).require_status(426)
    require_text(service.items(HELLO))


@pytest.mark.codex("responses.websocket.error-status")
@each_face
def test_an_error_has_a_status(service: Service) -> None:
    with WebSocketProbe.open(service.http, face=service.face) as socket:
        error = refusal(socket, frame_of(service, HELLO, model="no-such-model"))
    status = error.get("status", error.get("status_code"))
    require(status in (400, 404), expected="status 400 or 404", found=error)


@pytest.mark.codex("responses.websocket.goes-on")
@each_face
def test_a_socket_goes_on_after_an_error(service: Service) -> None:
    with WebSocketProbe.open(service.http, face=service.face) as socket:
        refusal(socket, frame_of(service, HELLO, model="no-such-model"))
        items = turn(socket, service, HELLO).items
    require_text(items)


@pytest.mark.codex("responses.websocket.odd-frame")
@pytest.mark.parametrize("frame", _ODD.values(), ids=_ODD)
@each_face
def test_an_odd_frame_is_answered(service: Service, frame: Any) -> None:
    with WebSocketProbe.open(service.http, face=service.face) as socket:
        _require_refused(socket, frame)


@pytest.mark.codex("responses.websocket.binary")
@each_face
def test_a_binary_frame_is_refused(service: Service) -> None:
    with WebSocketProbe.open(service.http, face=service.face) as socket:
        _require_refused(socket, b"\x00\x01")


@pytest.mark.codex("responses.websocket.previous-unknown")
@each_face
def test_an_unknown_response_cannot_be_continued(service: Service) -> None:
    with WebSocketProbe.open(service.http, face=service.face) as socket:
        error = refusal(socket, frame_of(service, HELLO, previous_response_id=UNKNOWN_RESPONSE, store=False))
    code = at(error, "/error/code")
    require(code == "previous_response_not_found", expected="previous_response_not_found", found=error)


@pytest.mark.codex("responses.websocket.previous-elsewhere")
@each_face
def test_what_a_socket_kept_ends_with_it(service: Service) -> None:
    with WebSocketProbe.open(service.http, face=service.face) as socket:
        first = at(turn(socket, service, HELLO, store=False).response, "/id", str)
    with WebSocketProbe.open(service.http, face=service.face) as socket:
        error = refusal(socket, frame_of(service, HELLO, previous_response_id=first, store=False))
    require(at(error, "/error/code") == "previous_response_not_found", expected="an unknown response", found=error)


@pytest.mark.codex("responses.websocket.usage-limit")
@codex_face
def test_a_limit_that_is_reached_is_an_error_frame(service: Service) -> None:
    service.http.world.use_scenario({"accounts": {"plus": {"primary": {"used_percent": 100}}}})
    with WebSocketProbe.open(service.http, face=service.face) as socket:
        error = refusal(socket, frame_of(service, HELLO))
    found = (error.get("status"), at(error, "/error/type"))
    require(found == (429, "usage_limit_reached"), expected="429 usage_limit_reached", found=error)


@pytest.mark.codex("responses.websocket.connection-limit", scenario="websocket-connection-limit-reached")
@codex_face
def test_a_connection_that_is_too_old_is_told_so(service: Service) -> None:
    with WebSocketProbe.open(service.http, face=service.face) as socket:
        error = refusal(socket, frame_of(service, HELLO))
    code = at(error, "/error/code")
    require(code == "websocket_connection_limit_reached", expected="websocket_connection_limit_reached", found=error)
    with WebSocketProbe.open(service.http, face=service.face) as socket:
        turn(socket, service, HELLO)


@pytest.mark.codex("responses.websocket.failed-goes-on")
@each_face
def test_a_socket_outlives_a_response_that_fails(service: Service) -> None:
    failing = [
        {"say": [], "end": {"failed": {"code": "server_error", "message": "A mishap."}}},
        {"say": [{"message": "Hello."}]},
    ]
    service.http.world.use_scenario({"model": failing})
    with WebSocketProbe.open(service.http, face=service.face) as socket:
        socket.send(frame_of(service, HELLO))
        ended = socket.events()[-1]
        require(ended.get("type") == "response.failed", expected="response.failed", found=ended)
        turn(socket, service, HELLO)


def _require_refused(socket: WebSocketProbe, frame: Any) -> None:
    """Send a frame that nobody can answer: an error must come, or the end of the connection with a code for it."""
    socket.send(frame)
    try:
        answer = socket.receive(_SOON)
    except Unmet as silence:
        require(
            _close_code(socket) in _CLOSED_FOR,
            expected=f"an error, or a close code of {_CLOSED_FOR}",
            found=silence.found,
        )
    else:
        require(answer.get("type") == "error", expected="an error frame", found=answer)


def _close_code(socket: WebSocketProbe) -> int | None:
    """Return the code with which the connection was closed; None where it is open."""
    try:
        return socket.close_code(within=0)
    except Unmet:
        return None
