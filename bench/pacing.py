"""How well the mock keeps a promised pace: streams of 50 tokens a second, one alone, a hundred and a thousand at once.

Prints how long the streams took beside what their pacing promises, and how late single tokens came.
All streams are asked for at the same moment, and the client shares the machine.
"""

from __future__ import annotations

import asyncio
import statistics
import time
from collections.abc import Iterator

from process import serve
from table import Row, in_text
from workloads import turn_request

__all__ = ["Stream", "rows"]

COUNTS = (1, 100, 1000)
TOKENS, RATE = 250, 50
#: Seconds to the first token; before it the mock takes all requests.
FIRST_TOKEN = 1.0
PROMISED = FIRST_TOKEN + TOKENS / RATE
SCENARIO = {
    "model": [{"say": [{"message": " ".join(f"word{number:03}" for number in range(TOKENS))}], "times": None}],
    "pacing": {"first_token": FIRST_TOKEN, "tokens_per_second": RATE},
}
#: Ends the first line of an event that brings a token.
TOKEN = b"output_text.delta\n"
LAST_CHUNK = b"0\r\n\r\n"


class Stream(asyncio.Protocol):
    """Asks for a stream, and notes when its header, its tokens and its end come."""

    def __init__(self) -> None:
        self._header_at = 0.0
        #: When something came, in seconds from the header, and how many tokens were in it.
        self._arrivals: list[tuple[float, int]] = []
        #: How many seconds it took.
        self.ended: asyncio.Future[float] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        now = time.perf_counter()
        if not self._header_at:
            if not data.startswith(b"HTTP/1.1 200 "):
                raise SystemExit(f"the mock refused: {data[:300]!r}")
            self._header_at = now
        self._arrivals.append((now - self._header_at, data.count(TOKEN)))
        if data.endswith(LAST_CHUNK):
            self.ended.set_result(now - self._header_at)
            self.transport.close()

    def connection_lost(self, _: Exception | None) -> None:
        if not self.ended.done():
            self.ended.set_exception(ConnectionError("the mock dropped the stream"))

    def leave(self) -> None:
        """Close the connection, whatever is still to come."""
        self.ended.cancel()
        self.transport.abort()

    @property
    def tokens(self) -> int:
        """How many tokens came."""
        return sum(count for _, count in self._arrivals)

    def lateness(self) -> Iterator[float]:
        """Yield how many seconds each token came after its moment."""
        number = 0
        for moment, count in self._arrivals:
            for _ in range(count):
                yield moment - FIRST_TOKEN - number / RATE
                number += 1


async def play(port: int, request: bytes, count: int) -> list[Stream]:
    """Ask for so many streams at once, and return them when all have ended."""
    loop = asyncio.get_running_loop()
    streams = [(await loop.create_connection(Stream, "127.0.0.1", port))[1] for _ in range(count)]
    for stream in streams:
        stream.transport.write(request)
    await asyncio.gather(*[stream.ended for stream in streams])
    return streams


def rows() -> Iterator[Row]:
    """Yield how far the streams were from their promise, and how late their tokens."""
    with serve(SCENARIO) as mock:
        request = turn_request(mock.address, stream=True)
        for count in COUNTS:
            streams = asyncio.run(play(mock.address.port, request, count))
            off = statistics.median(abs(stream.ended.result() / PROMISED - 1) for stream in streams)
            late = statistics.quantiles([late for stream in streams for late in stream.lateness()], n=100)
            what = f"{count:,} paced streams" if count > 1 else "1 paced stream"
            yield Row(f"{what}, off by", "%", 100 * off, wanted="within 1 %")
            yield Row(f"{what}, late by", "ms", 1000 * late[49])
            yield Row(f"{what}, 99 % by", "ms", 1000 * late[98])


if __name__ == "__main__":
    print(in_text(rows()))
