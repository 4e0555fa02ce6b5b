"""The connection under a call: what is pushed leaves at once, and a client that has left is gone."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest

from codex_mockserver.http import CONNECTION
from codex_mockserver.serving.listener import Listener

REQUEST = b"GET / HTTP/1.1\r\nhost: x\r\n\r\n"
START = {"type": "http.response.start", "status": 200, "headers": []}

App = Callable[..., Awaitable[None]]


@asynccontextmanager
async def connected(app: App) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    """Send a request to an application."""
    listener = Listener(app)
    await listener.start()
    reader, writer = await asyncio.open_connection(*listener.address)
    writer.write(REQUEST)
    try:
        async with asyncio.timeout(30):
            yield reader, writer
    finally:
        writer.close()
        await listener.stop()


async def test_parts_of_a_body_leave_at_once_each_as_a_chunk() -> None:
    pushed = asyncio.Event()

    async def app(scope, receive, send) -> None:
        await send(START)
        scope["extensions"][CONNECTION].push(b"one", b"a" * 17)
        pushed.set()
        await receive()
        await receive()

    async with connected(app) as (reader, _):
        await pushed.wait()
        await reader.readuntil(b"\r\n\r\n")

        assert await reader.readexactly(31) == b"3\r\none\r\n11\r\n" + b"a" * 17 + b"\r\n"


async def test_nothing_is_pushed_to_a_client_that_is_gone(caplog) -> None:
    gone = asyncio.Event()

    async def app(scope, receive, send) -> None:
        connection = scope["extensions"][CONNECTION]
        connection.ends_with_client = True
        await send(START)
        while (await receive())["type"] != "http.disconnect":
            pass
        for _ in range(10):
            connection.push(b"more")
        gone.set()

    async with connected(app) as (_, writer):
        writer.close()
        await gone.wait()

    assert caplog.records == []


@pytest.mark.parametrize("first", ["the client", "the answer"])
async def test_a_client_that_closes_its_side_is_gone_where_the_answer_takes_time(first: str) -> None:
    """It makes no difference whether it closed before the slow part of the answer began, or in it."""
    seen, events = asyncio.Event(), []

    async def app(scope, receive, send) -> None:
        connection = scope["extensions"][CONNECTION]
        while first == "the client" and not connection.client_has_ended:  # noqa: ASYNC110 (it is told to nobody)
            await asyncio.sleep(0)
        connection.ends_with_client = True
        events.append((await receive())["type"])
        seen.set()
        events.append((await receive())["type"])

    async with connected(app) as (reader, writer):
        if first == "the answer":
            await seen.wait()
        writer.write_eof()

        assert await reader.read() == b""

    assert events == ["http.request", "http.disconnect"]
