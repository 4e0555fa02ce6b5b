"""Gates hold what comes until they are opened, from any thread."""

from __future__ import annotations

import asyncio

import pytest

from codex_mockserver.http import Gates
from codex_schemas import Problem

#: How many seconds something may take that must happen.
PATIENCE = 30


@pytest.fixture
async def gates() -> Gates:
    return Gates()


async def test_a_gate_is_closed_until_it_is_opened(gates) -> None:
    passing = [asyncio.create_task(gates.passing("a")) for _ in range(3)]
    await gates.reached("a", 3)
    assert gates.waiting == {"a": 3}

    gates.open("a")
    await asyncio.wait_for(asyncio.gather(*passing), PATIENCE)

    assert gates.waiting == {}


async def test_each_name_is_a_gate_of_its_own(gates) -> None:
    passing = asyncio.create_task(gates.passing("a"))
    await gates.reached("a")

    gates.open("b")
    await asyncio.sleep(0)

    assert not passing.done()
    gates.open("a")
    await asyncio.wait_for(passing, PATIENCE)


@pytest.mark.parametrize(
    "closing", [lambda gates: gates.close("a"), lambda gates: gates.reset()], ids=["close", "reset"]
)
async def test_a_gate_that_is_closed_again_holds_what_comes_later(gates, closing) -> None:
    gates.open("a")
    await asyncio.wait_for(gates.passing("a"), PATIENCE)

    closing(gates)
    later = asyncio.create_task(gates.passing("a"))
    await gates.reached("a")
    later.cancel()


async def test_whoever_gives_up_waits_no_longer(gates) -> None:
    passing = asyncio.create_task(gates.passing("a"))
    await gates.reached("a")

    passing.cancel()
    await asyncio.gather(passing, return_exceptions=True)

    assert gates.waiting == {}


async def test_a_gate_opens_from_another_thread(gates) -> None:
    passing = asyncio.create_task(gates.passing("a"))
    await gates.reached("a")

    await asyncio.to_thread(gates.open, "a")

    await asyncio.wait_for(passing, PATIENCE)


async def test_a_gate_that_nothing_reaches_is_told(gates) -> None:
    with pytest.raises(Problem, match="1 streams that wait there, found 0"):
        await gates.reached("a", within=0.01)
