"""What a listener answers over HTTP, byte by byte as the real one does."""

from __future__ import annotations

import re

import pytest

from codex_mockserver.app_server.transports import AuthOptions
from codex_mockserver.app_server.transports._request import BadRequest, RequestReader
from codex_mockserver.app_server.transports.handshake import SocketDoor, TcpDoor

UPGRADE = {
    "host": "127.0.0.1",
    "connection": "keep-alive, Upgrade",
    "upgrade": "WebSocket",
    "sec-websocket-version": "13",
    "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==",
}
TEXT = b"content-type: text/plain; charset=utf-8\r\n"
SWITCHED = (
    b"HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: websocket\r\n"
    b"sec-websocket-accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n"
)
SWITCHED_ON_A_SOCKET = SWITCHED.replace(b"connection: upgrade", b"connection: Upgrade")


def request(line: str, headers: dict[str, str]) -> bytes:
    return "\r\n".join([line, *(f"{name}: {value}" for name, value in headers.items()), "", ""]).encode("latin-1")


def changed(**headers: str | None) -> dict[str, str]:
    merged = UPGRADE | {name.replace("_", "-"): value for name, value in headers.items()}
    return {name: value for name, value in merged.items() if value is not None}


def refusal(status: str, text: str) -> bytes:
    return f"HTTP/1.1 {status}\r\n{TEXT.decode()}content-length: {len(text)}\r\n\r\n{text}".encode()


OK = b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n"
FORBIDDEN = b"HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\n\r\n"
NOT_ALLOWED = b"HTTP/1.1 405 Method Not Allowed\r\nallow: GET,HEAD\r\ncontent-length: 0\r\n\r\n"

#: A request and its answer, from which the date is taken out.
ANSWERS = {
    "ready": (request("GET /readyz HTTP/1.1", {"host": "x"}), OK),
    "healthy": (request("GET /healthz?x=1 HTTP/1.1", {}), OK),
    "head": (request("HEAD /readyz HTTP/1.1", {}), OK),
    "post to a health page": (request("POST /readyz HTTP/1.1", {"content-length": "0"}), NOT_ALLOWED),
    "an origin": (request("GET /readyz HTTP/1.1", {"origin": "null"}), FORBIDDEN),
    "an upgrade with an origin": (request("GET / HTTP/1.1", changed(origin="http://localhost")), FORBIDDEN),
    "an upgrade": (request("GET / HTTP/1.1", UPGRADE), SWITCHED),
    "an upgrade anywhere": (request("GET /any/path?x HTTP/1.1", UPGRADE), SWITCHED),
    "an upgrade of a health page": (request("GET /readyz HTTP/1.1", UPGRADE), OK),
    "subprotocols and extensions": (
        request("GET / HTTP/1.1", changed(sec_websocket_protocol="a", sec_websocket_extensions="permessage-deflate")),
        SWITCHED,
    ),
    "a page": (
        request("GET / HTTP/1.1", {}),
        refusal("400 Bad Request", "Connection header did not include 'upgrade'"),
    ),
    "another upgrade": (
        request("GET / HTTP/1.1", changed(upgrade="h2c")),
        refusal("400 Bad Request", "`Upgrade` header did not include 'websocket'"),
    ),
    "an old version": (
        request("GET / HTTP/1.1", changed(sec_websocket_version="8")),
        refusal("400 Bad Request", "`Sec-WebSocket-Version` header did not include '13'"),
    ),
    "no key": (
        request("GET / HTTP/1.1", changed(sec_websocket_key=None)),
        refusal("400 Bad Request", "`Sec-WebSocket-Key` header missing"),
    ),
    "another method": (
        request("PUT / HTTP/1.1", {"content-length": "0"}),
        refusal("405 Method Not Allowed", "Request method must be `GET`"),
    ),
    "a connection that is to end": (
        request("GET /readyz HTTP/1.1", {"connection": "close"}),
        b"HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 0\r\n\r\n",
    ),
    "the old protocol": (
        request("GET /readyz HTTP/1.0", {}),
        b"HTTP/1.0 200 OK\r\ncontent-length: 0\r\n\r\n",
    ),
}


