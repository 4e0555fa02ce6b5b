"""How a client reaches an app-server: a command with its standard streams, or with a WebSocket listener."""

from __future__ import annotations

import contextlib
import queue
import re
import subprocess
import threading
import time
from collections.abc import Callable, Sequence

from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from parity._home import Home

__all__ = ["Client", "SocketServer", "StdioServer"]

_START = 30.0
_STOP = 10.0


class Client:
    """One connection: what was received waits in a queue."""

    def __init__(self, send: Callable[[str], None], close: Callable[[], None]) -> None:
        self.send = send
        self.close = close
        self._received: queue.Queue[str] = queue.Queue()

    def feed(self, text: str) -> None:
        """Take a message that has come."""
        self._received.put(text)

    def receive(self, seconds: float) -> str | None:
        """Return the next message, or None when none comes within so many seconds."""
        try:
            return self._received.get(timeout=seconds)
        except queue.Empty:
            return None


class StdioServer:
    """A command whose standard streams are the only connection."""

    def __init__(self, command: Sequence[str], home: Home) -> None:
        self._process = _spawn(command, home, subprocess.PIPE)
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._input, self._output = self._process.stdin, self._process.stdout
        self._client = Client(self._send, self._input.close)
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def connect(self) -> Client:
        """Return the connection."""
        return self._client

    def stop(self) -> None:
        """End the input, and the process where that does not suffice."""
        self._input.close()
        _end(self._process)
        self._reader.join()
        self._output.close()

    def _send(self, text: str) -> None:
        self._input.write(text + "\n")
        self._input.flush()

    def _read(self) -> None:
        for line in self._output:
            self._client.feed(line)


class SocketServer:
    """A command that listens for WebSocket connections on a free port."""

    def __init__(self, command: Sequence[str], home: Home) -> None:
        self._process = _spawn([*command, "--listen", "ws://127.0.0.1:0"], home, subprocess.DEVNULL)
        self._url = _listening_address(self._process, home)
        self._sockets: list[ClientConnection] = []
        self._readers: list[threading.Thread] = []

    def connect(self) -> Client:
        """Return a new connection."""
        socket = connect(self._url, compression=None, proxy=None, max_size=None)
        client = Client(socket.send, socket.close)
        reader = threading.Thread(target=_receive, args=(socket, client), daemon=True)
        reader.start()
        self._sockets.append(socket)
        self._readers.append(reader)
        return client

    def stop(self) -> None:
        """End the process and the connections."""
        self._process.terminate()
        _end(self._process)
        for socket in self._sockets:
            socket.close()
        for reader in self._readers:
            reader.join()


def _listening_address(process: subprocess.Popen[str], home: Home) -> str:
    """Return the URL that the process says on stderr."""
    deadline = time.monotonic() + _START
    while time.monotonic() < deadline and process.poll() is None:
        if found := re.search(r"ws://127\.0\.0\.1:\d+", home.log.read_text()):
            return found[0]
        time.sleep(0.01)
    raise AssertionError(f"the server does not say where it listens: {home.log.read_text()}")


def _receive(socket: ClientConnection, client: Client) -> None:
    with contextlib.suppress(ConnectionClosed):
        for text in socket:
            client.feed(str(text))


def _spawn(command: Sequence[str], home: Home, streams: int) -> subprocess.Popen[str]:
    with home.log.open("a") as log:
        return subprocess.Popen(
            command, cwd=home.work, env=home.environment, text=True, stdin=streams, stdout=streams, stderr=log
        )


def _end(process: subprocess.Popen[str]) -> None:
    try:
        process.wait(_STOP)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
