"""The heads of requests, rewritten for a server that is called by another name."""

from __future__ import annotations

from httptools import HttpParserError, HttpParserUpgrade, HttpRequestParser

__all__ = ["Heads"]

_LAST_CHUNK = b"0\r\n\r\n"


class Heads:
    """Rewrites ``Host`` and the path of requests; their bodies pass as they come.

    Args:
        authority: What ``Host`` becomes; None where it stays.
        prefix: What is put before the path.
    """

    def __init__(self, authority: str | None, prefix: str) -> None:
        self._authority = authority
        self._prefix = prefix
        self._parser = HttpRequestParser(self)
        self._out = bytearray()
        self._target = b""
        self._headers: list[tuple[bytes, bytes]] = []
        self._is_chunked = False
        #: Whether bytes pass as they are: after a handshake, and where no request is.
        self._passes = False

    def refused(self) -> None:
        """Go on with requests, as the server has not agreed to frames."""
        if self._passes:
            self._parser, self._passes = HttpRequestParser(self), False

    def take(self, data: bytes) -> bytes:
        """Return what the server gets in the place of what the client sent."""
        if self._passes:
            return data
        try:
            self._parser.feed_data(data)
        except HttpParserUpgrade as upgrade:
            self._passes = True
            self._out += data[upgrade.args[0] :]
        except HttpParserError:
            self._passes = True
            self._out += data
        out = bytes(self._out)
        self._out.clear()
        return out

    def on_message_begin(self) -> None:
        """Begin a head."""
        self._target, self._headers, self._is_chunked = b"", [], False

    def on_url(self, part: bytes) -> None:
        """Keep the target."""
        self._target += part

    def on_header(self, name: bytes, value: bytes) -> None:
        """Keep a header, or put another host in its place."""
        if name.lower() == b"host" and self._authority is not None:
            value = self._authority.encode()
        self._is_chunked |= name.lower() == b"transfer-encoding" and b"chunked" in value.lower()
        self._headers.append((name, value))

    def on_headers_complete(self) -> None:
        """Write the head."""
        version = self._parser.get_http_version().encode()
        self._out += b"%b %b%b HTTP/%b\r\n" % (self._parser.get_method(), self._prefix.encode(), self._target, version)
        for name, value in self._headers:
            self._out += b"%b: %b\r\n" % (name, value)
        self._out += b"\r\n"

    def on_body(self, data: bytes) -> None:
        """Pass a piece of the body."""
        self._out += b"%x\r\n%b\r\n" % (len(data), data) if self._is_chunked else data

    def on_message_complete(self) -> None:
        """End the body."""
        if self._is_chunked:
            self._out += _LAST_CHUNK
