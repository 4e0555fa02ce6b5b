"""The requests of a connection that speaks HTTP, as they come in."""

from __future__ import annotations

from dataclasses import dataclass, field

import httptools

__all__ = ["BadRequest", "HttpRequest", "RequestReader"]

# The limits of the real one's HTTP library.
_LARGEST_HEAD = 400 * 1024
_MOST_HEADERS = 100
_LONGEST_TARGET = 65_534


class BadRequest(Exception):  # noqa: N818 (an answer of the protocol, not a fault of the program)
    """A request that cannot be read: it is answered with a status, and the connection closes."""

    def __init__(self, status: str) -> None:
        super().__init__(status)
        self.status = status


@dataclass(slots=True)
class HttpRequest:
    """The head of a request."""

    method: str = ""
    target: str = ""
    #: Such as ``HTTP/1.1``.
    protocol: str = ""
    #: By name in lower case; of several headers with one name the first.
    headers: dict[str, str] = field(default_factory=dict)
    #: Whether the client wants to send more requests.
    keeps_alive: bool = False

    @property
    def path(self) -> str:
        """The target without its query."""
        return self.target.partition("?")[0]

    def header(self, name: str) -> str:
        """Return a header in lower case, empty where there is none."""
        return self.headers.get(name, "").lower()


class RequestReader:
    """Reads requests from bytes; what the client sends behind a request for an upgrade is kept as it is."""

    def __init__(self) -> None:
        #: Bytes behind a request for an upgrade.
        self.rest = b""
        self._parser = httptools.HttpRequestParser(self)
        self._read: list[HttpRequest] = []
        self._refusal: str | None = None
        self._begin()

    def feed(self, data: bytes) -> list[HttpRequest]:
        """Return the requests that are complete now; a body is read and forgotten.

        Raises:
            BadRequest: What came is no request, or too large.
        """
        self._unread += len(data)
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserUpgrade as upgrade:
            self.rest = data[upgrade.args[0] :]
        except httptools.HttpParserError:
            raise BadRequest("400 Bad Request") from None
        if self._unread > _LARGEST_HEAD:
            self._refuse_size()
        if self._refusal is not None:
            raise BadRequest(self._refusal)
        requests, self._read = self._read, []
        return requests

    def on_url(self, url: bytes) -> None:
        """Take a part of the target."""
        self._request.target += url.decode("latin-1")
        if len(self._request.target) > _LONGEST_TARGET:
            self._refusal = self._refusal or "414 URI Too Long"

    def on_header(self, name: bytes, value: bytes) -> None:
        """Take a header."""
        self._header_size += len(name) + len(value)
        self._header_count += 1
        if self._header_count > _MOST_HEADERS or self._header_size > _LARGEST_HEAD:
            self._refuse_size()
        else:
            self._request.headers.setdefault(name.decode("latin-1").lower(), value.decode("latin-1"))

    def on_headers_complete(self) -> None:
        """Keep the head as a request."""
        self._request.method = self._parser.get_method().decode("latin-1")
        self._request.protocol = f"HTTP/{self._parser.get_http_version()}"
        self._request.keeps_alive = self._parser.should_keep_alive()
        self._read.append(self._request)
        self._begin()

    def on_body(self, _body: bytes) -> None:
        """Forget a part of a body."""
        self._unread = 0

    def _begin(self) -> None:
        self._request = HttpRequest()
        self._unread = self._header_size = self._header_count = 0

    def _refuse_size(self) -> None:
        self._refusal = self._refusal or "431 Request Header Fields Too Large"
