"""Where a call is answered: beats played on one connection, for as long as the client stays."""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Coroutine, Iterable, Sequence
from typing import Any, Protocol

from starlette.types import Scope

from codex_mockserver.faults import Beat, Event, FaultAnswer, Run, Strike, around, arrange, take_time
from codex_mockserver.http._gates import Gates
from codex_mockserver.http._pacer import Pacer
from codex_mockserver.journal import Exchange
from codex_mockserver.model import Pacing, moments

__all__ = ["CONNECTION", "CallStage", "Connection", "connection_of"]

#: The ASGI extension by which a server lets the application handle the connection itself.
CONNECTION = "codex_mockserver.connection"


class Connection(Protocol):
    """The connection under a call."""

    ends_with_client: bool
    ignores_pings: bool

    def push(self, *parts: bytes) -> None:
        """Send parts of a streamed body, each as a chunk, or texts on a WebSocket; now, and without waiting."""

    def chunk(self, body: bytes) -> None:
        """Write a whole streamed body as one chunk; it leaves with what is written next."""

    def flush(self) -> None:
        """Let what was written leave now."""

    def cut(self) -> None:
        """Close it after what was written."""

    def reset(self) -> None:
        """Break it after what was written."""

    def half_close(self) -> None:
        """Close our side of it."""


def connection_of(scope: Scope) -> Connection | None:
    """Return the connection under a call; None where the server does not give it."""
    connection: Connection | None = scope.get("extensions", {}).get(CONNECTION)
    return connection


class CallStage(ABC):
    """What HTTP and WebSocket have in common as stages.

    Args:
        exchange: Where the journal keeps the call.
        connection: The connection under it.
        gates: The gates of the backend.
        pacer: What wakes its streams.
    """

    def __init__(self, exchange: Exchange, connection: Connection | None, gates: Gates, pacer: Pacer) -> None:
        self._exchange = exchange
        self._connection = connection
        self._gates = gates
        self._pacer = pacer
        #: Whether nothing more can be said, and whether that was the client's wish.
        self.is_over = self.is_broken_off = False
        #: Whether every answer takes time.
        self._is_slow = False
        #: The moment, in the time of the event loop, from which the stream's time is counted,
        #: and the second of the stream's time that it has come to.
        self._origin = self._moment = 0.0

    async def strike(self, strikes: Iterable[Strike], place: str) -> None:
        """Let faults strike around the work of the call: at ``request`` or at ``answer``."""
        if beats := around(strikes, place):
            await self.play(beats)

    async def perform(self, events: Sequence[Event], pacing: Pacing | None, strikes: Sequence[Strike]) -> None:
        """Send a stream as pacing and faults let it be."""
        planned = moments(pacing, events) if pacing else None
        if strikes:
            plan = arrange(events, strikes, planned)
            self._exchange.missed(strike.report for strike in plan.missed)
            await self.play([*plan.beats, Beat("end")])
        elif planned:
            await self.play([Beat("run", Run(events, planned)), Beat("end")])
        else:
            await self.burst(events)

    async def play(self, beats: Sequence[Beat]) -> None:
        """Play beats until one of them ends the call, or until the client leaves."""
        if self._is_slow or take_time(beats):
            await self._while_connected(self._play(beats))
        else:
            await self._play(beats)

    async def _play(self, beats: Iterable[Beat]) -> None:
        self._origin, self._moment = asyncio.get_running_loop().time(), 0.0
        for beat in beats:
            await getattr(self, beat.act)(beat.argument)
            if self.is_over:
                return

    async def _while_connected(self, work: Coroutine[Any, Any, None]) -> None:
        """Do something slow, and stop when the client leaves."""
        if self._connection is not None:
            self._connection.ends_with_client = True
        player, watcher = asyncio.create_task(work), asyncio.create_task(self._gone())
        try:
            await asyncio.wait((player, watcher), return_when=asyncio.FIRST_COMPLETED)
            if player.done():
                player.result()
            else:
                self.is_over = self.is_broken_off = True
        finally:
            player.cancel()
            watcher.cancel()
            await asyncio.gather(player, watcher, return_exceptions=True)
            if self._connection is not None:
                self._connection.ends_with_client = False

    @abstractmethod
    async def _gone(self) -> None:
        """Return when the client has left."""

    async def report(self, text: str) -> None:
        """Let the journal know of a fault that strikes."""
        self._exchange.faults.append(text)

    @abstractmethod
    async def emit(self, *events: Event) -> None:
        """Send events, or keep them until the next wait."""

    @abstractmethod
    async def answer(self, answer: FaultAnswer) -> None:
        """Answer this, and nothing else."""

    async def flush(self) -> None:
        """Let what was said leave now."""
        if self._connection is not None:
            self._connection.flush()

    async def run(self, run: Run) -> None:
        """Send events at their moments; those that are late leave together."""
        rest = 0
        await self.flush()
        if self._connection is not None:
            parts = [self._part(event) for event in run.events]
            deadlines = [self._origin + moment for moment in run.moments]
            rest = await self._pacer.play(parts, deadlines, self._push)
        for event, moment in zip(run.events[rest:], run.moments[rest:], strict=True):
            await self.wait_until(moment)
            await self.emit(event)

    @abstractmethod
    def _part(self, event: Event) -> bytes:
        """Return an event as it stands in the body, or the text of its frame."""

    @abstractmethod
    def _push(self, parts: Sequence[bytes]) -> None:
        """Send parts on the connection at once."""

    async def burst(self, events: Sequence[Event]) -> None:
        """Send all events of a stream at once."""
        await self.emit(*events)
        await self.end(None)

    async def wait_until(self, moment: float) -> None:
        """Wait until so many seconds of the stream's time have passed."""
        self._moment = moment
        delay = self._origin + moment - asyncio.get_running_loop().time()
        if delay > 0:
            await self.flush()
            await asyncio.sleep(delay)

    async def pause(self, seconds: float | None) -> None:
        """Stop the stream's time for so many seconds, or for as long as the client stays."""
        if seconds is None:
            await self.flush()
            await asyncio.Event().wait()
        else:
            self._origin += seconds
            await self.wait_until(self._moment)

    async def hold(self, gate: str) -> None:
        """Stop the stream's time until a gate is open."""
        await self.flush()
        await self._gates.passing(gate)
        self._origin = asyncio.get_running_loop().time() - self._moment

    async def end(self, _: object) -> None:
        """Say nothing more, as if all was said."""
        self.is_over = True

    async def cut(self, _: object) -> None:
        """Close the connection without an end of the body."""
        await self._leave("cut")

    async def reset(self, _: object) -> None:
        """Break the connection, so that the client sees a reset."""
        await self._leave("reset")

    async def half_close(self, _: object) -> None:
        """Close our side of the connection and wait for the client's."""
        await self._leave("half_close")

    async def ignore_pings(self, _: object) -> None:
        """Leave the pings of a WebSocket without an answer from now on."""
        if self._connection is not None:
            self._connection.ignores_pings = True

    async def _leave(self, act: str) -> None:
        """Handle the connection, after all that was kept has been sent, and wait until the client knows."""
        await self.flush()
        self.is_over = True
        if self._connection is not None:
            getattr(self._connection, act)()
            await self._gone()
