"""The pacer sends what is due, in time that a test lets pass."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

import pytest

from codex_mockserver.http._pacer import TICK, Pacer


class Time:
    """The time and the timers of the running loop; none passes but what a test lets pass."""

    def __init__(self) -> None:
        self.now = 100.0
        self.timers: list[asyncio.TimerHandle] = []

    def call_at(self, when: float, callback: Callable[..., None], *arguments: object) -> asyncio.TimerHandle:
        timer = asyncio.TimerHandle(when, callback, arguments, asyncio.get_running_loop())
        self.timers.append(timer)
        return timer

    @property
    def pending(self) -> list[asyncio.TimerHandle]:
        return [timer for timer in self.timers if not timer.cancelled()]

    async def pass_until(self, moment: float) -> None:
        """Let every timer come at its moment, up to this one."""
        await asyncio.sleep(0)
        while due := [timer for timer in self.pending if timer.when() <= moment]:
            await self.jump_to(min(timer.when() for timer in due))
        await self.jump_to(moment)

    async def jump_to(self, moment: float) -> None:
        """Let all that time pass at once, as on a machine that had no time for us."""
        self.now = max(self.now, moment)
        for timer in [timer for timer in self.pending if timer.when() <= self.now]:
            self.timers.remove(timer)
            timer._run()
        await asyncio.sleep(0)


@pytest.fixture
async def time(monkeypatch) -> Time:
    time, loop = Time(), asyncio.get_running_loop()
    monkeypatch.setattr(loop, "time", lambda: time.now)
    monkeypatch.setattr(loop, "call_at", time.call_at)
    return time


class Stream:
    """A stream that is played, with what was sent of it and when."""

    def __init__(self, time: Time, pacer: Pacer, deadlines: Sequence[float]) -> None:
        self._time = time
        self.sent: list[tuple[float, bytes]] = []
        self.is_broken = False
        self.parts = [b"%d." % number for number in range(len(deadlines))]
        self.playing = asyncio.ensure_future(pacer.play(self.parts, deadlines, self._send))

    def _send(self, parts: Sequence[bytes]) -> None:
        if self.is_broken:
            raise ValueError("broken")
        self.sent.append((self._time.now, b"".join(parts)))


@pytest.fixture
async def play(time: Time) -> Callable[..., Stream]:
    """Play a stream with these deadlines, by the same pacer as all others of the test."""
    pacer = Pacer()
    return lambda *deadlines: Stream(time, pacer, deadlines)


async def test_each_part_leaves_when_it_is_due_and_never_before(time, play) -> None:
    stream = play(100.0, 100.5, 101.25, 102.0)
    await time.pass_until(101.9)

    assert [part for _, part in stream.sent] == [b"0.", b"1.", b"2."]
    for (moment, _), deadline in zip(stream.sent, (100.0, 100.5, 101.25), strict=True):
        assert deadline <= moment < deadline + 2 * TICK


async def test_parts_with_one_moment_leave_together(time, play) -> None:
    stream = play(101, 101, 101, 102)
    await time.pass_until(101.5)

    assert [part for _, part in stream.sent] == [b"0.1.2."]


async def test_what_is_late_leaves_in_one_go_and_the_rest_is_in_time(time, play) -> None:
    stream = play(101, 102, 103, 104, 105)
    await time.pass_until(100.5)
    await time.jump_to(103.5)
    await time.pass_until(104.5)

    assert stream.sent == [(103.5, b"0.1.2."), (pytest.approx(104, abs=2 * TICK), b"3.")]


async def test_the_last_ones_are_left_to_the_caller(time, play) -> None:
    stream = play(101, 102, 102)
    await time.pass_until(101.5)
    assert not stream.playing.done()
    await time.pass_until(102.5)

    assert await stream.playing == 1
    assert stream.sent == [(pytest.approx(101, abs=2 * TICK), b"0.")]


async def test_a_stream_that_is_late_from_the_start_does_not_wait(time, play) -> None:
    assert await play(98, 99, 100).playing == 0
    assert time.pending == []


async def test_a_thousand_streams_need_one_timer_for_each_tick(time, play) -> None:
    streams = [play(101, 102) for _ in range(1_000)]
    await asyncio.sleep(0)
    assert len(time.pending) == 1
    await time.pass_until(101.5)

    assert all(stream.sent for stream in streams)
    assert len(time.pending) == 1


async def test_a_stream_that_is_given_up_sends_nothing_and_leaves_nothing(time, play) -> None:
    gone, stays = play(101, 102), play(101, 102)
    await asyncio.sleep(0)
    gone.playing.cancel()
    await time.pass_until(101.5)
    stays.playing.cancel()
    await asyncio.gather(gone.playing, stays.playing, return_exceptions=True)

    assert (gone.sent, len(stays.sent)) == ([], 1)
    assert time.pending == []


async def test_a_stream_that_cannot_be_sent_leaves_the_others_alone(time, play) -> None:
    broken, whole = play(101, 102), play(101, 102)
    broken.is_broken = True
    await time.pass_until(103)

    with pytest.raises(ValueError, match="broken"):
        await broken.playing
    assert await whole.playing == 1


async def test_a_stream_that_is_given_up_in_the_very_moment_that_it_is_due_sends_nothing(time, play) -> None:
    stream = play(101, 102)
    await asyncio.sleep(0)
    stream.playing.cancel()
    time.now = 101.1
    (timer,) = time.pending
    timer._run()
    await asyncio.gather(stream.playing, return_exceptions=True)

    assert stream.sent == []
