"""An app-server on an address and on a Unix socket, over real connections."""

from __future__ import annotations

import asyncio
import itertools
import json
import os
import re
import signal
import socket
import stat
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
from websockets.asyncio.client import connect, unix_connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from codex_mockserver.app_server import AppServer
from codex_mockserver.app_server.transports import (
    AuthOptions,
    Gatekeeper,
    StartupError,
    UnixSocket,
    WebSocketListener,
    websocket,
)
from codex_mockserver.app_server.transports._listening import serve_sockets
from codex_mockserver.model import load_scenario

INITIALIZE = {"method": "initialize", "id": 1, "params": {"clientInfo": {"name": "probe", "version": "1"}}}
LOOPBACK = WebSocketListener("127.0.0.1", 0)


class Serving:
    """An app-server in a task of the test's loop."""

    def __init__(self, server: AppServer, told: list[str], task: asyncio.Task[int]) -> None:
        self.server = server
        self.told = told
        self.task = task

    @property
    def url(self) -> str:
        return re.search(r"ws://\S+", self.told[1])[0]

    @property
    def address(self) -> tuple[str, int]:
        host, _, port = self.url.removeprefix("ws://").rpartition(":")
        return host, int(port)


@pytest.fixture
def serving() -> Callable[..., Any]:
    """A context manager with an app-server that listens."""

    @asynccontextmanager
    async def run(endpoint=LOOPBACK, gatekeeper=None, *, scenario=None, **options) -> AsyncIterator[Serving]:
        server = AppServer(scenario=scenario and load_scenario(scenario), **options)
        told: list[str] = []
        before = birth(endpoint)
        task = asyncio.create_task(serve_sockets(server, endpoint, gatekeeper or Gatekeeper(), told.append))
        # A Unix socket tells nobody that it is there.
        while not (told or task.done() or birth(endpoint) != before):  # noqa: ASYNC110
            await asyncio.sleep(0)
        try:
            yield Serving(server, told, task)
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError, StartupError):
                await task

    return run


def birth(endpoint) -> int | None:
    """Return when the file of a Unix socket came to be, None without one."""
    if isinstance(endpoint, UnixSocket) and endpoint.path.exists():
        return endpoint.path.stat().st_ctime_ns
    return None


async def ask(client, message: dict[str, Any]) -> dict[str, Any]:
    """Send a request and return its answer."""
    await client.send(json.dumps(message))
    while True:
        answer = json.loads(await client.recv())
        if answer.get("id") == message["id"] and "method" not in answer:
            return answer


async def begin_turn(client) -> None:
    """Begin a turn, and wait until it runs."""
    await ask(client, INITIALIZE)
    thread = (await ask(client, {"method": "thread/start", "id": 2, "params": {}}))["result"]["thread"]["id"]
    params = {"threadId": thread, "input": [{"type": "text", "text": "tide?"}]}
    await ask(client, {"method": "turn/start", "id": 3, "params": params})


async def received(client) -> list[dict[str, Any]]:
    """Return all that still comes until the connection ends."""
    messages = []
    with suppress(ConnectionClosed):
        while True:
            messages.append(json.loads(await client.recv()))
    return messages


async def flood(client) -> None:
    """Send requests for ever."""
    for number in itertools.count():
        await client.send(json.dumps({**INITIALIZE, "id": number}))


async def raw(address, data: bytes) -> bytes:
    reader, writer = await asyncio.open_connection(*address)
    writer.write(data)
    answer = await reader.read()
    writer.close()
    return answer


async def test_it_says_where_it_listens(serving):
    async with serving() as served:
        port = served.address[1]

        assert served.told == [
            "codex app-server (WebSockets)",
            f"  listening on: ws://127.0.0.1:{port}",
            f"  readyz: http://127.0.0.1:{port}/readyz",
            f"  healthz: http://127.0.0.1:{port}/healthz",
            "  note: binds localhost only (use SSH port-forwarding for remote access)",
        ]