def answers(door, data: bytes) -> bytes:
    """Return all that a door says to bytes, without dates."""
    said = b"".join(door.answer(each).data for each in RequestReader().feed(data))
    return re.sub(rb"date: [^\r]*GMT\r\n", b"", said)


@pytest.mark.parametrize(("data", "answer"), ANSWERS.values(), ids=ANSWERS)
def test_an_address_answers(data, answer):
    assert answers(TcpDoor(AuthOptions().gatekeeper()), data) == answer


def test_requests_follow_each_other_on_a_connection():
    requests = ANSWERS["ready"][0] + ANSWERS["an origin"][0] + ANSWERS["healthy"][0]

    assert answers(TcpDoor(AuthOptions().gatekeeper()), requests) == OK + FORBIDDEN + OK


@pytest.fixture
def guarded(tmp_path):
    path = tmp_path / "token"
    path.write_text("sesame")
    return TcpDoor(AuthOptions("capability-token", token_file=path).gatekeeper())


def test_a_token_lets_a_client_in(guarded):
    assert answers(guarded, request("GET / HTTP/1.1", changed(authorization="Bearer sesame"))) == SWITCHED


def test_without_a_token_only_the_health_pages_answer(guarded):
    missing = refusal("401 Unauthorized", "missing websocket bearer token")

    assert answers(guarded, request("GET / HTTP/1.1", UPGRADE)) == missing
    assert answers(guarded, ANSWERS["ready"][0]) == OK
    assert answers(guarded, ANSWERS["a page"][0]) == ANSWERS["a page"][1]


@pytest.mark.parametrize("tells_frame_limit", [True, False], ids=["0.169.0", "0.141.0"])
def test_a_unix_socket_takes_handshakes_from_any_origin(tells_frame_limit):
    door = SocketDoor(tells_frame_limit=tells_frame_limit)
    limit = b"x-codex-websocket-max-unfragmented-message-bytes: 16777216\r\n\r\n" if tells_frame_limit else b"\r\n"

    answer = answers(door, request("GET / HTTP/1.1", changed(origin="http://localhost")))

    assert answer == SWITCHED_ON_A_SOCKET.removesuffix(b"\r\n") + limit


@pytest.mark.parametrize("name", ["ready", "a page", "another upgrade", "an old version", "no key", "another method"])
def test_a_unix_socket_drops_what_is_no_handshake_without_a_word(name):
    (read,) = RequestReader().feed(ANSWERS[name][0])
    answer = SocketDoor(tells_frame_limit=True).answer(read)

    assert answer.closes
    assert answer.data == b""


UNREADABLE = {
    "garbage": (b"HELLO\r\n\r\n", "400 Bad Request"),
    "another version": (b"GET / HTTP/9.9\r\n\r\n", "400 Bad Request"),
    "too many headers": (request("GET / HTTP/1.1", {f"x{n}": "a" for n in range(120)}), "431"),
    "too large a header": (request("GET / HTTP/1.1", {"x": "a" * 500_000}), "431"),
    "too long a target": (request(f"GET /{'a' * 70_000} HTTP/1.1", {}), "414 URI Too Long"),
}


@pytest.mark.parametrize(("data", "status"), UNREADABLE.values(), ids=UNREADABLE)
def test_what_cannot_be_read_is_refused(data, status):
    with pytest.raises(BadRequest) as raised:
        RequestReader().feed(data)

    assert raised.value.status.startswith(status)


def test_a_header_that_never_ends_is_refused_before_it_fills_the_memory():
    reader = RequestReader()
    reader.feed(b"GET / HTTP/1.1\r\nx: " + b"a" * 400_000)

    with pytest.raises(BadRequest):
        reader.feed(b"a" * 10_000)


def test_a_request_comes_in_pieces_and_what_follows_an_upgrade_is_kept():
    reader = RequestReader()
    data = request("GET /path HTTP/1.1", UPGRADE) + b"frames"
    requests = [each for byte in data[:-6] for each in reader.feed(bytes([byte]))]

    assert [each.path for each in requests] == ["/path"]

    reader = RequestReader()
    reader.feed(data)
    assert reader.rest == b"frames"
