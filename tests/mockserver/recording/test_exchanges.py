"""Whatever passes is passed on, and what can be read of it makes entries that belong together."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from codex_fixtures import Entry, Request, Response
from codex_mockserver.recording._exchanges import Exchanges

#: What makes sense alone; put together it seldom does.
PIECES = {
    "client": [
        b"GET / HTTP/1.1\r\nHost: h\r\n\r\n",
        b"POST / HTTP/1.1\r\nContent-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n",
        b"GET / HTTP/1.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n",
        b"HEAD / HTTP/1.1\r\n\r\n",
        b"3\r\nabc\r\n",
        b"0\r\n\r\n",
        b"\x81\x82\x00\x00\x00\x00hi",
        b"\x88\x80\x00\x00\x00\x00",
    ],
    "server": [
        b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Encoding: zstd\r\nTransfer-Encoding: chunked\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n\r\n",
        b"HTTP/1.1 101 S\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n",
        b"HTTP/1.1 100 Continue\r\n\r\n",
        b"3\r\nabc\r\n",
        b"0\r\n\r\n",
        b"\x81\x02hi",
        b"\x88\x02\x03\xe8",
        b"\xc1\x01x",
    ],
}


class Kept:
    """Takes entries as a recorder does, and keeps them."""

    def __init__(self) -> None:
        self.entries: list[Entry] = []
        self.open: set[int] = set()
        self.unread = 0

    def begin(self) -> int:
        number = sum(isinstance(entry, Request) for entry in self.entries) + 1
        self.open.add(number)
        return number

    def end(self, exchange: int) -> None:
        self.open.discard(exchange)

    def now(self) -> float:
        return 0.0

    def put(self, entry: Entry) -> None:
        self.entries.append(entry)


def said(side: str) -> st.SearchStrategy[tuple[str, bytes]]:
    pieces = st.sampled_from(PIECES[side]) | st.binary(max_size=30)
    return st.tuples(st.just(side), pieces)


@given(st.lists(said("client") | said("server"), max_size=12), st.sampled_from(["eof", "reset"]))
def test_nothing_that_is_said_stops_it(pieces, how) -> None:
    recorder = Kept()
    exchanges = Exchanges(recorder, lambda host: f"http://{host}")
    for side, data in pieces:
        if side == "client":
            assert exchanges.client_said(data) == data
        else:
            exchanges.server_said(data)
    exchanges.ended("server", how)
    exchanges.leave()

    asked = {entry.x for entry in recorder.entries if isinstance(entry, Request)}
    answers = [entry.x for entry in recorder.entries if isinstance(entry, Response)]
    assert {entry.x for entry in recorder.entries} == asked
    assert sorted(set(answers)) == sorted(answers)
    assert recorder.open == set()
