"""Playing an HTTP answer: the same bytes, cut where they were cut."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from http import HTTPStatus
from typing import Literal, TypeAlias

from codex_fixtures import Data, End, Entry, Request, Response
from codex_mockserver.recording.codings import CODINGS, Encoder, encoder
from codex_mockserver.replaying._index import Recorded
from codex_mockserver.replaying._pace import Pace

__all__ = ["Outcome", "Sender", "play_answer", "status_line"]

#: What becomes of the connection: the next request, an orderly end, a reset, or the client goes first.
Outcome: TypeAlias = Literal["open", "close", "reset", "wait"]

_LAST_CHUNK = b"0\r\n\r\n"
#: Bytes that leave together when nothing has to wait between them.
_TOGETHER = 64 * 1024
_NO_CONTENT, _NOT_MODIFIED, _SUCCESS = 204, 304, 200


class Sender:
    """Sends what is due, together where nothing lies between."""

    def __init__(self, writer: asyncio.StreamWriter, pace: Pace) -> None:
        self.pace = pace
        self._writer = writer
        self._parts: list[bytes] = []
        self._size = 0

    async def send(self, data: bytes, at: float) -> None:
        """Send bytes when a moment of the recording comes again."""
        if (seconds := self.pace.seconds_until(at)) > 0:
            await self.flush()
            await asyncio.sleep(seconds)
        self._parts.append(data)
        self._size += len(data)
        if self._size > _TOGETHER:
            await self.flush()

    async def flush(self) -> None:
        """Let everything leave."""
        if self._parts:
            self._writer.write(b"".join(self._parts))
            self._parts.clear()
            self._size = 0
            await self._writer.drain()

    def interject(self, data: bytes) -> None:
        """Send something that has no moment of its own, between what has left and what waits."""
        self._writer.write(data)


async def play_answer(exchange: Recorded, entries: Iterator[Entry], sender: Sender) -> Outcome:
    """Play the answer of an exchange."""
    body: _Body | None = None
    client_ends = 0
    method = ""
    for entry in entries:
        if isinstance(entry, Request):
            method = entry.method
        if isinstance(entry, End) and entry.side == "client":
            client_ends += 1
        if body is None and getattr(entry, "side", "client") == "client" and not isinstance(entry, Response):
            sender.pace.heard(entry.at)
        elif isinstance(entry, Response):
            body = _Body(entry, exchange, method)
            await sender.send(body.head, entry.at)
        elif isinstance(entry, Data) and entry.side == "server" and body is not None:
            await sender.send(body.piece(entry.content), entry.at)
        elif isinstance(entry, End) and entry.side == "server":
            return await _end(entry, body, sender, has_client_left=client_ends > 1)
    await sender.flush()
    return "wait" if client_ends > 1 else "close"


async def _end(end: End, body: _Body | None, sender: Sender, *, has_client_left: bool) -> Outcome:
    if end.how == "whole" and body is not None:
        await sender.send(body.end, end.at)
        await sender.flush()
        return "close" if body.closes else "open"
    # What is sent last says nothing: it waits for its moment.
    await sender.send(b"", end.at)
    await sender.flush()
    if end.how == "reset":
        return "reset"
    return "wait" if has_client_left else "close"


class _Body:
    """The frame in which the pieces of a body are sent: chunks, a length, or the end of the connection."""

    def __init__(self, response: Response, exchange: Recorded, method: str) -> None:
        headers = {name.lower(): value.lower() for name, value in response.headers}
        is_bare = method == "HEAD" or response.status in (_NO_CONTENT, _NOT_MODIFIED)
        is_encoded = response.decoded in CODINGS and not is_bare
        self._encoder: Encoder | None = encoder(response.decoded) if is_encoded and response.decoded else None
        self._is_chunked = "chunked" in headers.get("transfer-encoding", "") or (
            self._encoder is not None and "content-length" in headers
        )
        has_length = "content-length" in headers and not self._is_chunked
        #: Whether the connection ends with the answer.
        self.closes = headers.get("connection") == "close" or not (is_bare or self._is_chunked or has_length)
        length = None if is_bare or not has_length else self._length(headers["content-length"], exchange)
        self.head = status_line(response.status) + self._headers(response, length)

    @property
    def end(self) -> bytes:
        """What is sent after the last piece."""
        rest = self._framed(self._encoder.finish()) if self._encoder is not None else b""
        return rest + (_LAST_CHUNK if self._is_chunked else b"")

    def piece(self, content: bytes) -> bytes:
        """Return how a piece is sent."""
        return self._framed(content if self._encoder is None else self._encoder.feed(content))

    def _framed(self, data: bytes) -> bytes:
        return b"%x\r\n%b\r\n" % (len(data), data) if data and self._is_chunked else data

    def _headers(self, response: Response, length: int | None) -> bytes:
        lines = []
        for name, written in response.headers:
            value = written
            if name.lower() == "content-length" and length is not None:
                value = str(length)
            if name.lower() == "content-length" and self._encoder is not None:
                name, value = "transfer-encoding", "chunked"  # noqa: PLW2901 (it stands in its place)
            lines.append(f"{name}: {value}\r\n")
        return "".join([*lines, "\r\n"]).encode("latin-1", "replace")

    @staticmethod
    def _length(written: str, exchange: Recorded) -> int:
        """Return the length that is promised: that of what was kept, or more where the rest never came."""
        return exchange.size if exchange.is_whole or not written.isdecimal() else max(int(written), exchange.size + 1)


def status_line(status: int) -> bytes:
    """Return the first line of an answer."""
    try:
        phrase = HTTPStatus(status).phrase
    except ValueError:
        phrase = ""
    return f"HTTP/1.1 {status} {phrase}\r\n".encode()
