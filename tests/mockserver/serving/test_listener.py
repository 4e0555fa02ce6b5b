"""A listener serves HTTP and WebSocket, bears with odd clients and stops at once."""

from __future__ import annotations

import asyncio
import logging
import socket
import time
from importlib.metadata import version

import httpx
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from codex_mockserver.serving import Listener
from codex_mockserver.serving.tls import Authority
from codex_schemas import Problem

UPGRADE = (
    b"host: x\r\nupgrade: websocket\r\nconnection: upgrade\r\n"
    b"sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\nsec-websocket-version: 13\r\n"
)
CLOSE = b"host: x\r\nconnection: close\r\n\r\n"

#: Before its release 17 the WebSocket library does not say what is wrong with a handshake.
BEFORE_17 = b"400" if int(version("websockets").split(".")[0]) < 17 else b""

#: What a client may throw at the port, and the status that it gets.
ODD_REQUESTS = {
    "garbage": (b"\x00\x01\x02\r\n\r\n", b"400"),
    "a target that is not ASCII": (b"GET /\xff HTTP/1.1\r\n" + CLOSE, b"400"),
    "a proxy request": (b"CONNECT chatgpt.com:443 HTTP/1.1\r\n" + CLOSE, b"400"),
    "a header that never ends": (b"GET / HTTP/1.1\r\nx: " + b"a" * 1_000_000, b"431"),
    "an unknown upgrade": (b"GET / HTTP/1.1\r\nhost: x\r\nupgrade: h2c\r\nconnection: upgrade, close\r\n\r\n", b"200"),
    "a WebSocket handshake without a key": (
        b"GET / HTTP/1.1\r\nupgrade: websocket\r\nconnection: upgrade\r\n\r\n",
        b"400",
    ),
    "a WebSocket handshake with a huge header": (
        b"GET / HTTP/1.1\r\n" + UPGRADE + b"x: " + b"a" * 9000 + b"\r\n\r\n",
        BEFORE_17 or b"431",
    ),
    "a WebSocket handshake by POST": (b"POST / HTTP/1.1\r\n" + UPGRADE + b"\r\n", BEFORE_17 or b"405"),
}


@pytest.mark.parametrize(("request_bytes", "status"), ODD_REQUESTS.values(), ids=ODD_REQUESTS)
async def test_an_odd_request_is_answered_and_leaves_no_trace(listener, raw, caplog, request_bytes, status) -> None:
    answer = await raw(listener.address, request_bytes)

    assert answer.split(b" ")[1] == status
    assert caplog.records == []
    assert (await raw(listener.address, b"GET / HTTP/1.1\r\n" + CLOSE)).endswith(b"0\r\n\r\n")


@pytest.mark.parametrize("first", [None, 62], ids=["in one read", "cut inside the blank line"])
async def test_a_large_body_right_behind_the_header_is_no_large_header(listener, first) -> None:
    head = b"POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 200000\r\nx-pad: yyy\r\n\r\n"
    reader, writer = await asyncio.open_connection(*listener.address)
    request = head + b"a" * 200_000
    writer.write(request[: first or len(request)])
    await writer.drain()
    writer.write(request[first:] if first else b"")

    assert (await reader.readline()).split()[1] == b"200"
    writer.close()


async def test_a_client_that_closes_its_side_after_the_request_gets_its_answer(listener, raw) -> None:
    answer = await raw(listener.address, b"GET / HTTP/1.1\r\nhost: x\r\n\r\n", half_close=True)

    assert answer.endswith(b"hello\r\n0\r\n\r\n")


@pytest.mark.parametrize(
    "sent", [b"", b"GET / HT", b"GET / HTTP/1.1\r\nhost: x\r\n"], ids=["nothing", "line", "header"]
)
async def test_a_client_that_is_slow_with_its_header_is_dropped(application, raw, sent) -> None:
    listener = Listener(application, header_seconds=0.1)
    await listener.start()

    assert await raw(listener.address, sent) == b""

    await listener.stop()


async def test_a_stream_that_the_application_breaks_off_reaches_the_client_as_a_broken_body(listener) -> None:
    async with httpx.AsyncClient() as client:
        with pytest.raises(httpx.RemoteProtocolError, match="incomplete chunked read"):
            await client.get(f"http://{listener.authority}/cut")


async def test_a_response_has_no_headers_of_the_listener(listener) -> None:
    async with httpx.AsyncClient() as client:
        response = await client.get(f"http://{listener.authority}/")

    assert set(response.headers) == {"transfer-encoding"}


async def test_a_crash_of_the_application_is_logged(listener, caplog) -> None:
    async with httpx.AsyncClient() as client:
        response = await client.get(f"http://{listener.authority}/crash")

    assert response.status_code == 500
    assert "the handler has a fault" in caplog.text


