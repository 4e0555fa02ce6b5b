"""Where a call is answered: beats played on one connection, for as long as the client stays."""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Coroutine, Iterable, Sequence
from typing import Any, Protocol

from starlette.types import Scope

from codex_mockserver.faults import Beat, Event, FaultAnswer, Gates, Strike, around, arrange, take_time
from codex_mockserver.journal import Exchange
from codex_mockserver.model import Pacing, moments

__all__ = ["CONNECTION", "CallStage", "Connection", "connection_of"]

#: The ASGI extension by which a server lets the application handle the connection itself.
CONNECTION = "codex_mockserver.connection"


class Connection(Protocol):
    """The connection under a call."""

    ends_with_client: bool
    ignores_pings: bool

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
    """

    def __init__(self, exchange: Exchange, connection: Connection | None, gates: Gates) -> None:
        self._exchange = exchange
        self._connection = connection
        self._gates = gates
        #: Whether nothing more can be said.
        self.is_over = False
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
        if not strikes and pacing is None:
            return await self.burst(events)
        plan = arrange(events, strikes, moments(pacing, events) if pacing else None)
        self._exchange.missed(strike.report for strike in plan.missed)
        return await self.play([*plan.beats, Beat("end")])

    async def play(self, beats: Sequence[Beat]) -> None:
        """Play beats until one of them ends the call, or until the client leaves."""
        self._origin, self._moment = asyncio.get_running_loop().time(), 0.0
        if self._is_slow or take_time(beats):
            await self._while_connected(self._play(beats))
        else:
            await self._play(beats)

    async def _play(self, beats: Iterable[Beat]) -> None:
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
                self.is_over = True
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
    async def emit(self, event: Event) -> None:
        """Send an event, or keep it until the next wait."""

    @abstractmethod
    async def answer(self, answer: FaultAnswer) -> None:
        """Answer this, and nothing else."""

    @abstractmethod
    async def flush(self) -> None:
        """Send what was kept."""

    async def burst(self, events: Sequence[Event]) -> None:
        """Send all events of a stream at once."""
        for event in events:
            await self.emit(event)
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
