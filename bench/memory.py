"""What the mock holds after 100,000 requests and after 100,000 more: its memory and its descriptors.

Everything that the mock remembers has a limit. The first half of the requests fills it up; the second half
has to do with the same room. Streams, whole responses, WebSocket turns and refreshed tokens take equal parts,
on connections that are made anew again and again.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable, Iterator
from functools import partial

from process import Mock, Reading, serve
from servers import SCENARIO, Address
from table import Row, in_text
from workloads import WORKLOADS, Workload

__all__ = ["fill", "rows"]

REQUESTS = 100_000
#: Requests on one set of connections, and how many connections each kind of client has.
ROUND, CLIENTS = 2_000, 8


def fill(mock: Mock, requests: int, progress: Callable[[str], None]) -> Reading:
    """Send so many requests, and return what the mock holds then."""
    for count in range(0, requests, ROUND):
        asyncio.run(_ask_all(mock.address, ROUND))
        progress(f"{count + ROUND:,} of {requests:,} requests")
    return mock.read()


async def _ask_all(address: Address, count: int) -> None:
    await asyncio.gather(*[_ask(workload, address, count // len(WORKLOADS)) for workload in WORKLOADS])


async def _ask(workload: Workload, address: Address, count: int) -> None:
    """Let new clients of one kind ask until they have so many answers."""
    loop, new_client = asyncio.get_running_loop(), partial(workload.client, address)
    clients = [(await loop.create_connection(new_client, "127.0.0.1", address.port))[1] for _ in range(CLIENTS)]
    while sum(client.count for client in clients) < count:  # noqa: ASYNC110 (a client tells nobody)
        await asyncio.sleep(0.01)
    for client in clients:
        client.shall_stop = True
    await asyncio.gather(*[client.stopped for client in clients])


def rows(progress: Callable[[str], None] = lambda _: None) -> Iterator[Row]:
    """Yield what the mock holds, and by how much that has grown."""
    if sys.platform != "linux":
        progress("only Linux tells what a process holds")
        return
    with serve(SCENARIO) as mock:
        idle = mock.read()
        full = fill(mock, REQUESTS, progress)
        fill(mock, REQUESTS, progress)
        after = mock.settle(idle.descriptors)
    yield Row(f"memory after {REQUESTS:,}", "MB", full.memory)
    yield Row(f"grown by {REQUESTS:,} more", "%", 100 * (after.memory / full.memory - 1), wanted="within 5 %")
    yield Row("descriptors left open", "", after.descriptors - idle.descriptors, wanted="none")


if __name__ == "__main__":
    print(in_text(rows(partial(print, file=sys.stderr))))
