"""The app-servers of a trial: they live in the examiner's world, and every message is written down.

A client that starts ``codex app-server`` gets a server of its own, which its process only relays; a client that
connects over WebSocket comes to one that runs already.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import Any, cast

import msgspec

from codex_conformance.clients._said import Said
from codex_conformance.clients._tap import Tap
from codex_fixtures import Side
from codex_mockserver.app_server import AppServer, Connection
from codex_mockserver.app_server.transports import Gatekeeper
from codex_mockserver.app_server.transports.handshake import TcpDoor
from codex_mockserver.app_server.transports.lines import LineReader
from codex_mockserver.app_server.transports.websocket import SocketClient
from codex_mockserver.model import Scenario
from codex_mockserver.serving import SyncBackend
from codex_mockserver.serving.loop_thread import shared_loop
from codex_mockserver.serving.universe import on_shared_loop

__all__ = ["AppServers", "app_servers"]

_LOOPBACK = "127.0.0.1"


class _Start(msgspec.Struct):
    """How an app-server is started; what the process of a client says first."""

    home: str
    cwd: str
    #: The settings of its command line.
    flags: dict[str, Any] = {}


class AppServers:
    """The app-servers of a trial; they work on the loop of the backend, so that one at a time changes the world.

    Args:
        backend: The backend, whose world they share.
        scenario: What they meet.
        release: The release that they are of.
        standing: How the one that runs already was started.
    """

    def __init__(self, backend: SyncBackend, scenario: Scenario, release: str, standing: _Start) -> None:
        #: What was said, in order.
        self.transcript: list[Said] = []
        #: How many the client has started by itself.
        self.started = 0
        self._backend = backend
        self._scenario = scenario
        self._release = release
        self._standing = standing
        self._began = time.monotonic()
        self._taps: list[Tap] = []
        self._sockets: set[SocketClient] = set()
        self._relays: asyncio.Server
        self._door: asyncio.Server

    @property
    def port(self) -> int:
        """Where the processes that clients start come to."""
        return _port(self._relays)

    @property
    def url(self) -> str:
        """Where the one that runs already is reached over WebSocket."""
        return f"ws://{_LOOPBACK}:{_port(self._door)}"

    def end_logins(self, reason: str) -> None:
        """End the logins that wait for a person, and tell the clients this reason."""

        def end() -> None:
            for tap in self._taps:
                tap.end_login(reason)

        on_shared_loop(end)

    def start(self, how: _Start, tell: Callable[[str], None]) -> Tap:
        """Start one."""
        server = AppServer(
            version=self._release,
            scenario=self._scenario,
            world=self._backend.world,
            home=how.home,
            cwd=how.cwd,
            issuer=self._backend.url,
            session_flags=how.flags,
        )
        tap = Tap(server, tell, self._write)
        self._taps.append(tap)
        return tap

    async def open(self) -> None:
        """Begin to listen."""
        loop = asyncio.get_running_loop()
        self._relays = await loop.create_server(lambda: _Relayed(self), _LOOPBACK, 0)
        self._door = await loop.create_server(self._welcome, _LOOPBACK, 0)

    async def close(self) -> None:
        """End all of them at once."""
        self._relays.close()
        self._leave()
        for tap in self._taps:
            tap.stop()

    @cached_property
    def _standing_tap(self) -> Tap:
        """The one that runs already, which is made when its first client comes."""
        tap = self.start(self._standing, lambda _line: None)
        tap.when_ended(lambda _code: self._leave())
        return tap

    def _welcome(self) -> SocketClient:
        return SocketClient(self._standing_tap, TcpDoor(Gatekeeper()), self._sockets)

    def _leave(self) -> None:
        """Be no longer reached over WebSocket, as when the process has ended."""
        self._door.close()
        for socket in tuple(self._sockets):
            socket.drop()

    def _write(self, side: Side, message: bytes) -> None:
        self.transcript.append(Said.of(time.monotonic() - self._began, side, message))


@contextmanager
def app_servers(
    backend: SyncBackend, scenario: Scenario, release: str, *, home: Path, folder: Path
) -> Iterator[AppServers]:
    """Wait for the clients of a trial, until the end of the block."""
    servers = AppServers(backend, scenario, release, _Start(str(home), str(folder)))
    shared_loop().run(servers.open())
    try:
        yield servers
    finally:
        shared_loop().run(servers.close())


class _Relayed(asyncio.Protocol):
    """One that a client has started: lines come from its process, and pairs of a stream and a text go there."""

    def __init__(self, servers: AppServers) -> None:
        self._servers = servers
        self._lines = LineReader()
        self._tap: Tap | None = None
        self._connection: Connection
        self._transport: asyncio.Transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Wait for the first line."""
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        """Start with the first line, and take those behind it as messages."""
        lines = self._lines.feed(data)
        if self._tap is None and lines:
            self._tap = self._start(msgspec.json.decode(lines.pop(0), type=_Start))
        self._take(lines)

    def eof_received(self) -> bool:
        """End as a process does whose input has ended; its exit code can still be told."""
        self._take(self._lines.finish())
        self._stop()
        return True

    def connection_lost(self, _error: Exception | None) -> None:
        """End as a process does that was killed."""
        self._stop()

    def _start(self, how: _Start) -> Tap:
        self._servers.started += 1
        tap = self._servers.start(how, lambda line: self._say("stderr", line))
        self._connection = tap.join(self._send)
        tap.when_ended(self._end)
        return tap

    def _take(self, lines: list[bytes]) -> None:
        if self._tap is not None and lines:
            self._tap.receive(self._connection, lines)

    def _stop(self) -> None:
        if self._tap is not None:
            self._tap.stop()

    def _send(self, messages: Sequence[bytes]) -> None:
        for message in messages:
            self._say("stdout", message.decode())

    def _end(self, code: int) -> None:
        self._say("exit", code)
        self._transport.close()

    def _say(self, stream: str, said: str | int) -> None:
        self._transport.write(msgspec.json.encode((stream, said)) + b"\n")


def _port(listener: asyncio.Server) -> int:
    port: int = listener.sockets[0].getsockname()[1]
    return port