async def test_clients_talk_at_the_same_time(serving):
    async with serving() as served, connect(served.url) as first, connect(f"{served.url}/any/path") as second:
        answers = await asyncio.gather(ask(first, INITIALIZE), ask(second, INITIALIZE))

    assert ["result" in answer for answer in answers] == [True, True]


async def test_health_pages_answer_and_origins_do_not(serving):
    async with serving() as served:
        ready = await raw(served.address, b"GET /readyz HTTP/1.1\r\nconnection: close\r\n\r\n")
        forbidden = await raw(served.address, b"GET / HTTP/1.1\r\norigin: null\r\nconnection: close\r\n\r\n")

    assert ready.startswith(b"HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 0\r\n")
    assert forbidden.startswith(b"HTTP/1.1 403 Forbidden\r\n")


async def test_a_token_is_needed_where_one_is_wanted(serving, tmp_path):
    (tmp_path / "token").write_text("sesame")
    gatekeeper = AuthOptions("capability-token", token_file=tmp_path / "token").gatekeeper()

    async with serving(gatekeeper=gatekeeper) as served:
        with pytest.raises(InvalidStatus) as raised:
            await connect(served.url)
        async with connect(served.url, additional_headers={"authorization": "Bearer sesame"}) as client:
            answer = await ask(client, INITIALIZE)

    assert raised.value.response.status_code == 401
    assert raised.value.response.body == b"missing websocket bearer token"
    assert "result" in answer


async def test_what_is_no_text_message_changes_nothing(serving):
    async with serving() as served, connect(served.url) as client:
        await client.send(json.dumps(INITIALIZE).encode())
        await client.send("nonsense")
        answer = await ask(client, INITIALIZE)

        assert "result" in answer
        assert "dropping unsupported binary websocket message" in served.told


async def test_frames_may_come_with_the_handshake(serving):
    """A client need not wait for the answer to its handshake."""
    head = (
        b"GET / HTTP/1.1\r\nconnection: upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\n"
        b"sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
    )
    text = json.dumps(INITIALIZE).encode()
    frame = b"\x81\xfe" + len(text).to_bytes(2, "big") + b"\0\0\0\0" + text

    async with serving() as served:
        reader, writer = await asyncio.open_connection(*served.address)
        writer.write(head + frame)

        assert b'"userAgent"' in await reader.readuntil(b"}}")
        writer.close()


async def test_what_a_client_said_before_it_closed_is_done(serving):
    async with serving() as served, connect(served.url) as stays:
        await ask(stays, INITIALIZE)
        async with connect(served.url) as leaves:
            await leaves.send(json.dumps(INITIALIZE))
            await leaves.send('{"method":"thread/start","id":2,"params":{}}')

        while json.loads(await stays.recv())["method"] != "thread/started":
            pass


async def test_a_client_that_never_reads_is_disconnected(serving, monkeypatch):
    monkeypatch.setattr(websocket, "MOST_UNREAD", 200_000)
    async with serving() as served, connect(served.url, max_queue=1) as client:
        with pytest.raises(ConnectionClosed):
            await flood(client)

        assert "disconnecting a client that does not read" in served.told


async def test_a_client_that_only_pings_and_never_reads_is_disconnected(serving, monkeypatch):
    monkeypatch.setattr(websocket, "MOST_UNREAD", 200_000)
    ping = b"\x89\xfd\0\0\0\0" + b"x" * 125
    async with serving() as served, connect(served.url) as client:
        client.transport.pause_reading()
        with suppress(ConnectionError):
            while not client.transport.is_closing():
                client.transport.write(ping * 1000)
                await asyncio.sleep(0)

        assert "disconnecting a client that does not read" in served.told


async def test_a_path_that_is_too_long_for_a_socket_ends_the_start(tmp_path):
    with pytest.raises(StartupError, match="AF_UNIX path too long"):
        await serve_sockets(AppServer(), UnixSocket(tmp_path / ("s" * 200)), Gatekeeper(), print)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT], ids=["SIGTERM", "SIGINT"])
