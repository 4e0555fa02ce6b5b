"""Let the mock serve many streams at once for a long time, and look whether its memory and its descriptors stay flat.

Clients of all kinds come and go without pause: some read a paced stream to its end, some leave in the middle
of it, some take turns on a WebSocket, some refresh their tokens. Before that, the same clients in a hurry fill up
what the mock remembers of them. Prints a line every ten seconds and a verdict; the exit code is 1 when something
grew, or when a stream did not come as it was promised.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import statistics
import sys
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import TypeVar

from load import Client, SocketClient, frame, handshake
from pacing import Stream
from process import Mock, Reading, serve
from servers import WORDS, Address
from workloads import ENDING, FRAME, PATH, TURN, post, token_client

#: Tokens a second, by what the model is asked: in a hurry, too, they leave one by one.
RATES = {"slowly": 50, "quickly": 1000}
SAY = [{"message": " ".join(WORDS)}]
SCENARIO = {
    "settings": {"auto_approve": True},
    "model": [
        {"when": {"user": text}, "say": SAY, "times": None, "pacing": {"tokens_per_second": rate}}
        for text, rate in RATES.items()
    ],
}
#: What clients do until the mock remembers no more of them than before: its journal keeps 10,000 exchanges.
FILLING = 9_000
#: Seconds between two looks at the mock, and those that a client waits at most.
INTERVAL, PATIENCE = 10, 30
#: Turns on one WebSocket, and tokens that one client refreshes.
TURNS, TOKENS = 3, 5
#: By how much of itself the memory may grow while the clients come and go.
GROWTH = 0.05

Protocol = TypeVar("Protocol", bound=asyncio.Protocol)


class Soak:
    """Clients that come and go.

    Args:
        address: The mock.
        text: What the model is asked, and so how fast it answers.
        chance: What decides who comes next.
    """

    def __init__(self, address: Address, text: str, chance: random.Random) -> None:
        self._address = address
        self._chance = chance
        #: How long a stream takes.
        self._seconds = len(WORDS) / RATES[text]
        #: What the clients did, by kind.
        self.done: Counter[str] = Counter()
        self.failures: list[str] = []
        body = json.dumps({**TURN, "input": text, "stream": True}).encode()
        self._request = post(address, PATH, "application/json", body)
        content = {**FRAME, "input": [{"role": "user", "content": text}]}
        self._frame = frame(json.dumps(content).encode())

    async def run(self, streams: int, is_over: Callable[[], bool]) -> None:
        """Keep so many clients busy."""
        await asyncio.gather(*[self._keep_busy(is_over) for _ in range(streams)])

    async def _keep_busy(self, is_over: Callable[[], bool]) -> None:
        kinds: Sequence[tuple[str, int, Callable[[], Awaitable[None]]]] = (
            ("streams", 10, self._stream),
            ("left early", 4, self._leave),
            ("sockets", 5, self._socket),
            ("refreshing", 1, self._refresh),
        )
        while not is_over():
            ((name, _, act),) = self._chance.choices(kinds, weights=[weight for _, weight, _ in kinds])
            try:
                async with asyncio.timeout(PATIENCE):
                    await act()
            except (OSError, TimeoutError) as error:
                self.failures.append(f"{name}: {type(error).__name__} {error}")
            self.done[name] += 1

    async def _stream(self) -> None:
        stream = await self._asked()
        await stream.ended
        if stream.tokens != len(WORDS):
            self.failures.append(f"a stream had {stream.tokens} tokens")

    async def _leave(self) -> None:
        stream = await self._asked()
        await asyncio.sleep(self._chance.uniform(0, self._seconds))
        stream.leave()

    async def _asked(self) -> Stream:
        stream = await self._connected(Stream)
        stream.transport.write(self._request)
        return stream

    async def _socket(self) -> None:
        opening = handshake(PATH, f"authorization: Bearer {self._address.key}\r\n")
        await self._take_turns(partial(SocketClient, opening, self._frame, ENDING), TURNS)

    async def _refresh(self) -> None:
        await self._take_turns(partial(token_client, self._address), TOKENS)

    async def _take_turns(self, new_client: Callable[[], Client], count: int) -> None:
        client = await self._connected(new_client)
        while client.count < count:  # noqa: ASYNC110 (a client tells nobody)
            await asyncio.sleep(0.05)
        client.shall_stop = True
        await client.stopped

    async def _connected(self, new_protocol: Callable[[], Protocol]) -> Protocol:
        loop = asyncio.get_running_loop()
        return (await loop.create_connection(new_protocol, "127.0.0.1", self._address.port))[1]


async def observe(mock: Mock, soak: Soak, streams: int, seconds: float) -> list[Reading]:
    """Let the clients run for so long, and return what the mock held meanwhile."""
    readings: list[Reading] = []
    started = time.monotonic()
    running = asyncio.create_task(soak.run(streams, lambda: time.monotonic() - started > seconds))
    while not (await asyncio.wait((running,), timeout=INTERVAL))[0]:
        readings.append(reading := mock.read())
        did = ", ".join(f"{count:,} {kind}" for kind, count in sorted(soak.done.items()))
        print(f"{time.monotonic() - started:5.0f} s: {held(reading)}; {did}", flush=True)
    running.result()
    return [*readings, mock.read()]


def held(reading: Reading) -> str:
    return f"{reading.memory:.0f} MB, {reading.descriptors} descriptors"


def broken(before: Reading, during: Sequence[Reading], after: Reading) -> list[str]:
    """Return which promise of flatness was broken.

    Args:
        before: What the mock held before the first client came.
        during: What it held while they came and went: a third of the time to find its level, a third to compare
            with, and the last third.
        after: What it held when all had gone.
    """
    third = max(1, len(during) // 3)
    middle, end = during[-2 * third : -third] or during, during[-third:]
    early, late = (statistics.median(reading.memory for reading in part) for part in (middle, end))
    most, usual = max(r.descriptors for r in middle), statistics.median(r.descriptors for r in end)
    promises = {
        f"the memory grew from {early:.0f} to {late:.0f} MB": late > early * (1 + GROWTH),
        f"the descriptors grew from {most} to {usual:.0f}": usual > most,
        f"{after.descriptors - before.descriptors} descriptors stayed open": after.descriptors > before.descriptors,
    }
    return [text for text, is_broken in promises.items() if is_broken]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=30.0)
    parser.add_argument("--streams", type=int, default=200, help="clients at once (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=None, help="of what the clients do")
    options = parser.parse_args()
    if sys.platform != "linux":
        parser.error("only Linux tells what a process holds")
    seed = random.randrange(10**6) if options.seed is None else options.seed
    with serve(SCENARIO) as mock:
        before, chance = mock.read(), random.Random(seed)
        hurry, soak = (Soak(mock.address, text, chance) for text in ("quickly", "slowly"))
        asyncio.run(hurry.run(options.streams, lambda: hurry.done.total() >= FILLING))
        print(f"filled up: {held(mock.read())}", flush=True)
        during = asyncio.run(observe(mock, soak, options.streams, 60 * options.minutes))
        after = mock.settle(before.descriptors)
    found = [*hurry.failures, *soak.failures][:20] + broken(before, during, after)
    print(f"at the end: {held(after)} (seed {seed}), {len(found)} broken promises")
    print("".join(f"{text}\n" for text in found), end="")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
