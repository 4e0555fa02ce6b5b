"""A relay before a server, which changes the frames of WebSockets below what the server knows of them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import NamedTuple
from urllib.parse import urlsplit

from codex_mockserver.serving.loop_thread import shared_loop

__all__ = ["CLOSE", "CONTINUED", "PONG", "Frame", "relayed"]

CONTINUED, CLOSE, PONG = 0x0, 0x8, 0xA
_END_OF_HEAD = b"\r\n\r\n"
#: Bytes that are read ahead.
_MOST = 16 * 1024 * 1024


class Frame(NamedTuple):
    """One frame on its way, as RFC 6455, 5.2 has it."""

    opcode: int
    #: Whether it comes from the client.
    is_inward: bool
    #: The frame as it is.
    text: bytes


#: Returns what leaves in the place of a frame; None ends the connection.
Change = Callable[[Frame], bytes | None]


@contextmanager
def relayed(url: str, change: Change) -> Iterator[str]:
    """Give the address of a relay before a server; calls that open no WebSocket pass unchanged."""
    relay = _Relay(url, change)
    port = shared_loop().run(relay.start())
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        shared_loop().run(relay.stop())


class _Relay:
    def __init__(self, url: str, change: Change) -> None:
        self._target = urlsplit(url)
        self._change = change
        self._tasks: set[asyncio.Task[None]] = set()

    async def start(self) -> int:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0, limit=_MOST)
        return self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Pass on what both sides say until one of them ends."""
        self._tasks.add(asyncio.current_task())
        onward = await asyncio.open_connection(self._target.hostname, self._target.port, limit=_MOST)
        ways = (self._pass_on(reader, onward[1], is_inward=True), self._pass_on(onward[0], writer, is_inward=False))
        tasks = [asyncio.create_task(each) for each in ways]
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            for each in (writer, onward[1]):
                each.close()

    async def _pass_on(self, source: asyncio.StreamReader, drain: asyncio.StreamWriter, *, is_inward: bool) -> None:
        """Pass on what comes; after the head of a WebSocket, frame by frame."""
        head = await source.readuntil(_END_OF_HEAD)
        drain.write(head)
        while b"upgrade: websocket" not in head.lower():
            if not (text := await source.read(65536)):
                return
            drain.write(text)
        while (text := self._change(await _frame(source, is_inward=is_inward))) is not None:
            drain.write(text)
            await drain.drain()


async def _frame(source: asyncio.StreamReader, *, is_inward: bool) -> Frame:
    start = await source.readexactly(2)
    longer = {126: 2, 127: 8}.get(start[1] & 0x7F, 0)
    length = await source.readexactly(longer)
    size = int.from_bytes(length) if longer else start[1] & 0x7F
    rest = await source.readexactly(size + (4 if start[1] & 0x80 else 0))
    return Frame(start[0] & 0x0F, is_inward, start + length + rest)