async def test_a_signal_ends_an_idle_server_without_a_close_frame(serving, number):
    async with serving() as served, connect(served.url) as client:
        await ask(client, INITIALIZE)
        os.kill(os.getpid(), number)

        assert await served.task == 0
        await received(client)
        assert client.close_code == 1006


async def test_a_signal_waits_for_the_turn_that_runs(serving):
    hold = {"on": "createResponse", "at": {"event": "response.output_text.done"}, "hold": "door"}
    scenario = {"model": [{"say": [{"message": "high water"}]}], "faults": [hold]}

    async with serving(scenario=scenario) as served, connect(served.url) as client:
        await begin_turn(client)
        os.kill(os.getpid(), signal.SIGTERM)
        async with connect(served.url) as late:
            served.server.gates.open("door")
            assert "result" in await ask(late, INITIALIZE)

        assert [message["method"] for message in await received(client)][-1] == "turn/completed"
        assert await served.task == 0


async def test_a_second_signal_does_not_wait(serving):
    scenario = {"model": [{"say": [{"message": "high water"}], "pacing": {"first_token": 600}}]}

    async with serving(scenario=scenario) as served, connect(served.url) as client:
        await begin_turn(client)
        os.kill(os.getpid(), signal.SIGTERM)
        await ask(client, {"method": "thread/start", "id": 4, "params": {}})
        assert not served.task.done()
        os.kill(os.getpid(), signal.SIGTERM)

        assert await served.task == 0


async def test_a_scenario_may_let_it_end(serving):
    scenario = {"app_server": {"faults": [{"on": "thread/started", "exit": 101}]}}

    async with serving(scenario=scenario) as served, connect(served.url) as client:
        await ask(client, INITIALIZE)
        answer = await ask(client, {"method": "thread/start", "id": 2, "params": {}})

        assert "result" in answer
        assert await served.task == 101


async def test_a_port_in_use_ends_the_start(serving):
    async with serving() as served:
        with pytest.raises(StartupError, match=r"Address already in use \(os error \d+\)"):
            await serve_sockets(AppServer(), WebSocketListener(*served.address), Gatekeeper(), print)


@pytest.fixture
def path(tmp_path_factory) -> Path:
    # The name of a socket is short: 108 bytes at most.
    return tmp_path_factory.mktemp("s") / "s"


async def test_a_unix_socket_is_for_its_owner_and_goes_away(serving, path):
    async with serving(UnixSocket(path)) as served:
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        async with unix_connect(str(path), origin="http://localhost") as client:
            assert "result" in await ask(client, INITIALIZE)
        os.kill(os.getpid(), signal.SIGTERM)

        assert await served.task == 0
    assert not path.exists()


async def test_a_unix_socket_says_nothing_to_what_is_no_handshake(serving, path):
    async with serving(UnixSocket(path)):
        for data in (b"GET /readyz HTTP/1.1\r\nhost: x\r\n\r\n", b'{"method":"initialize"}\n'):
            reader, writer = await asyncio.open_unix_connection(path)
            writer.write(data)
            assert await reader.read() == b""
            writer.close()


async def test_a_unix_socket_that_nobody_listens_on_is_replaced(serving, path):
    with socket.socket(socket.AF_UNIX) as stale:
        stale.bind(str(path))

    async with serving(UnixSocket(path)), unix_connect(str(path)) as client:
        assert "result" in await ask(client, INITIALIZE)


async def test_a_unix_socket_in_use_ends_the_start(serving, path):
    async with serving(UnixSocket(path)):
        with pytest.raises(StartupError, match=f"app-server control socket is already in use at {path}"):
            await serve_sockets(AppServer(), UnixSocket(path), Gatekeeper(), print)

        async with unix_connect(str(path)) as client:
            assert "result" in await ask(client, INITIALIZE)


async def test_a_file_is_not_replaced_by_a_socket(path):
    path.write_text("mine")

    with pytest.raises(StartupError):
        await serve_sockets(AppServer(), UnixSocket(path), Gatekeeper(), print)

    assert path.read_text() == "mine"
