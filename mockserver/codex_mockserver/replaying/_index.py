"""Where the exchanges of a recording are in its file, so that it is never held in memory."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from codex_fixtures import Data, End, Entry, Finished, Header, Line, RecordingReader, Request, Response
from codex_fixtures.matching import request_value

__all__ = ["Index", "Recorded"]

#: Bytes of a request that are compared; of a larger one, only its beginning.
MOST_COMPARED = 32 * 1024 * 1024
_SWITCHING = 101


@dataclass(slots=True, eq=False)
class Recorded:
    """One exchange, and where its entries are."""

    number: int
    method: str
    path: str
    #: The position of its first entry, and of its last.
    start: int
    last: int
    #: Whether the server agreed to frames.
    is_socket: bool = False
    #: Whether the server said all that it had to say.
    is_whole: bool = False
    #: Bytes of the answer's body.
    size: int = 0
    #: What two requests share that are the same; empty where it was not asked for.
    fingerprint: bytes = b""


class Index:
    """Finds the exchanges of a recording.

    Args:
        path: The recording.
        fingerprint: Makes the fingerprint of a request's value; None where nobody needs it.

    Raises:
        Problem: The file cannot be read, or is no recording.
    """

    def __init__(self, path: Path, fingerprint: Callable[[Any], bytes] | None = None) -> None:
        self._path = path
        self._fingerprint = fingerprint
        #: The exchanges, in the order in which they began.
        self.exchanges: list[Recorded] = []
        with RecordingReader(path) as reader:
            #: What the recording says of itself.
            self.header: Header = reader.header
            self._read(reader)
            #: Whether its recorder was stopped before the end.
            self.ended_early = bool(reader.ended_early)

    def entries(self, exchange: Recorded) -> Iterator[Entry]:
        """Yield the entries of an exchange, read as they are asked for."""
        with RecordingReader(self._path) as reader:
            reader.seek(exchange.start)
            for entry in reader:
                if not isinstance(entry, Finished) and entry.x == exchange.number:
                    yield entry
                if reader.position >= exchange.last:
                    return

    def value(self, exchange: Recorded) -> Any:
        """Return what was asked, as a value that can be compared."""
        asked = _Asked()
        for entry in self.entries(exchange):
            if isinstance(entry, Response):
                break
            asked.take(entry)
        return asked.value()

    def _read(self, reader: RecordingReader) -> None:
        by_number: dict[int, Recorded] = {}
        asked: dict[int, _Asked] = {}
        for entry in reader:
            if isinstance(entry, Finished):
                continue
            if entry.x not in by_number:
                by_number[entry.x] = self._begin(entry, reader.position)
            exchange = by_number[entry.x]
            exchange.last = reader.position
            if isinstance(entry, Response):
                exchange.is_socket = entry.status == _SWITCHING
            elif isinstance(entry, Data) and entry.side == "server":
                exchange.size += len(entry.content)
            elif isinstance(entry, End) and entry.side == "server":
                exchange.is_whole = entry.how == "whole"
            if self._fingerprint is not None:
                self._compare(exchange, entry, asked)

    def _begin(self, entry: Entry, position: int) -> Recorded:
        assert not isinstance(entry, Finished)
        method, path = (entry.method, urlsplit(entry.url).path) if isinstance(entry, Request) else ("", "")
        exchange = Recorded(entry.x, method, path, position, position)
        self.exchanges.append(exchange)
        return exchange

    def _compare(self, exchange: Recorded, entry: Entry, asked: dict[int, _Asked]) -> None:
        """Gather what was asked until it is whole."""
        if isinstance(entry, Line | Finished) or self._fingerprint is None:
            return
        if isinstance(entry, Request):
            asked[entry.x] = _Asked()
        if entry.x in asked:
            asked[entry.x].take(entry)
            if isinstance(entry, Response) or (isinstance(entry, End) and entry.side == "client"):
                exchange.fingerprint = self._fingerprint(asked.pop(entry.x).value())


class _Asked:
    """A request, put together."""

    def __init__(self) -> None:
        self._request: Request | None = None
        self._body = bytearray()

    def take(self, entry: Entry) -> None:
        if isinstance(entry, Request):
            self._request = entry
        elif isinstance(entry, Data) and entry.side == "client" and len(self._body) < MOST_COMPARED:
            self._body += entry.content

    def value(self) -> Any:
        request = self._request
        if request is None:
            return None
        return request_value(request.method, request.url, request.headers, bytes(self._body))
