"""Paced streams, over both transports: the headers first, then each event at its moment."""

from __future__ import annotations

import asyncio
import json

import pytest

from codex_mockserver.faults import Beat
from codex_mockserver.http import Gates
from codex_mockserver.http._pacer import Pacer
from codex_mockserver.http._stage import CallStage
from codex_mockserver.journal import Journal

#: So slow that no test lives to see the next event.
NEVER = {"events_per_second": 0.001}
AT_ONCE = {"first_token": 0.001, "tokens_per_second": 1_000_000, "jitter": 0.5}


class Plain(CallStage):
    """A stage that only waits."""

    def __init__(self) -> None:
        super().__init__(Journal().open("GET", "/", "", {}), None, Gates(), Pacer())

    def _part(self, event) -> bytes: ...
    def _push(self, parts) -> None: ...
    async def emit(self, *events) -> None: ...
    async def flush(self) -> None: ...
    async def answer(self, answer) -> None: ...
    async def _gone(self) -> None:
        await asyncio.Event().wait()


@pytest.fixture
def naps(monkeypatch) -> list[float]:
    """The seconds that are slept, of which none passes."""
    naps: list[float] = []

    async def nap(seconds: float) -> None:
        naps.append(seconds)

    monkeypatch.setattr(asyncio, "sleep", nap)
    return naps


async def test_each_wait_counts_from_the_beginning(naps) -> None:
    """Time that was slept too long is not added up: the next moment stands still."""
    await Plain().play([Beat("wait_until", moment) for moment in (100, 200, 300)])

    assert naps == pytest.approx([100, 200, 300], abs=5)


async def test_a_pause_moves_everything_after_it(naps) -> None:
    await Plain().play([Beat("wait_until", 100), Beat("pause", 50), Beat("wait_until", 200)])

    assert naps == pytest.approx([100, 150, 250], abs=5)


async def test_the_time_at_a_gate_does_not_count(naps) -> None:
    stage = Plain()
    stage._gates.open("gate")

    await stage.play([Beat("wait_until", 100), Beat("hold", "gate"), Beat("wait_until", 200)])

    assert naps == pytest.approx([100, 100], abs=5)


async def test_a_paced_stream_has_the_same_bytes(served, whole_stream, events) -> None:
    async with served(pacing=AT_ONCE) as backend:
        assert await whole_stream(backend) == (b"".join(events), "ended")


async def test_a_paced_response_has_the_same_frames(served, socket_to, create, frames) -> None:
    async with served(pacing=AT_ONCE) as backend, socket_to(backend) as socket:
        await socket.send(create)

        assert [await socket.recv() for _ in frames] == frames


async def test_the_headers_come_before_the_first_event(served, asking, all_is_freed) -> None:
    async with served(pacing={"first_token": 1000}) as backend:
        async with asking(backend) as client:
            assert (await client.read_head()).startswith(b"HTTP/1.1 200")
            (exchange,) = backend.journal
            assert (exchange.status, exchange.response_body) == (200, b"")
        await all_is_freed(backend)


async def test_events_leave_one_by_one(served, asking, all_is_freed, events) -> None:
    async with served(pacing=NEVER) as backend:
        async with asking(backend) as client:
            await client.read_head()
            assert (await client.read_until(b"\n\n")).endswith(events[0])
        await all_is_freed(backend)
        (exchange,) = backend.journal

    assert exchange.response_body == events[0]


async def test_frames_leave_one_by_one(served, socket_to, create, all_is_freed, frames) -> None:
    async with served(pacing=NEVER) as backend:
        async with socket_to(backend) as socket:
            await socket.send(create)
            assert await socket.recv() == frames[0]
            socket.transport.abort()
        await all_is_freed(backend)
        (exchange,) = backend.journal

    assert [frame.sender for frame in exchange.frames] == ["client", "server"]


@pytest.mark.parametrize(
    "scenario",
    [
        {"pacing": NEVER},
        {"faults": [{"on": "createResponse", "at": 1, "hold": "never"}]},
        {"faults": [{"on": "createResponse", "at": 1, "idle": True}]},
    ],
    ids=["by its pace", "at a gate", "in silence"],
)
async def test_an_interrupt_ends_a_response_that_waits(served, socket_to, create, all_is_freed, scenario) -> None:
    async with served(**scenario) as backend:
        async with socket_to(backend) as socket:
            await socket.send(create)
            response_id = json.loads(await socket.recv())["response"]["id"]
            await socket.send(json.dumps({"type": "response.interrupt", "response_id": response_id, "mode": "any"}))
            accepted, ending = [json.loads(await socket.recv()) for _ in range(2)]
        await all_is_freed(backend)

    assert accepted["type"] == "response.interrupt.accepted"
    assert (ending["type"], ending["sequence_number"]) == ("response.incomplete", 1)


async def test_a_step_has_a_pace_of_its_own(served, whole_stream) -> None:
    model = [{"say": [{"message": "hi"}], "pacing": AT_ONCE}]
    async with served(model=model, pacing=NEVER) as backend:
        body, ending = await whole_stream(backend)

    assert (b"response.completed" in body, ending) == (True, "ended")


async def test_an_answer_that_is_no_stream_is_not_paced(served, asking) -> None:
    async with served(pacing=NEVER) as backend, asking(backend, stream=False) as client:
        await client.read_head()
        body, _ = await client.read_rest()

    assert json.loads(body)["status"] == "completed"
