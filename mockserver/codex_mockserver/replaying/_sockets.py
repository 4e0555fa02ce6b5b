"""Playing the server of a WebSocket: what it said, after what it heard."""

from __future__ import annotations

import asyncio
import base64
import hashlib
from collections.abc import Iterator
from contextlib import suppress

from websockets.frames import Close as CloseFrame
from websockets.frames import Frame as WireFrame
from websockets.frames import Opcode
from websockets.protocol import Side

from codex_fixtures import Close, End, Entry, Frame, Response
from codex_fixtures.matching import Rules, differences, frame_value
from codex_mockserver.recording.frames import Messages
from codex_mockserver.replaying._answers import Outcome, Sender, status_line
from codex_mockserver.replaying._matching import Miss
from codex_mockserver.replaying._redacted import redacted_frame
from codex_mockserver.replaying._requests import LiveRequest
from codex_schemas import Problem

__all__ = ["play_socket"]

_CHUNK = 64 * 1024
_GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
#: Messages that a client may send before they are looked at.
_MOST_WAITING = 64
_POLICY = 1008
#: Codes that no frame may carry: they say that there was none, or no code.
_UNSENT = (1005, 1006)
_LONGEST_REASON = 120
#: What belongs to one handshake alone.
_OWN_HEADERS = ("sec-websocket-accept", "sec-websocket-extensions")


async def play_socket(
    request: LiveRequest,
    entries: Iterator[Entry],
    reader: asyncio.StreamReader,
    sender: Sender,
    rules: Rules | None,
) -> Outcome | Miss:
    """Play a WebSocket.

    Args:
        request: The handshake.
        entries: What was recorded.
        reader: Where the client's frames come from.
        sender: Sends what is due, and answers pings.
        rules: How frames are compared; None where each is taken for the one that was recorded.

    Returns:
        What becomes of the connection; or the frame that the recording has no answer for.
    """
    ears = _Ears(reader, sender, request.rest)
    listening = asyncio.create_task(ears.listen())
    try:
        return await _play(request, entries, ears, sender, rules)
    finally:
        listening.cancel()
        await asyncio.gather(listening, return_exceptions=True)


async def _play(
    request: LiveRequest, entries: Iterator[Entry], ears: _Ears, sender: Sender, rules: Rules | None
) -> Outcome | Miss:
    is_open = False
    for entry in entries:
        if isinstance(entry, Response):
            await sender.send(_handshake(request, entry), entry.at)
            is_open = True
        elif not is_open:
            sender.pace.heard(entry.at)
        elif isinstance(entry, Frame | Close) and entry.side == "server":
            await sender.send(_wire(entry), entry.at)
        elif isinstance(entry, Frame | Close):
            await sender.flush()
            heard = await ears.hear()
            if heard is None:
                return "close"
            sender.pace.heard(entry.at)
            if rules is not None and isinstance(entry, Frame) and (miss := _compare(entry, heard, rules)):
                await sender.send(_wire_close(_POLICY, str(miss.problem)), entry.at)
                await sender.flush()
                return miss
        elif isinstance(entry, End):
            return await _end(entry, ears, sender)
    await sender.flush()
    return "close"


async def _end(end: End, ears: _Ears, sender: Sender) -> Outcome:
    await sender.send(b"", end.at)
    await sender.flush()
    if end.side == "client":
        while await ears.hear() is not None:
            pass
        return "close"
    return "reset" if end.how == "reset" else "close"


class _Ears:
    """Hears the frames of the client, and answers its pings."""

    def __init__(self, reader: asyncio.StreamReader, sender: Sender, first: bytes) -> None:
        self._reader = reader
        self._sender = sender
        self._first = first
        self._queue: asyncio.Queue[bytes | None] = asyncio.Queue(_MOST_WAITING)
        self._heard: list[bytes] = []
        self._messages = Messages(
            Side.CLIENT, None, lambda content, _: self._heard.append(content), lambda *_: self._heard.append(b"")
        )

    async def listen(self) -> None:
        """Listen until the client is gone."""
        data = self._first or await self._read()
        while data:
            self._messages.feed(data)
            if self._messages.pongs:
                self._sender.interject(self._messages.pongs)
                self._messages.pongs = b""
            for content in self._heard:
                await self._queue.put(content)
            self._heard.clear()
            data = b"" if self._messages.is_broken else await self._read()
        await self._queue.put(None)

    async def hear(self) -> bytes | None:
        """Return the next frame, empty for a close frame; None when the client is gone."""
        content = await self._queue.get()
        if content is None:
            self._queue.put_nowait(None)
        return content

    async def _read(self) -> bytes:
        with suppress(OSError):
            return await self._reader.read(_CHUNK)
        return b""


def _compare(recorded: Frame, heard: bytes, rules: Rules) -> Miss | None:
    found = differences(
        {"body": frame_value(recorded.content)}, {"body": frame_value(redacted_frame("client", heard))}, rules
    )
    if not found:
        return None
    problem = Problem(
        f"answering a frame from exchange {recorded.x} of the recording",
        expected="the frame that was recorded",
        found=str(found[0]),
        advice="Ignore what may differ (--ignore POINTER), or record it again.",
    )
    return Miss(recorded.x, found[0].pointer, problem)


def _handshake(request: LiveRequest, response: Response) -> bytes:
    key = request.header("sec-websocket-key").encode("latin-1", "replace")
    accept = base64.b64encode(hashlib.sha1(key + _GUID, usedforsecurity=False).digest()).decode()
    lines = [f"{name}: {value}\r\n" for name, value in response.headers if name.lower() not in _OWN_HEADERS]
    head = "".join([*lines, f"Sec-WebSocket-Accept: {accept}\r\n\r\n"])
    return status_line(response.status) + head.encode("latin-1", "replace")


def _wire(entry: Frame | Close) -> bytes:
    if isinstance(entry, Close):
        return _wire_close(entry.code, entry.reason)
    return WireFrame(Opcode.TEXT if entry.is_text else Opcode.BINARY, entry.content).serialize(mask=False)


def _wire_close(code: int, reason: str) -> bytes:
    content = b"" if code in _UNSENT else CloseFrame(code, _short(reason)).serialize()
    return WireFrame(Opcode.CLOSE, content).serialize(mask=False)


def _short(reason: str) -> str:
    return reason.encode()[:_LONGEST_REASON].decode(errors="ignore")
