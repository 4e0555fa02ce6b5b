"""A corked transport joins the writes of one round of the event loop and loses none."""

from __future__ import annotations

import asyncio

import pytest

from codex_mockserver.serving._cork import CorkedTransport


class Recorder(asyncio.Transport):
    def __init__(self) -> None:
        super().__init__()
        self.calls: list[bytes | str] = []

    def write(self, data: bytes) -> None:
        self.calls.append(bytes(data))

    def write_eof(self) -> None:
        self.calls.append("eof")

    def close(self) -> None:
        self.calls.append("close")

    def abort(self) -> None:
        self.calls.append("abort")

    def get_write_buffer_size(self) -> int:
        return 7


@pytest.fixture
async def recorder() -> Recorder:
    return Recorder()


@pytest.fixture
async def corked(recorder: Recorder) -> CorkedTransport:
    return CorkedTransport(recorder, asyncio.get_running_loop())


async def test_writes_of_one_round_leave_together(corked, recorder) -> None:
    corked.write(b"head")
    corked.write(b"body")
    assert recorder.calls == []

    await asyncio.sleep(0)

    assert recorder.calls == [b"headbody"]


async def test_writes_of_two_rounds_leave_apart(corked, recorder) -> None:
    for part in (b"one", b"two"):
        corked.write(part)
        await asyncio.sleep(0)

    assert recorder.calls == [b"one", b"two"]


@pytest.mark.parametrize(("ending", "last"), [("close", "close"), ("write_eof", "eof")])
async def test_an_ending_comes_after_what_was_written(corked, recorder, ending, last) -> None:
    corked.write(b"all")
    getattr(corked, ending)()
    await asyncio.sleep(0)

    assert recorder.calls == [b"all", last]


async def test_an_abort_loses_what_waits(corked, recorder) -> None:
    corked.write(b"all")
    corked.abort()
    await asyncio.sleep(0)

    assert recorder.calls == ["abort"]


async def test_everything_else_is_the_business_of_the_transport(corked) -> None:
    assert corked.get_write_buffer_size() == 7
