"""The journal as it grows, as server-sent events."""

from __future__ import annotations

import asyncio

import msgspec
from starlette.types import Receive, Send

from codex_mockserver.http.control._journal_view import summary
from codex_mockserver.http.control._operations import ControlCall

__all__ = ["follow_journal"]

_HEADERS = [(b"content-type", b"text/event-stream"), (b"cache-control", b"no-store")]


async def follow_journal(call: ControlCall, receive: Receive, send: Send) -> None:
    """Send each exchange when it has ended, until the client leaves."""
    await send({"type": "http.response.start", "status": 200, "headers": _HEADERS})
    # An empty comment shows the client that the stream has begun.
    await send({"type": "http.response.body", "body": b":\n\n", "more_body": True})
    following = asyncio.create_task(_follow(call, send))
    leaving = asyncio.create_task(_left(receive))
    try:
        await asyncio.wait({following, leaving}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in (following, leaving):
            task.cancel()
        await asyncio.gather(following, leaving, return_exceptions=True)


async def _follow(call: ControlCall, send: Send) -> None:
    journal = call.app.journal
    last = call.query.get("after", journal.ended_count)
    with journal.changes() as changed:
        while True:
            for place, exchange in journal.ended_since(last):
                last = place
                event = b"event: exchange\nid: %d\ndata: %b\n\n" % (place, msgspec.json.encode(summary(exchange)))
                await send({"type": "http.response.body", "body": event, "more_body": True})
            await changed.wait()
            changed.clear()


async def _left(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
