"""A backend that always says the same, and clients that see every byte of it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

import pytest
from websockets.asyncio.client import ClientConnection, connect

from codex_mockserver import Backend, Clock

#: A response of eleven events, with a character of two bytes in the sixth.
MODEL = [{"say": [{"message": {"deltas": ["caf", "é", " olé"]}}], "times": None}]
EVENTS = 11

#: How many seconds something may take that must happen.
_PATIENCE = 30

Serve = Callable[..., AbstractAsyncContextManager[Backend]]


@asynccontextmanager
async def _served(*faults: dict, **scenario) -> AsyncIterator[Backend]:
    """Run a backend whose bytes are the same in every test."""
    scenario = {"model": MODEL, "faults": list(faults), **scenario}
    async with Backend(seed=1, clock=Clock(frozen_at=1_770_000_000.0), scenario=scenario) as backend:
        yield backend
        await _all_is_freed(backend)


async def _all_is_freed(backend: Backend) -> None:
    """Wait until no call is under way."""
    async with asyncio.timeout(_PATIENCE):
        while backend._http._state.tasks:  # noqa: ASYNC110 (the end of a task is told to nobody)
            await asyncio.sleep(0.01)


async def _has_struck(backend: Backend) -> None:
    """Wait until a fault has struck the only call."""
    async with asyncio.timeout(_PATIENCE):
        while not [exchange for exchange in backend.journal if exchange.faults]:  # noqa: ASYNC110 (as above)
            await asyncio.sleep(0.01)


class Client:
    """One connection that sends a request and reads what comes."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self.writer = writer
        self.head = b""

    async def read_head(self) -> bytes:
        """Read the status line and the headers."""
        async with asyncio.timeout(_PATIENCE):
            self.head = await self._reader.readuntil(b"\r\n\r\n")
        return self.head

    async def read_until(self, end: bytes) -> bytes:
        """Read up to some bytes."""
        async with asyncio.timeout(_PATIENCE):
            return await self._reader.readuntil(end)

    async def read_rest(self) -> tuple[bytes, str]:
        """Read to the end; return what came and how the connection ended: ``closed`` or ``reset``."""
        data = b""
        async with asyncio.timeout(_PATIENCE):
            try:
                while more := await self._reader.read(65536):
                    data += more
            except ConnectionResetError:
                return data, "reset"
        return data, "closed"


@asynccontextmanager
async def _asking(backend: Backend, *, stream: bool = True, path: str = "/v1/responses") -> AsyncIterator[Client]:
    """Send a request for a response on a connection of its own."""
    host, port = backend._http.address
    reader, writer = await asyncio.open_connection(host, port)
    body = json.dumps({"model": "gpt-5.5", "input": "hi", "stream": stream}).encode()
    head = (
        f"POST {path} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {backend.world.account('plus').api_key}\r\n"
        f"content-type: application/json\r\nconnection: close\r\ncontent-length: {len(body)}\r\n\r\n"
    )
    writer.write(head.encode() + body)
    try:
        yield Client(reader, writer)
    finally:
        writer.close()


def _unchunk(body: bytes) -> tuple[list[bytes], bool]:
    """Return the chunks of a body, and whether it came to its end."""
    chunks: list[bytes] = []
    while body:
        size, _, rest = body.partition(b"\r\n")
        length = int(size, 16)
        if length == 0:
            return chunks, True
        chunks.append(rest[:length])
        body = rest[length + 2 :]
    return chunks, False


async def _whole_stream(backend: Backend) -> tuple[bytes, str]:
    """Ask, and return the body of the stream with its ending: ``ended``, ``closed`` or ``reset``."""
    async with _asking(backend) as client:
        await client.read_head()
        data, ending = await client.read_rest()
    chunks, is_whole = _unchunk(data)
    return b"".join(chunks), "ended" if is_whole else ending


@asynccontextmanager
async def _socket_to(backend: Backend, **options) -> AsyncIterator[ClientConnection]:
    """Open a WebSocket to the public API."""
    headers = {"authorization": f"Bearer {backend.world.account('plus').api_key}"}
    url = f"{backend.url.replace('http', 'ws')}/v1/responses"
    async with connect(url, additional_headers=headers, proxy=None, close_timeout=1, **options) as socket:
        yield socket


CREATE = json.dumps({"type": "response.create", "model": "gpt-5.5", "input": "hi"})


@pytest.fixture
def served() -> Serve:
    """Run a backend with faults: ``async with served({...}) as backend``."""
    return _served


@pytest.fixture
def asking() -> Callable[..., AbstractAsyncContextManager[Client]]:
    """Send a request: ``async with asking(backend) as client``."""
    return _asking


@pytest.fixture
def whole_stream() -> Callable[[Backend], Awaitable[tuple[bytes, str]]]:
    """Ask, and return the body and its ending: ``ended``, ``closed`` or ``reset``."""
    return _whole_stream


@pytest.fixture
def unchunk() -> Callable[[bytes], tuple[list[bytes], bool]]:
    """Return the chunks of a body, and whether it came to its end."""
    return _unchunk


@pytest.fixture
def all_is_freed() -> Callable[[Backend], Awaitable[None]]:
    """Wait until no call is under way."""
    return _all_is_freed


@pytest.fixture
def has_struck() -> Callable[[Backend], Awaitable[None]]:
    """Wait until a fault has struck."""
    return _has_struck


@pytest.fixture
def socket_to() -> Callable[..., AbstractAsyncContextManager[ClientConnection]]:
    """Open a WebSocket: ``async with socket_to(backend) as socket``."""
    return _socket_to


@pytest.fixture
def create() -> str:
    """The frame that asks for a response."""
    return CREATE


@pytest.fixture
async def events() -> list[bytes]:
    """The events of the stream that nothing disturbs."""
    async with _served() as backend:
        body, _ = await _whole_stream(backend)
    found = [event + b"\n\n" for event in body.split(b"\n\n")[:-1]]
    assert len(found) == EVENTS
    return found


@pytest.fixture
async def frames() -> list[str]:
    """The same over WebSocket."""
    async with _served() as backend, _socket_to(backend) as socket:
        await socket.send(CREATE)
        return [await socket.recv() for _ in range(EVENTS)]
