"""A small application that shows what a listener must cope with, a raw client, and a measure of waiting."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from typing import Any

import pytest

from codex_mockserver.serving import Listener


async def serve(scope: dict[str, Any], receive: Any, send: Any) -> None:
    """Echo over WebSocket; over HTTP do what the path says."""
    if scope["type"] == "websocket":
        await receive()
        await send({"type": "websocket.accept"})
        while (message := await receive())["type"] == "websocket.receive":
            await send({"type": "websocket.send", "text": message["text"]})
        return
    if scope["path"] == "/crash":
        raise RuntimeError("the handler has a fault")
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"hello", "more_body": scope["path"] != "/"})
    if scope["path"] == "/endless":
        await asyncio.Event().wait()


@pytest.fixture
def application() -> Any:
    """An application that misbehaves on request."""
    return serve


@pytest.fixture
async def listener() -> AsyncIterator[Listener]:
    """A listener that serves the application."""
    listener = Listener(serve)
    await listener.start()
    yield listener
    await listener.stop()


async def say(address: tuple[str, int], data: bytes, *, half_close: bool = False) -> bytes:
    """Send bytes, perhaps close our side, and return all that comes until the other side closes."""
    reader, writer = await asyncio.open_connection(*address)
    try:
        writer.write(data)
        if half_close:
            writer.write_eof()
        async with asyncio.timeout(30):
            return await reader.read()
    finally:
        writer.close()


@pytest.fixture
def raw() -> Callable[..., Awaitable[bytes]]:
    """The raw client."""
    return say


@pytest.fixture
def rounds() -> Callable[[Coroutine[Any, Any, None]], Awaitable[int]]:
    """A function that returns how often the event loop turns until something is done: rarely, if it waits for nothing.

    Unlike a time that is the same on a busy machine.
    """

    async def count(work: Coroutine[Any, Any, None]) -> int:
        task, turns = asyncio.create_task(work), 0
        while not task.done():
            await asyncio.sleep(0)
            turns += 1
        await task
        return turns

    return count
