"""How a suite reaches an app-server: a command with its standard streams, or a WebSocket."""

from __future__ import annotations

import contextlib
import queue
import re
import subprocess
import threading
import time
from collections.abc import Callable, Sequence
from functools import partial
from typing import IO, Protocol

from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from codex_conformance.app_servers._home import Home
from codex_mockserver.world import World
from codex_schemas import Problem

__all__ = ["Connection", "QueuedConnection", "Server", "SocketServer", "StdioServer", "connect_to"]

_START = 30.0
_STOP = 10.0


class Connection(Protocol):
    """A connection to an app-server."""

    def send(self, text: str) -> None:
        """Send a message."""

    def receive(self, seconds: float) -> str | None:
        """Return the next message, or None when none comes within so many seconds."""

    def close(self) -> None:
        """Leave."""

    @property
    def is_over(self) -> bool:
        """Whether the server has ended it, and nothing more comes."""


class Server(Protocol):
    """A running app-server."""

    @property
    def world(self) -> World | None:
        """The world of the backend behind it; None where that is not ours."""

    def connect(self) -> Connection:
        """Return a new connection, or the only one."""

    def restart(self, *, abruptly: bool = False) -> None:
        """End it, ``abruptly`` without a chance to finish anything, and start it again in the same home."""

    def stop(self) -> None:
        """End it."""


class QueuedConnection:
    """A connection whose messages a thread receives: they wait in a queue."""

    def __init__(self, send: Callable[[str], None], close: Callable[[], None]) -> None:
        self.send = send
        self.close = close
        #: Whether the server has ended it, and nothing more comes.
        self.is_over = False
        self._received: queue.Queue[str | None] = queue.Queue()

    def feed(self, text: str | None) -> None:
        """Take a message that has come; None is the end."""
        self._received.put(text)

    def receive(self, seconds: float) -> str | None:
        """Return the next message, or None when none comes within so many seconds."""
        if self.is_over:
            return None
        try:
            text = self._received.get(timeout=seconds)
        except queue.Empty:
            return None
        self.is_over = text is None
        return text


class StdioServer:
    """A command whose standard streams are the only connection."""

    def __init__(self, command: Sequence[str], home: Home) -> None:
        self.world = home.backend.world if home.backend else None
        self._command, self._home = command, home
        self._start()

    @property
    def exit_code(self) -> int | None:
        """How it ended; None while it runs."""
        return self._process.poll()

    def connect(self) -> Connection:
        """Return the connection."""
        return self._client

    def restart(self, *, abruptly: bool = False) -> None:
        """End the process, ``abruptly`` by killing it, and start another one in the same home."""
        if abruptly:
            self._process.kill()
        self.stop()
        self._start()

    def stop(self) -> None:
        """End the input, and the process where that does not suffice."""
        with contextlib.suppress(BrokenPipeError):
            self._input.close()
        _end(self._process)
        self._reader.join()
        self._output.close()

    def _start(self) -> None:
        self._process = _spawn(self._command, self._home, subprocess.PIPE)
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._input, self._output = self._process.stdin, self._process.stdout
        self._client = QueuedConnection(partial(_write, self._input), self._input.close)
        self._reader = threading.Thread(target=_read, args=(self._output, self._client), daemon=True)
        self._reader.start()


class SocketServer:
    """A command that listens for WebSocket connections on a free port."""

    def __init__(self, command: Sequence[str], home: Home) -> None:
        self.world = home.backend.world if home.backend else None
        self._command, self._home = [*command, "--listen", "ws://127.0.0.1:0"], home
        self._start()

    def connect(self) -> Connection:
        """Return a new connection."""
        client, socket, reader = _open(self.url)
        self._sockets.append((socket, reader))
        return client

    def restart(self, *, abruptly: bool = False) -> None:
        """End the process, ``abruptly`` by killing it, and start another one in the same home, at another address."""
        if abruptly:
            self._process.kill()
        self.stop()
        self._start()

    def stop(self) -> None:
        """End the process and the connections."""
        self._process.terminate()
        _end(self._process)
        for socket, reader in self._sockets:
            socket.close()
            reader.join()

    def _start(self) -> None:
        self._sockets: list[tuple[ClientConnection, threading.Thread]] = []
        self._process = _spawn(self._command, self._home, subprocess.DEVNULL)
        #: Where it listens.
        self.url = _listening_address(self._process, self._home)


class _Remote:
    """An app-server that somebody else has started."""

    def __init__(self, url: str) -> None:
        self.world = None
        self._url = url
        self._sockets: list[tuple[ClientConnection, threading.Thread]] = []

    def connect(self) -> Connection:
        client, socket, reader = _open(self._url)
        self._sockets.append((socket, reader))
        return client

    def restart(self, *, abruptly: bool = False) -> None:
        del abruptly
        raise Problem(
            "restarting an app-server",
            expected="one that the suite has started",
            found=self._url,
            advice="Leave out what needs it: --disable app-server.restart.",
        )

    def stop(self) -> None:
        for socket, reader in self._sockets:
            socket.close()
            reader.join()


def connect_to(url: str) -> Server:
    """Return an app-server that listens at a WebSocket URL already, and is left running."""
    return _Remote(url)


def _write(stream: IO[str], text: str) -> None:
    stream.write(text + "\n")
    stream.flush()


def _read(stream: IO[str], client: QueuedConnection) -> None:
    for line in stream:
        client.feed(line)
    client.feed(None)


def _open(url: str) -> tuple[QueuedConnection, ClientConnection, threading.Thread]:
    try:
        socket = connect(url, compression=None, proxy=None, max_size=None)
    except (OSError, TimeoutError) as error:
        advice = "Start it, or correct the address."
        raise Problem(f"connecting to {url}", expected="an app-server", found=str(error), advice=advice) from None
    client = QueuedConnection(lambda text: _send(socket, text), socket.close)
    reader = threading.Thread(target=_receive, args=(socket, client), daemon=True)
    reader.start()
    return client, socket, reader


def _send(socket: ClientConnection, text: str) -> None:
    try:
        socket.send(text)
    except ConnectionClosed as error:
        raise BrokenPipeError(str(error)) from None


def _listening_address(process: subprocess.Popen[str], home: Home) -> str:
    """Return the URL that the process says on stderr."""
    deadline = time.monotonic() + _START
    while time.monotonic() < deadline and process.poll() is None:
        if found := re.search(r"ws://127\.0\.0\.1:\d+", home.log.read_text()):
            return found[0]
        time.sleep(0.01)
    raise Problem(
        "starting an app-server with --listen",
        expected="the address on stderr",
        found=home.log.read_text()[-300:] or "nothing",
        advice="Look whether the command knows --listen.",
    )


def _receive(socket: ClientConnection, client: QueuedConnection) -> None:
    with contextlib.suppress(ConnectionClosed):
        for text in socket:
            client.feed(str(text))
    client.feed(None)


def _spawn(command: Sequence[str], home: Home, streams: int) -> subprocess.Popen[str]:
    try:
        with home.log.open("w") as log:
            return subprocess.Popen(  # noqa: S603 (the user's own command, or a published binary)
                command,
                cwd=home.work,
                env=dict(home.environment),
                text=True,
                encoding="utf-8",
                stdin=streams,
                stdout=streams,
                stderr=log,
            )
    except OSError as error:
        raise Problem(
            "starting an app-server",
            expected="a program that can be executed",
            found=f"{command[0]}: {error.strerror}",
            advice="Check the command.",
        ) from None


def _end(process: subprocess.Popen[str]) -> None:
    try:
        process.wait(_STOP)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
