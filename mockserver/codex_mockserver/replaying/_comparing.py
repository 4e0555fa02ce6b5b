"""Replaying the client: the recorded requests are sent to a server, and what it says is compared."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from websockets.frames import Frame as WireFrame
from websockets.frames import Opcode
from websockets.protocol import Side

from codex_fixtures import End, Entry, Frame, Request, Response
from codex_fixtures.matching import Difference, Rules, differences, frame_value
from codex_mockserver.recording import upstream_at
from codex_mockserver.recording.codings import encoder
from codex_mockserver.recording.frames import Messages
from codex_mockserver.replaying._index import Index, Recorded
from codex_mockserver.replaying._redacted import redacted_frame
from codex_mockserver.replaying._said import Answer, Said
from codex_schemas import Problem

__all__ = ["Difference", "Replayed", "replay_to"]

_CHUNK = 64 * 1024
_SWITCHING = 101
#: What belongs to a connection of its own, or is said anew.
_OWN_HEADERS = frozenset({"host", "content-length", "transfer-encoding", "connection", "sec-websocket-extensions"})


@dataclass(frozen=True)
class Replayed:
    """One exchange with the server."""

    number: int
    method: str
    path: str
    #: Where what the server said differs from what was recorded.
    differences: list[Difference]


async def replay_to(
    path: Path,
    url: str,
    *,
    ignore: Sequence[str] = (),
    headers: Mapping[str, str] | None = None,
    allow_live: bool = False,
    within: float = 30.0,
) -> list[Replayed]:
    """Send the requests of a recording to a server, one after the other, and compare what it says.

    Args:
        path: The recording.
        url: The base URL of the server.
        ignore: JSON pointers into an answer or a frame that do not count, such as ``/body/id``.
        headers: Headers that take the place of recorded ones, such as credentials that the server knows.
        allow_live: Whether the server may be on another machine.
        within: Seconds that one exchange may take.

    Returns:
        Every exchange, in the order in which they began.

    Raises:
        Problem: The recording cannot be read, or the server cannot be reached.
    """
    upstream = upstream_at(url, allow_live=allow_live)
    index = Index(path)
    if index.header.surface != "http":
        raise Problem(
            f"sending {path} to {url}",
            expected="a recording of HTTP",
            found=f"one of an {index.header.surface}",
            advice="Name a recording that `codex-testkit record -- CMD` has made.",
        )
    rules = Rules(tuple(ignore))
    done = []
    for exchange in index.exchanges:
        try:
            async with asyncio.timeout(within):
                reader, writer = await upstream.dial("")
                try:
                    call = _Call(reader, writer, upstream.authority or "", upstream.prefix, headers or {})
                    found = await call.run(exchange, index, rules)
                finally:
                    writer.transport.abort()
        except (OSError, TimeoutError) as error:
            raise _unreachable(url, exchange, error) from None
        done.append(Replayed(exchange.number, exchange.method, exchange.path, found))
    return done


class _Call:
    """One exchange with a server."""

    def __init__(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        authority: str,
        prefix: str,
        headers: Mapping[str, str],
    ) -> None:
        self._reader = reader
        self._writer = writer
        self._authority = authority
        self._prefix = prefix
        self._headers = {name.lower(): value for name, value in headers.items()}

    async def run(self, exchange: Recorded, index: Index, rules: Rules) -> list[Difference]:
        """Send a request, and return where the answer differs."""
        entries = index.entries(exchange)
        asked, recorded = Said(), Said()
        client_ends = 0
        for entry in entries:
            client_ends += isinstance(entry, End) and entry.side == "client"
            (recorded if _is_server(entry) else asked).take(entry)
            if isinstance(entry, Response) and entry.status == _SWITCHING:
                break
        if asked.head is None or recorded.status is None:
            return []
        self._send(asked)
        answer = Answer()
        # Where the client left in the middle, the server may have had more to say.
        most = len(recorded.body) if client_ends > 1 and not exchange.is_whole else None
        await answer.read(self._reader, is_bare=exchange.method == "HEAD", most=most)
        found = differences(recorded.value(), answer.said.redacted().value(), rules)
        if exchange.is_socket and answer.is_upgrade:
            found += await self._frames(entries, answer.rest, rules)
        return found

    def _send(self, asked: Said) -> None:
        head = asked.head
        assert isinstance(head, Request)
        url = urlsplit(head.url)
        target = self._prefix + url.path + (f"?{url.query}" if url.query else "")
        body = bytes(asked.body)
        if head.decoded:
            coder = encoder(head.decoded)
            body = coder.feed(body) + coder.finish()
        kept = {name: value for name, value in head.headers if name.lower() not in _OWN_HEADERS}
        kept = {name: value for name, value in kept.items() if name.lower() not in self._headers} | self._headers
        is_upgrade = any(name.lower() == "upgrade" for name in kept)
        if is_upgrade:
            kept = {name: value for name, value in kept.items() if name.lower() != "sec-websocket-key"}
            kept["Sec-WebSocket-Key"] = "AAAAAAAAAAAAAAAAAAAAAA=="
        kept = {"Host": self._authority, "Connection": "Upgrade" if is_upgrade else "close", **kept}
        if body or head.method not in ("GET", "HEAD"):
            kept["Content-Length"] = str(len(body))
        lines = [f"{head.method} {target or '/'} HTTP/1.1", *(f"{name}: {value}" for name, value in kept.items())]
        self._writer.write("\r\n".join([*lines, "\r\n"]).encode("latin-1", "replace") + body)

    async def _frames(self, entries: Iterator[Entry], rest: bytes, rules: Rules) -> list[Difference]:
        """Send the frames of the client, and compare those that come in between."""
        came: list[bytes] = []
        messages = Messages(Side.SERVER, None, lambda content, _: came.append(content), lambda *_: came.append(b""))
        messages.feed(rest)
        found: list[Difference] = []
        position = 0
        for entry in entries:
            if isinstance(entry, Frame) and entry.side == "client":
                opcode = Opcode.TEXT if entry.is_text else Opcode.BINARY
                self._writer.write(WireFrame(opcode, entry.content).serialize(mask=True))
            elif isinstance(entry, Frame):
                while not came and (data := await self._reader.read(_CHUNK)):
                    messages.feed(data)
                said = {"body": frame_value(redacted_frame("server", came.pop(0)))} if came else {}
                at = f"/frames/{position}"
                each = differences({"body": frame_value(entry.content)}, said, rules)
                found += [Difference(at + one.pointer, one.expected, one.found) for one in each]
                position += 1
        return found


def _is_server(entry: Entry) -> bool:
    return isinstance(entry, Response) or getattr(entry, "side", "client") == "server"


def _unreachable(url: str, exchange: Recorded, error: Exception) -> Problem:
    return Problem(
        f"sending exchange {exchange.number} ({exchange.method} {exchange.path}) to {url}",
        expected="an answer in time",
        found=str(error) or type(error).__name__,
        advice="Start the server, or name another one.",
    )
