"""Reading the requests and the answers in the bytes of a connection, piece by piece."""

from __future__ import annotations

from typing import Literal, Protocol, TypeAlias

from httptools import HttpParserError, HttpParserUpgrade, HttpRequestParser, HttpResponseParser

from codex_fixtures import Side
from codex_mockserver.recording.codings import BadCoding, Decoder, coding_of, decoder

__all__ = ["FIRST_FINAL", "How", "Listener", "RequestReader", "ResponseReader"]

How: TypeAlias = Literal["whole", "cut", "reset"]

#: The first status that is no announcement of another.
FIRST_FINAL = 200
#: Bytes that are read of a head, and of what comes after a request for frames before it is answered.
_LARGEST_HEAD = 1 << 20
_MOST_HELD = 1 << 20


class Listener(Protocol):
    """Hears what was read."""

    @property
    def is_socket(self) -> bool:
        """Whether the server has agreed to frames."""
        ...

    def requested(self, method: str, target: str, headers: list[tuple[str, str]]) -> None:
        """Hear the head of a request."""
        ...

    def responded(self, status: int, headers: list[tuple[str, str]]) -> bool:
        """Hear the head of a response, and return whether a body may follow."""
        ...

    def said(self, side: Side, content: bytes) -> None:
        """Hear a piece of a body."""
        ...

    def message_ended(self, side: Side, how: How = "whole") -> None:
        """Hear of the end of a request or of a response."""
        ...

    def upgrade_refused(self) -> None:
        """Hear that requests follow, even if the last one asked for frames."""
        ...

    def switched(self, rest: bytes) -> None:
        """Hear that frames follow, the first of which may be here."""
        ...


class _Reader:
    """What the readers of both sides share: headers, and a body that may be encoded."""

    side: Side

    def __init__(self, listener: Listener) -> None:
        self._listener = listener
        self._headers: list[tuple[str, str]] = []
        self._head_size = 0
        self._decoder: Decoder | None = None
        self._is_bad = False

    def on_message_begin(self) -> None:
        """Begin a head."""
        self._headers = []
        self._head_size = 0
        self._decoder = None
        self._is_bad = False

    def on_header(self, name: bytes, value: bytes) -> None:
        """Take a header."""
        self._measure(name, value)
        self._headers.append((name.decode("latin-1"), value.decode("latin-1")))

    def on_body(self, data: bytes) -> None:
        """Take a piece of a body."""
        if self._is_bad:
            return
        if self._decoder is not None:
            try:
                data = self._decoder.feed(data)
            except BadCoding:
                # Nobody knows what is in it, so nothing of it is kept.
                self._is_bad = True
                return
        self._listener.said(self.side, data)

    def _measure(self, *parts: bytes) -> None:
        self._head_size += sum(map(len, parts))
        if self._head_size > _LARGEST_HEAD:
            raise HttpParserError("too large a head")

    def _begin_body(self) -> None:
        coding = coding_of(self._headers)
        self._decoder = decoder(coding) if coding else None

    def _how(self) -> How:
        return "cut" if self._is_bad or (self._decoder and not self._decoder.is_complete) else "whole"


class RequestReader(_Reader):
    """Reads what a client sends."""

    side: Side = "client"

    def __init__(self, listener: Listener) -> None:
        super().__init__(listener)
        self._target = b""
        self._parser = HttpRequestParser(self)
        #: What came after a request that asks for frames, until the server has decided.
        self._held: list[bytes] | None = None

    def feed(self, data: bytes) -> None:
        """Take bytes as they come."""
        if self._held is not None:
            self._held.append(data)
            if sum(map(len, self._held)) > _MOST_HELD:
                raise HttpParserError("too much before an answer")
            return
        try:
            self._parser.feed_data(data)
        except HttpParserUpgrade as upgrade:
            self._held = [data[upgrade.args[0] :]]

    def held(self) -> list[bytes]:
        """Return what came after a request that asks for frames, and hold nothing any more."""
        held, self._held = self._held or [], None
        return held

    def refused(self) -> None:
        """Go on with requests, as the server has not agreed to frames."""
        if self._held is not None:
            self._parser = HttpRequestParser(self)
            for data in self.held():
                if data:
                    self.feed(data)

    def on_message_begin(self) -> None:
        """Begin a request."""
        super().on_message_begin()
        self._target = b""

    def on_url(self, part: bytes) -> None:
        """Take a part of the target."""
        self._measure(part)
        self._target += part

    def on_headers_complete(self) -> None:
        """End a head."""
        method = self._parser.get_method().decode("latin-1")
        self._listener.requested(method, self._target.decode("latin-1"), self._headers)
        self._begin_body()

    def on_message_complete(self) -> None:
        """End a message."""
        self._listener.message_ended("client", self._how())


class ResponseReader(_Reader):
    """Reads what a server sends."""

    side: Side = "server"

    def __init__(self, listener: Listener) -> None:
        super().__init__(listener)
        self._parser = HttpResponseParser(self)
        self._has_body = True
        self._is_final = False
        #: Whether a response has begun whose end is that of the connection.
        self._ends_with_connection = False

    def feed(self, data: bytes) -> None:
        """Take bytes as they come."""
        try:
            self._parser.feed_data(data)
        except HttpParserUpgrade as upgrade:
            if not self._listener.is_socket:
                raise HttpParserError("frames of nothing") from None
            self._listener.switched(data[upgrade.args[0] :])
            return
        if not self._has_body:
            # The parser cannot know that this answers HEAD, and waits for a body.
            self._parser, self._has_body = HttpResponseParser(self), True
            self.on_message_complete()

    def end(self) -> None:
        """Take the end of the connection as the end of a response that has no other."""
        if self._ends_with_connection:
            self._listener.message_ended("server", self._how())
            self._ends_with_connection = False

    def on_headers_complete(self) -> None:
        """End a head."""
        status = self._parser.get_status_code()
        self._is_final = status >= FIRST_FINAL
        self._has_body = self._listener.responded(status, self._headers)
        names = {name.lower() for name, _ in self._headers}
        self._ends_with_connection = self._is_final and not names & {"content-length", "transfer-encoding"}
        self._begin_body()

    def on_message_complete(self) -> None:
        """End a message."""
        self._ends_with_connection = False
        if self._is_final:
            self._listener.message_ended("server", self._how())
            self._listener.upgrade_refused()
