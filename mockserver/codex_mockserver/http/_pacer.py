"""The pacer: sends what is due on all paced streams, with one timer for many of them."""

from __future__ import annotations

import asyncio
import math
from bisect import bisect_right
from collections.abc import Callable, Sequence

__all__ = ["TICK", "Pacer"]

#: Seconds of a tick. What is due within one leaves at its end: late by less than a client can
#: tell, and a thousand streams need one timer for each tick, not one each.
TICK = 0.001

#: A tick: the event loop, and the number of the tick in its time.
_Tick = tuple[asyncio.AbstractEventLoop, int]

_Send = Callable[[Sequence[bytes]], None]


class Pacer:
    """Plays streams on any event loop."""

    def __init__(self) -> None:
        #: The streams that go on at the end of a tick, and the timer that tells.
        self._ticks: dict[_Tick, tuple[set[_Player], asyncio.TimerHandle]] = {}

    async def play(self, parts: Sequence[bytes], deadlines: Sequence[float], send: _Send) -> int:
        """Send the parts of a stream when they are due, until only those remain that are due last, and are due.

        What is late leaves in one go with what is due by then, so that lateness never adds up.

        Args:
            parts: What is sent.
            deadlines: When each of them is due, in the time of the running event loop, never falling.
            send: Sends some of the parts at once.

        Returns:
            The position of the first part that was not sent, so that the end of the stream can leave with it.
        """
        player = _Player(self, parts, deadlines, send)
        try:
            player.go_on()
            return await player.rest
        finally:
            self._leave(player)

    def wait(self, player: _Player, moment: float) -> _Tick:
        """Let a stream go on when a moment has come, and return the tick at whose end that is."""
        tick = player.loop, math.ceil(moment / TICK)
        if tick not in self._ticks:
            self._ticks[tick] = set(), player.loop.call_at(tick[1] * TICK, self._end, tick)
        self._ticks[tick][0].add(player)
        return tick

    def _end(self, tick: _Tick) -> None:
        players, _ = self._ticks.pop(tick)
        for player in players:
            player.go_on()

    def _leave(self, player: _Player) -> None:
        """Forget a stream of which somebody grew tired, and the timer that nobody needs then."""
        if player.tick is not None:
            players, timer = self._ticks[player.tick]
            players.discard(player)
            if not players:
                timer.cancel()
                del self._ticks[player.tick]


class _Player:
    """One stream on its way."""

    def __init__(self, pacer: Pacer, parts: Sequence[bytes], deadlines: Sequence[float], send: _Send) -> None:
        self.loop = asyncio.get_running_loop()
        #: The position of the last parts, when they are due.
        self.rest: asyncio.Future[int] = self.loop.create_future()
        #: The tick at whose end it goes on.
        self.tick: _Tick | None = None
        self._pacer = pacer
        self._parts, self._deadlines = parts, deadlines
        self._send = send
        self._position = 0

    def go_on(self) -> None:
        """Send what is due."""
        self.tick = None
        if self.rest.done():
            # The stream was given up while this tick ended.
            return
        position, deadlines = self._position, self._deadlines
        due = bisect_right(deadlines, self.loop.time(), position)
        if due == len(deadlines):
            self.rest.set_result(position)
            return
        try:
            if due > position:
                self._send(self._parts[position:due])
        except Exception as error:  # noqa: BLE001 (the other streams of the tick must go on)
            self.rest.set_exception(error)
            return
        self._position = due
        self.tick = self._pacer.wait(self, deadlines[due])
