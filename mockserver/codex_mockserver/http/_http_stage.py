"""An answer over HTTP: whole, in pieces, or as a stream of events."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence

from starlette.types import Receive, Scope, Send

from codex_mockserver.faults import Chunk, Event, FaultAnswer, Strike, read_events
from codex_mockserver.http._answer import Answer, EventStream, answer_of
from codex_mockserver.http._gates import Gates
from codex_mockserver.http._pacer import Pacer
from codex_mockserver.http._stage import CallStage, connection_of
from codex_mockserver.journal import Exchange

__all__ = ["HttpStage"]


class HttpStage(CallStage):
    """Answers one request.

    Args:
        scope: The ASGI scope of the request.
        receive: The rest of what the client says.
        send: Where the answer goes.
        exchange: Where the journal keeps the call.
        gates: The gates of the backend.
        pacer: What wakes its streams.
        date: The world's date.
    """

    def __init__(  # noqa: PLR0917 (the three of ASGI, and what they stand for)
        self, scope: Scope, receive: Receive, send: Send, exchange: Exchange, gates: Gates, pacer: Pacer, date: str
    ) -> None:
        super().__init__(exchange, connection_of(scope), gates, pacer)
        #: The rest of what the client says.
        self.receive = receive
        self._send = send
        self._date = date
        self._chunk: Chunk | None = None
        self._kept: list[bytes] = []

    async def give(self, answer: Answer, strikes: Sequence[Strike] = ()) -> None:
        """Send an answer as the faults let it be."""
        if strikes:
            await self.strike(strikes, "answer")
        if not self.is_over:
            await self._give(answer, strikes)

    async def _give(self, answer: Answer, strikes: Sequence[Strike]) -> None:
        if isinstance(answer, EventStream) and (strikes or answer.pacing):
            self._exchange.answered(answer.status, answer.named_headers())
            await self._start(answer)
            await self.perform(read_events(answer.body), answer.pacing, strikes)
            return
        self._exchange.missed(strike.report for strike in strikes if strike.is_in_stream)
        self._exchange.answered(answer.status, answer.named_headers(), answer.body)
        if self._chunk is None:
            await self._send_whole(answer)
        else:
            await self._start(answer, len(answer.body))
            await self._while_connected(self._send_body(answer.body, is_last=True))

    async def _send_whole(self, answer: Answer) -> None:
        """Send an answer in one write; a stream goes past the server, which would copy it."""
        if not isinstance(answer, EventStream) or self._connection is None:
            return await answer.send(self._send, self._date)
        await self._start(answer)
        self._connection.chunk(answer.body)
        return await self._send({"type": "http.response.body"})

    async def _start(self, answer: Answer, length: int | None = None) -> None:
        headers = answer.raw_headers(self._date)
        if length is not None:
            headers.append((b"content-length", str(length).encode()))
        await self._send({"type": "http.response.start", "status": answer.status, "headers": headers})

    async def _send_body(self, data: bytes, *, is_last: bool) -> None:
        """Send a part of the body, in pieces where it shall be so."""
        if self._chunk is not None:
            *pieces, data = _pieces(data, self._chunk.bytes)
            for piece in pieces:
                await self._send({"type": "http.response.body", "body": piece, "more_body": True})
                # Even without a pause the event loop turns, so that each piece is a write of its own.
                await asyncio.sleep(self._chunk.pause)
        await self._send({"type": "http.response.body", "body": data, "more_body": not is_last})

    async def emit(self, *events: Event) -> None:
        """Keep events until the next wait."""
        self._kept += [event.wire for event in events]

    def _part(self, event: Event) -> bytes:
        return event.wire

    def _push(self, parts: Sequence[bytes]) -> None:
        data = b"".join(parts)
        self._exchange.sent(data)
        assert self._connection is not None
        self._connection.push(data)

    async def flush(self) -> None:
        """Send what was kept."""
        if self._kept:
            await self._send_body(self._take_kept(), is_last=False)
        await super().flush()

    async def end(self, _: object) -> None:
        """Send what was kept and end the body."""
        await self._send_body(self._take_kept(), is_last=True)
        self.is_over = True

    async def answer(self, answer: FaultAnswer) -> None:
        """Answer this, and nothing else."""
        await self._give(answer_of(answer), ())
        self.is_over = True

    async def cut_up(self, chunk: Chunk) -> None:
        """Send bodies in pieces from now on."""
        self._chunk, self._is_slow = chunk, True

    def _take_kept(self) -> bytes:
        data = b"".join(self._kept)
        self._kept.clear()
        self._exchange.sent(data)
        return data

    async def _gone(self) -> None:
        while (await self.receive())["type"] != "http.disconnect":
            pass


def _pieces(data: bytes, size: int) -> Iterator[bytes]:
    """Yield a body in pieces of that size; an empty one in one piece."""
    for start in range(0, max(len(data), 1), size):
        yield data[start : start + size]
