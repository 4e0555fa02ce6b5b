"""The journal: what a client really sent and got, in order."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from itertools import islice
from typing import Any, NamedTuple

import msgspec

from codex_schemas import Problem

__all__ = ["Exchange", "Frame", "Journal"]

#: Exchanges that a journal keeps, and bytes of bodies and frames; the oldest exchanges go first.
CAPACITY = 10_000
MAX_BYTES = 256 * 1024 * 1024


class Frame(NamedTuple):
    """One WebSocket message."""

    #: ``client`` or ``server``: who sent it.
    sender: str
    #: The world's time in Unix seconds.
    at: float
    data: str | bytes

    @property
    def json(self) -> Any:
        """The message decoded from JSON."""
        return msgspec.json.decode(self.data)


class _Burst(NamedTuple):
    """WebSocket messages that one side sent at once, kept as they are until somebody looks at them."""

    sender: str
    at: float
    messages: Sequence[str | bytes]
    #: Whether bytes stand for a text that was not decoded yet.
    is_text: bool

    def frames(self) -> Iterator[Frame]:
        for message in self.messages:
            data = message.decode() if self.is_text and isinstance(message, bytes) else message
            yield Frame(self.sender, self.at, data)


class Exchange(msgspec.Struct, eq=False):
    """One request with its answer; for a WebSocket, the handshake with all frames."""

    #: Counts from 1 over the life of the journal.
    number: int
    #: The world's time in Unix seconds.
    at: float
    method: str
    #: The raw path as the client sent it, without the query.
    path: str
    #: The raw query string.
    query: str
    #: Request headers by lower-case name.
    headers: Mapping[str, str]
    _journal: Journal
    #: The surface and operation id, None for a path that no contract knows.
    surface: str | None = None
    operation: str | None = None
    #: The request body without its content encoding.
    body: bytes = b""
    #: The HTTP status of the answer, None while it is under way.
    status: int | None = None
    response_headers: Mapping[str, str] = {}
    close_code: int | None = None
    #: What was wrong with the call, and what would have come closest to it.
    near_miss: str | None = None
    #: The faults that struck the call, each with its name and place, such as ``faults[0]: cut at event 3``.
    faults: list[str] = []
    #: The parts of the response body that were sent.
    _sent: list[bytes] = []
    _bursts: list[_Burst] = []
    #: Bytes that the journal holds for it; None when it was dropped from a full journal.
    _size: int | None = 0

    def __repr__(self) -> str:
        return f"<Exchange {self.number}: {self.method} {self.path} {self.status}>"

    @property
    def json(self) -> Any:
        """The request body decoded from JSON."""
        return msgspec.json.decode(self.body)

    @property
    def frames(self) -> list[Frame]:
        """The messages of a WebSocket, in order."""
        return [frame for burst in self._bursts for frame in burst.frames()]

    @property
    def response_body(self) -> bytes:
        """The response body, as far as it was sent."""
        self.pack()
        return self._sent[0] if self._sent else b""

    def pack(self) -> None:
        """Keep the response body in one piece."""
        if len(self._sent) > 1:
            self._sent = [b"".join(self._sent)]

    @property
    def response_json(self) -> Any:
        """The response body decoded from JSON."""
        return msgspec.json.decode(self.response_body)

    @property
    def events(self) -> list[dict[str, Any]]:
        """The events that the server sent, over server-sent events or WebSocket alike; broken ones are left out."""
        if self._bursts:
            return list(_objects(frame.data for frame in self.frames if frame.sender == "server"))
        return list(_objects(line[6:] for line in self.response_body.splitlines() if line.startswith(b"data: ")))

    def received(self, body: bytes) -> None:
        """Note the request body, without its content encoding."""
        self.body = body
        self._journal.grow(self, len(body))

    def answered(self, status: int, headers: Mapping[str, str], body: bytes = b"") -> None:
        """Note the answer."""
        self.status = status
        self.response_headers = headers
        self.sent(body)

    def sent(self, body: bytes) -> None:
        """Note a further part of the response body."""
        self._sent.append(body)
        self._journal.grow(self, len(body))
        self._journal.settle()

    def missed(self, reports: Iterable[str]) -> None:
        """Note the faults that were due and did not find their place."""
        for report in reports:
            self.near_miss = self.near_miss or f"there was no such place for {report}"

    def frame(self, sender: str, *messages: str | bytes, is_text: bool = False) -> None:
        """Note WebSocket messages; with ``is_text`` bytes stand for the text that they encode."""
        if self._size is None:
            return
        self._bursts.append(_Burst(sender, self._journal.now(), messages, is_text))
        self._journal.grow(self, sum(map(len, messages)))

    def closed(self, code: int | None) -> None:
        """Note the end of the WebSocket."""
        self.close_code = code


def _objects(texts: Iterable[str | bytes]) -> Iterator[dict[str, Any]]:
    """Yield the JSON objects among texts."""
    for text in texts:
        with suppress(msgspec.DecodeError):
            value = msgspec.json.decode(text)
            if isinstance(value, dict):
                yield value


class Journal:
    """What a client really sent and got, in order."""

    def __init__(
        self, now: Callable[[], float] = time.time, *, capacity: int = CAPACITY, max_bytes: int = MAX_BYTES
    ) -> None:
        #: Tells when things happen, in Unix seconds; ``World.now`` of the world that is observed.
        self.now = now
        self._exchanges: deque[Exchange] = deque()
        self._capacity = capacity
        self._max_bytes = max_bytes
        self._bytes = 0
        self._count = 0
        #: How many exchanges have ended, and the numbers of the latest of them.
        self.ended_count = 0
        self._ended: deque[int] = deque(maxlen=capacity)
        self._sink: Callable[[Exchange], None] | None = None
        self._waiters: list[tuple[asyncio.AbstractEventLoop, asyncio.Event]] = []

    def __iter__(self) -> Iterator[Exchange]:
        return iter(tuple(self._exchanges))

    def __len__(self) -> int:
        return len(self._exchanges)

    def open(self, method: str, path: str, query: str, headers: Mapping[str, str]) -> Exchange:
        """Begin an exchange and append it."""
        self._count += 1
        exchange = Exchange(self._count, self.now(), method, path, query, headers, self)
        self._exchanges.append(exchange)
        if len(self._exchanges) > self._capacity:
            self._drop_oldest()
        return exchange

    def grow(self, exchange: Exchange, size: int) -> None:
        """Count bytes that an exchange now holds, and drop the oldest exchanges when there are too many."""
        if exchange._size is None:  # noqa: SLF001 (the journal keeps the books of its exchanges)
            return
        exchange._size += size  # noqa: SLF001
        self._bytes += size
        while self._bytes > self._max_bytes and self._exchanges:
            self._drop_oldest()

    def _drop_oldest(self) -> None:
        exchange = self._exchanges.popleft()
        self._bytes -= exchange._size or 0  # noqa: SLF001
        exchange._size = None  # noqa: SLF001

    def end(self, exchange: Exchange) -> None:
        """Note that nothing more comes to an exchange."""
        exchange.pack()
        self.ended_count += 1
        self._ended.append(exchange.number)
        if self._sink is not None:
            self._sink(exchange)
        self.settle()

    def keep(self, sink: Callable[[Exchange], None]) -> None:
        """Hand over each exchange when it has ended, to be kept elsewhere too."""
        self._sink = sink

    def ended_since(self, count: int) -> list[tuple[int, Exchange]]:
        """Return what has ended since so many had, each with its place among the ended; the oldest may be gone."""
        new = min(max(self.ended_count - count, 0), len(self._ended))
        numbers = islice(self._ended, len(self._ended) - new, None)
        found = ((place, self.find(number)) for place, number in enumerate(numbers, self.ended_count - new + 1))
        return [(place, exchange) for place, exchange in found if exchange is not None]

    def find(self, number: int) -> Exchange | None:
        """Return the exchange with this number; None where the journal does not have it any more."""
        first = self._exchanges[0].number if self._exchanges else number + 1
        return self._exchanges[number - first] if first <= number < first + len(self._exchanges) else None

    def settle(self) -> None:
        """Wake everyone who waits, after an exchange was answered or got a frame."""
        # Whoever waits may do so in another thread, and be gone together with its loop in this moment.
        for loop, event in tuple(self._waiters):
            with suppress(RuntimeError):
                loop.call_soon_threadsafe(event.set)

    def clear(self) -> None:
        """Forget all exchanges."""
        while self._exchanges:
            self._drop_oldest()
        self._ended.clear()

    def requests(self, operation: str | None = None, *, path: str | None = None) -> list[Exchange]:
        """Return the exchanges, narrowed to an operation id or to an exact path."""
        return [
            exchange
            for exchange in self
            if (operation is None or exchange.operation == operation) and (path is None or exchange.path == path)
        ]

    def single_request(self, operation: str | None = None, *, path: str | None = None) -> Exchange:
        """Return the only exchange of that operation or path.

        Raises:
            Problem: There was none, or more than one; what came instead is listed.
        """
        found = self.requests(operation, path=path)
        if len(found) != 1:
            raise self._miss(f"one request of {operation or path or 'any kind'}", len(found))
        return found[0]

    async def wait(self, count: int = 1, operation: str | None = None, *, within: float = 10.0) -> list[Exchange]:
        """Return the exchanges of an operation as soon as that many are answered.

        Raises:
            Problem: They did not come within that many seconds of real time.
        """
        try:
            with self.changes() as changed:
                async with asyncio.timeout(within):
                    while len(found := self._answered(operation)) < count:
                        changed.clear()
                        await changed.wait()
        except TimeoutError:
            raise self._miss(f"{count} answered requests of {operation or 'any kind'}", len(found)) from None
        return found

    @contextmanager
    def changes(self) -> Iterator[asyncio.Event]:
        """Give an event of the running loop that is set whenever an exchange goes on."""
        waiter = (asyncio.get_running_loop(), asyncio.Event())
        self._waiters.append(waiter)
        try:
            yield waiter[1]
        finally:
            self._waiters.remove(waiter)

    def _answered(self, operation: str | None) -> list[Exchange]:
        return [exchange for exchange in self.requests(operation) if exchange.status is not None]

    def _miss(self, expected: str, found: int) -> Problem:
        seen = ", ".join(f"{e.operation or f'{e.method} {e.path}'}" for e in self) or "nothing at all"
        return Problem(
            "reading the journal",
            expected=expected,
            found=f"{found} (in all: {seen[:400]})",
            advice="Check what the client calls, or wait longer.",
        )
