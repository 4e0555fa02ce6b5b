"""The exchanges on one connection, read from the bytes that pass."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

from httptools import HttpParserError
from websockets.protocol import Side as SocketSide

from codex_fixtures import Close, Data, End, Frame, Request, Response, Side, content_fields
from codex_mockserver.recording._heads import Heads
from codex_mockserver.recording._readers import FIRST_FINAL, How, RequestReader, ResponseReader
from codex_mockserver.recording._recorder import Recorder
from codex_mockserver.recording.codings import coding_of
from codex_mockserver.recording.frames import DEFLATE, Messages, deflate_of

__all__ = ["Exchanges"]

_SWITCHING = 101
_SIDES: tuple[Side, Side] = ("client", "server")


@dataclass(eq=False)
class _Exchange:
    """An exchange under way."""

    number: int
    method: str
    #: The sides that have not ended.
    open_sides: set[Side] = field(default_factory=lambda: {"client", "server"})


class Exchanges:
    """Makes entries of the bytes that pass between a client and a server.

    What cannot be read is passed on by whoever asks, and leaves no entries.

    Args:
        recorder: Takes the entries.
        origin: Returns the scheme and the authority that the client meant, by the value of its ``Host``.
        heads: Rewrites the heads of requests for the server; None where they pass as they are.
        is_proxied: Whether the client means another host than the server, so that its own words are kept.
    """

    def __init__(
        self, recorder: Recorder, origin: Callable[[str], str], heads: Heads | None = None, *, is_proxied: bool = False
    ) -> None:
        self._recorder = recorder
        self._origin = origin
        self._heads = heads
        self._is_proxied = is_proxied
        self._request = RequestReader(self)
        self._response = ResponseReader(self)
        #: Those that wait for an answer, in order.
        self._waiting: deque[_Exchange] = deque()
        self._asking: _Exchange | None = None
        self._answering: _Exchange | None = None
        self._socket: dict[Side, Messages] | None = None
        #: The sides that have closed the connection.
        self._gone: set[Side] = set()
        self._is_blind = False

    def client_said(self, data: bytes) -> bytes:
        """Read what the client sends, and return what the server is to get."""
        passed = data if self._heads is None else self._heads.take(data)
        self._read("client", data if self._is_proxied else passed)
        return passed

    def server_said(self, data: bytes) -> None:
        """Read what the server sends."""
        self._read("server", data)

    def ended(self, side: Side, how: Literal["eof", "reset"]) -> None:
        """Note that a side has closed its connection."""
        if side in self._gone:
            return
        self._gone.add(side)
        if side == "server" and how == "eof":
            self._response.end()
        for exchange in self._under_way():
            self._end(exchange, side, "reset" if how == "reset" else self._how_closed(exchange))

    def leave(self) -> None:
        """Note that the connection is gone, whoever ended it: with it ends what had not."""
        for exchange in self._under_way():
            for side in _SIDES:
                if side in exchange.open_sides:
                    self._end(exchange, side, "cut")

    def requested(self, method: str, target: str, headers: list[tuple[str, str]]) -> None:
        """Note the head of a request."""
        exchange = _Exchange(self._recorder.begin(), method)
        self._asking = exchange
        self._waiting.append(exchange)
        host = next((value for name, value in headers if name.lower() == "host"), "")
        url = target if "://" in target else self._origin(host) + target
        self._recorder.put(
            Request(
                at=self._recorder.now(),
                x=exchange.number,
                method=method,
                url=url,
                headers=headers,
                decoded=coding_of(headers),
            )
        )

    def responded(self, status: int, headers: list[tuple[str, str]]) -> bool:
        """Note the head of a response, and return whether a body may follow."""
        if status < FIRST_FINAL and status != _SWITCHING:
            return True
        if not self._waiting:
            raise HttpParserError("an answer to nothing")
        exchange = self._waiting.popleft()
        self._answering = exchange
        coding = coding_of(headers)
        if status == _SWITCHING:
            # The request has ended, and what the client says has not.
            exchange.open_sides = set(_SIDES)
            deflate = deflate_of(headers)
            coding = DEFLATE if deflate is not None else None
            self._socket = {
                "client": self._messages("client", SocketSide.CLIENT, exchange, deflate),
                "server": self._messages("server", SocketSide.SERVER, exchange, deflate),
            }
        self._recorder.put(
            Response(at=self._recorder.now(), x=exchange.number, status=status, headers=headers, decoded=coding)
        )
        return exchange.method != "HEAD"

    def said(self, side: Side, content: bytes) -> None:
        """Note a piece of a body."""
        exchange = self._asking if side == "client" else self._answering
        if exchange is not None and content:
            fields = content_fields(content)
            self._recorder.put(Data(at=self._recorder.now(), x=exchange.number, side=side, **fields))

    def message_ended(self, side: Side, how: How = "whole") -> None:
        """Note the end of a request or of a response."""
        exchange = self._asking if side == "client" else self._answering
        # A handshake is no end: frames follow.
        if exchange is not None and self._socket is None:
            self._end(exchange, side, how)
            if side == "client":
                self._asking = None
            else:
                self._answering = None

    def upgrade_refused(self) -> None:
        """Go on with requests, if the last one asked for frames."""
        self._request.refused()
        if self._heads is not None:
            self._heads.refused()

    def switched(self, rest: bytes) -> None:
        """Note that frames follow, the first of which may be here."""
        self._read_frames("server", rest)
        for data in self._request.held():
            self._read_frames("client", data)

    @property
    def is_socket(self) -> bool:
        """Whether the server has agreed to frames."""
        return self._socket is not None

    def _messages(
        self, side: Side, socket_side: SocketSide, exchange: _Exchange, deflate: list[tuple[str, str | None]] | None
    ) -> Messages:
        def message(content: bytes, is_text: bool) -> None:  # noqa: FBT001 (a callback)
            fields = content_fields(content, is_text=is_text)
            self._recorder.put(Frame(at=self._recorder.now(), x=exchange.number, side=side, **fields))

        def closing(code: int, reason: str) -> None:
            at = self._recorder.now()
            self._recorder.put(Close(at=at, x=exchange.number, side=side, code=code, reason=reason))
            exchange.open_sides.discard(side)
            if not exchange.open_sides:
                self._recorder.end(exchange.number)

        return Messages(socket_side, deflate, message, closing)

    def _read(self, side: Side, data: bytes) -> None:
        if self._is_blind:
            return
        try:
            if self._socket is not None:
                self._read_frames(side, data)
            elif side == "client":
                self._request.feed(data)
            else:
                self._response.feed(data)
        except HttpParserError:
            self._give_up()

    def _read_frames(self, side: Side, data: bytes) -> None:
        assert self._socket is not None
        self._socket[side].feed(data)
        if self._socket[side].is_broken:
            self._give_up()

    def _end(self, exchange: _Exchange, side: Side, how: How) -> None:
        if side not in exchange.open_sides and not (side == "client" and side in self._gone):
            return
        # A client that has asked in good order may still leave before the answer has come.
        exchange.open_sides.discard(side)
        self._recorder.put(End(at=self._recorder.now(), x=exchange.number, side=side, how=how))
        if not exchange.open_sides:
            self._recorder.end(exchange.number)

    def _how_closed(self, exchange: _Exchange) -> How:
        """Return how a side has ended that closed its connection before it had said all."""
        return "whole" if self._socket is not None and len(exchange.open_sides) < len(_SIDES) else "cut"

    def _under_way(self) -> list[_Exchange]:
        known = [self._answering, *self._waiting, self._asking]
        return [each for each in dict.fromkeys(known) if each is not None and each.open_sides]

    def _give_up(self) -> None:
        """Read no further: what passes is no HTTP that we know."""
        self._is_blind = True
        self._recorder.unread += 1
        for exchange in self._under_way():
            for side in _SIDES:
                self._end(exchange, side, "cut")
