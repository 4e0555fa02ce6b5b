"""What one side said, put together: from a recording, or from a connection."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import Any

from httptools import HttpParserError, HttpParserUpgrade, HttpResponseParser

from codex_fixtures import Data, End, Entry, Request, Response, content_fields
from codex_fixtures.matching import response_value
from codex_mockserver.recording.codings import BadCoding, coding_of, decoder
from codex_mockserver.replaying._redacted import redacted

__all__ = ["Answer", "Said"]

_CHUNK = 64 * 1024
#: Bytes of a body that are compared.
_MOST_READ = 64 * 1024 * 1024


@dataclass
class Said:
    """What one side said."""

    head: Request | Response | None = None
    body: bytearray = field(default_factory=bytearray)

    @property
    def status(self) -> int | None:
        """The status of an answer; None of a request, and where nothing was said."""
        return self.head.status if isinstance(self.head, Response) else None

    def take(self, entry: Entry) -> None:
        """Add what an entry says."""
        if isinstance(entry, Request | Response):
            self.head = entry
        elif isinstance(entry, Data) and len(self.body) < _MOST_READ:
            self.body += entry.content

    def redacted(self) -> Said:
        """Return an answer in which secrets are replaced as in a recording."""
        assert isinstance(self.head, Response)
        data = Data(at=0, x=1, side="server", **content_fields(bytes(self.body)))
        clean = Said()
        for entry in redacted(self.head, data, End(at=0, x=1, side="server")):
            clean.take(entry)
        return clean

    def value(self) -> Any:
        """Return an answer as a value that can be compared."""
        if not isinstance(self.head, Response):
            return {}
        return response_value(self.head.status, self.head.headers, bytes(self.body))


class Answer:
    """Reads an answer."""

    def __init__(self) -> None:
        #: What was read.
        self.said = Said()
        #: Whether frames follow.
        self.is_upgrade = False
        #: What came after the handshake of a WebSocket.
        self.rest = b""
        self._headers: list[tuple[str, str]] = []
        self._is_done = False
        self._parser = HttpResponseParser(self)

    async def read(self, reader: asyncio.StreamReader, *, is_bare: bool, most: int | None = None) -> None:
        """Read it to its end.

        Args:
            reader: Where it comes from.
            is_bare: Whether no body follows, whatever the head says.
            most: How many bytes of its body are enough; None for all.

        Raises:
            OSError: The connection breaks, or it is no answer.
        """
        while not self._is_enough(is_bare, most) and (data := await reader.read(_CHUNK)):
            try:
                self._parser.feed_data(data)
            except HttpParserUpgrade as upgrade:
                self.is_upgrade, self.rest = True, data[upgrade.args[0] :]
                return
            except HttpParserError as error:
                raise ConnectionError(f"the answer is no HTTP/1.1: {error}") from None
        coding = coding_of(self._headers)
        if coding is not None:
            try:
                self.said.body = bytearray(decoder(coding).feed(bytes(self.said.body)))
            except BadCoding as error:
                raise ConnectionError(f"the answer is not {coding}: {error}") from None

    def _is_enough(self, is_bare: bool, most: int | None) -> bool:  # noqa: FBT001 (one caller)
        if is_bare:
            most = 0
        has_most = most is not None and self.said.head is not None and len(self.said.body) >= most
        return self._is_done or has_most

    def on_message_begin(self) -> None:
        """Begin a head."""
        self._headers = []

    def on_header(self, name: bytes, value: bytes) -> None:
        """Take a header."""
        self._headers.append((name.decode("latin-1"), value.decode("latin-1")))

    def on_headers_complete(self) -> None:
        """End a head."""
        self.said.head = Response(at=0, x=1, status=self._parser.get_status_code(), headers=self._headers)

    def on_body(self, data: bytes) -> None:
        """Take a piece of the body."""
        if len(self.said.body) < _MOST_READ:
            self.said.body += data

    def on_message_complete(self) -> None:
        """End the answer, unless it only announces another."""
        assert isinstance(self.said.head, Response)
        self._is_done = self.said.head.status >= 200  # noqa: PLR2004 (the first that is no announcement)
