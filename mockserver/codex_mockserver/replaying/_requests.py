"""The requests that come on one connection."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from httptools import HttpParserError, HttpParserUpgrade, HttpRequestParser

from codex_mockserver.recording.codings import BadCoding, coding_of, decoder

__all__ = ["BadRequest", "LiveRequest", "RequestReader"]

_CHUNK = 64 * 1024
#: Bytes of a head, and of a body.
_MAX_HEAD = 64 * 1024
_MAX_BODY = 32 * 1024 * 1024


class BadRequest(Exception):  # noqa: N818 (it says what is wrong)
    """What came is no request, or too large."""


@dataclass
class LiveRequest:
    """A request that came."""

    method: str = ""
    #: What was asked for, as it was written.
    url: str = ""
    headers: list[tuple[str, str]] = field(default_factory=list)
    #: Its body, decoded where it was encoded in a way that is known.
    body: bytes = b""
    #: Whether frames are to follow.
    is_upgrade: bool = False
    #: Whether the client keeps the connection for the next request.
    keeps_alive: bool = True
    #: What came after a request for frames.
    rest: bytes = b""

    @property
    def path(self) -> str:
        """The path of its URL."""
        return urlsplit(self.url).path

    def header(self, name: str) -> str:
        """Return the value of a header; an empty text where there is none."""
        return next((value for each, value in self.headers if each.lower() == name), "")


class RequestReader:
    """Reads requests, one after the other."""

    def __init__(self, reader: asyncio.StreamReader) -> None:
        self._reader = reader
        self._parser = HttpRequestParser(self)
        self._request = LiveRequest()
        self._body = bytearray()
        self._done: list[LiveRequest] = []
        self._head_size = 0
        self._is_in_head = True

    async def next(self) -> LiveRequest | None:
        """Return the next request; None when the client has closed its side.

        Raises:
            BadRequest: What came is none.
        """
        while not self._done:
            data = await self._reader.read(_CHUNK)
            if not data:
                return None
            self._feed(data)
        return self._done.pop(0)

    def _feed(self, data: bytes) -> None:
        self._head_size = self._head_size + len(data) if self._is_in_head else 0
        try:
            self._parser.feed_data(data)
        except HttpParserUpgrade as upgrade:
            self._done[-1].is_upgrade = True
            self._done[-1].rest = data[upgrade.args[0] :]
            self._parser = HttpRequestParser(self)
        except HttpParserError as error:
            raise BadRequest(str(error)) from None
        if (self._is_in_head and self._head_size > _MAX_HEAD) or len(self._body) > _MAX_BODY:
            raise BadRequest("it is too large")

    def on_message_begin(self) -> None:
        """Begin a request."""
        self._request, self._body, self._is_in_head = LiveRequest(), bytearray(), True

    def on_url(self, part: bytes) -> None:
        """Take a part of the target."""
        self._request.url += part.decode("latin-1")

    def on_header(self, name: bytes, value: bytes) -> None:
        """Take a header."""
        self._request.headers.append((name.decode("latin-1"), value.decode("latin-1")))

    def on_headers_complete(self) -> None:
        """End the head."""
        self._is_in_head = False
        self._request.method = self._parser.get_method().decode("latin-1")

    def on_body(self, data: bytes) -> None:
        """Take a piece of the body."""
        if len(self._body) <= _MAX_BODY:
            self._body += data

    def on_message_complete(self) -> None:
        """End the request."""
        self._request.keeps_alive = self._parser.should_keep_alive()
        self._request.body = _decoded(bytes(self._body), self._request.headers)
        self._body.clear()
        self._done.append(self._request)


def _decoded(body: bytes, headers: list[tuple[str, str]]) -> bytes:
    coding = coding_of(headers)
    if coding is None:
        return body
    try:
        return decoder(coding).feed(body)
    except BadCoding:
        return body