async def test_a_websocket_is_compressed_when_the_client_offers_it(listener) -> None:
    async with connect(f"ws://{listener.authority}/", proxy=None) as socket:
        await socket.send("hello" * 100)

        assert await socket.recv() == "hello" * 100
        assert "permessage-deflate" in socket.response.headers["sec-websocket-extensions"]


async def test_a_websocket_frame_that_breaks_the_protocol_closes_only_that_socket(listener, raw, caplog) -> None:
    reader, writer = await asyncio.open_connection(*listener.address)
    writer.write(b"GET / HTTP/1.1\r\n" + UPGRADE + b"\r\n")
    await reader.readuntil(b"\r\n\r\n")
    writer.write(b"\xff" * 100)

    closing_frame = await reader.read()
    writer.close()

    assert closing_frame[:4] == b"\x88" + bytes([len(closing_frame) - 2]) + (1002).to_bytes(2)
    assert caplog.records == []


async def test_stopping_drops_streams_and_sockets_and_idle_connections_at_once(listener, rounds, caplog) -> None:
    caplog.set_level(logging.DEBUG, logger="asyncio")
    idle, idle_writer = await asyncio.open_connection(*listener.address)
    stream, stream_writer = await asyncio.open_connection(*listener.address)
    stream_writer.write(b"GET /endless HTTP/1.1\r\nhost: x\r\n\r\n")
    await stream.readuntil(b"hello")
    async with connect(f"ws://{listener.authority}/", proxy=None) as socket:
        assert await rounds(listener.stop()) < 20
        with pytest.raises(ConnectionClosed):
            await socket.recv()
    assert (await stream.read(), await idle.read()) == (b"\r\n", b"")
    for writer in (idle_writer, stream_writer):
        writer.close()
    assert [record for record in caplog.records if record.levelno > logging.DEBUG] == []


async def test_stopping_with_tls_drops_clients_in_the_middle_of_the_handshake(application) -> None:
    authority = Authority()
    listener = Listener(application, tls=authority.server_context())
    await listener.start()
    address = listener.address
    _, writer = await asyncio.open_connection(*address)
    writer.write(b"\x16\x03\x01")
    await writer.drain()

    await listener.stop()

    writer.close()
    authority.close()
    with pytest.raises(ConnectionRefusedError):
        await asyncio.open_connection(*address)


async def test_garbage_on_the_tls_port_is_dropped_without_a_trace(application, raw, caplog) -> None:
    authority = Authority()
    listener = Listener(application, tls=authority.server_context())
    await listener.start()

    answer = await raw(listener.address, b"GET / HTTP/1.1\r\n\r\n")

    await listener.stop()
    authority.close()
    assert not answer.startswith(b"HTTP")
    assert caplog.records == []


async def test_a_second_listener_of_a_process_starts_in_a_few_milliseconds(listener, application) -> None:
    async def seconds() -> float:
        started = time.perf_counter()
        second = Listener(application)
        await second.start()
        elapsed = time.perf_counter() - started
        await second.stop()
        return elapsed

    # The quickest of several: a machine may be busy.
    assert min([await seconds() for _ in range(10)]) < 0.05


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "example.com", ""])
def test_an_address_that_others_can_reach_is_refused(application, host) -> None:
    with pytest.raises(Problem, match="a loopback address"):
        Listener(application, host)


async def test_an_address_that_others_can_reach_is_possible_on_demand(application) -> None:
    listener = Listener(application, "0.0.0.0", allow_remote=True)
    await listener.start()

    host, port = listener.address
    await listener.stop()

    assert host == "127.0.0.1"
    assert port > 0


async def test_a_port_that_is_taken_is_a_problem(listener, application) -> None:
    with pytest.raises(Problem, match="a free port"):
        await Listener(application, port=listener.address[1]).start()


async def test_a_small_answer_is_not_held_back(listener, monkeypatch) -> None:
    """The kernel must not wait for more: every accepted connection has TCP_NODELAY."""
    accepted = []
    accept = socket.socket.accept

    def record(self):
        connection, address = accept(self)
        accepted.append(connection)
        return connection, address

    monkeypatch.setattr(socket.socket, "accept", record)
    async with httpx.AsyncClient() as client:
        await client.get(f"http://{listener.authority}/")

        assert [connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY) for connection in accepted] == [1]


async def test_a_refused_handshake_carries_the_answer_of_the_application(application) -> None:
    async def refuse(scope, receive, send) -> None:
        await receive()
        await send({"type": "websocket.http.response.start", "status": 426, "headers": [(b"content-length", b"2")]})
        await send({"type": "websocket.http.response.body", "body": b"no"})

    listener = Listener(refuse)
    await listener.start()
    with pytest.raises(InvalidStatus) as caught:
        await connect(f"ws://{listener.authority}/", proxy=None)
    await listener.stop()

    assert (caught.value.response.status_code, caught.value.response.body) == (426, b"no")
