"""Load: many connections that say one thing again and again, on bare sockets, so that the server is measured."""

from __future__ import annotations

import asyncio
import base64
import os
import time
from collections.abc import Callable

__all__ = ["Client", "HttpClient", "SocketClient", "answers_per_second", "frame", "handshake"]

_LAST_CHUNK = b"0\r\n\r\n"
_LENGTH = b"\r\ncontent-length: "
_CLOSING = 8
#: In the place of a frame's size: two bytes with its size follow.
_LONG = 126
#: Seconds in which the last answers must have come.
_PATIENCE = 10


class Client(asyncio.Protocol):
    """Says something, and at the end of each answer the next thing, until it shall stop."""

    def __init__(self, opening: bytes) -> None:
        #: How many answers have come.
        self.count = 0
        self.shall_stop = False
        #: Is set when the last answer has come and the connection is closed.
        self.stopped: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._opening = opening

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        transport.write(self._opening)

    def connection_lost(self, error: Exception | None) -> None:
        if not self.shall_stop:
            raise SystemExit(f"the server dropped a connection: {error}")
        self.stopped.set_result(None)

    def answered(self, following: bytes) -> None:
        """Count an answer and say the next thing."""
        self.count += 1
        if self.shall_stop:
            self._transport.close()
        else:
            self._transport.write(following)


class HttpClient(Client):
    """Sends requests.

    Args:
        request: The first request.
        following: Returns the next request for an answer; left out, the first one is sent again.
    """

    def __init__(self, request: bytes, following: Callable[[bytes], bytes] | None = None) -> None:
        super().__init__(request)
        self._following = following
        self._parts: list[bytes] = []
        #: Bytes that the answer still lacks; None where it comes in chunks.
        self._missing: int | None = None

    def data_received(self, data: bytes) -> None:
        if not self._parts:
            self._missing = _answer_size(data)
        self._parts.append(data)
        if self._missing is not None:
            self._missing -= len(data)
        if self._missing == 0 or (self._missing is None and data.endswith(_LAST_CHUNK)):
            following = self._opening if self._following is None else self._following(b"".join(self._parts))
            self._parts.clear()
            self.answered(following)


class SocketClient(Client):
    """Shakes hands for a WebSocket and then sends a frame again and again.

    Args:
        handshake: The header that asks for the WebSocket.
        message: The frame.
        ending: What the text of the last frame of an answer begins with.
    """

    def __init__(self, handshake: bytes, message: bytes, ending: bytes) -> None:
        super().__init__(handshake)
        self._message = message
        self._ending = ending
        self._seen = b""
        self._is_open = False

    def data_received(self, data: bytes) -> None:
        self._seen += data
        if not self._is_open:
            return self._open()
        position = 0
        while (part := _frame_at(self._seen, position)) is not None:
            text, position = part
            if self._seen.startswith(self._ending, text):
                self.answered(self._message)
        self._seen = self._seen[position:]
        return None

    def _open(self) -> None:
        if self._seen.endswith(b"\r\n\r\n"):
            if not self._seen.startswith(b"HTTP/1.1 101 "):
                raise SystemExit(f"the server refused: {self._seen[:300]!r}")
            self._seen, self._is_open = b"", True
            self._transport.write(self._message)


def frame(text: bytes, *, masked: bool = True) -> bytes:
    """Return a text frame: of a client, masked with zeros, which leave the text as it is, or of a server."""
    size, mask = len(text), 0x80 * masked
    length = bytes([size | mask]) if size < _LONG else bytes([_LONG | mask]) + size.to_bytes(2)
    return b"\x81" + length + bytes(4 * masked) + text


def handshake(path: str, headers: str) -> bytes:
    """Return the header that asks for a WebSocket without compression."""
    key = base64.b64encode(os.urandom(16)).decode()
    return (
        f"GET {path} HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: Upgrade\r\nupgrade: websocket\r\n"
        f"sec-websocket-version: 13\r\nsec-websocket-key: {key}\r\n{headers}\r\n"
    ).encode()


async def answers_per_second(port: int, new_client: Callable[[], Client], count: int, seconds: float) -> float:
    """Return how many answers a second so many clients get together."""
    loop = asyncio.get_running_loop()
    clients = [(await loop.create_connection(new_client, "127.0.0.1", port))[1] for _ in range(count)]
    started, before = time.perf_counter(), sum(client.count for client in clients)
    await asyncio.sleep(seconds)
    rate = (sum(client.count for client in clients) - before) / (time.perf_counter() - started)
    for client in clients:
        client.shall_stop = True
    async with asyncio.timeout(_PATIENCE):
        await asyncio.gather(*[client.stopped for client in clients])
    return rate


def _answer_size(beginning: bytes) -> int | None:
    """Return the size of an answer with its header, None for one in chunks."""
    end = beginning.find(b"\r\n\r\n")
    if not beginning.startswith(b"HTTP/1.1 200 ") or end < 0:
        raise SystemExit(f"the server refused: {beginning[:300]!r}")
    head = beginning[:end].lower()
    _, named, rest = head.partition(_LENGTH)
    return end + 4 + int(rest.split(b"\r\n", 1)[0]) if named else None


def _frame_at(data: bytes, start: int) -> tuple[int, int] | None:
    """Return where the text of a server's frame begins, and where it ends; None where it is not whole."""
    if len(data) < start + 4:
        return None
    size = data[start + 1]
    text = start + 2
    if size == _LONG:
        text, size = start + 4, int.from_bytes(data[start + 2 : start + 4])
    end = text + size
    if data[start] & 0x0F == _CLOSING:
        raise SystemExit(f"the server closed the WebSocket: {data[text:end]!r}")
    return (text, end) if end <= len(data) else None
