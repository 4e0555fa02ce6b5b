"""How bytes on a connection become calls of the application: uvicorn's protocols, with limits and without noise."""

from __future__ import annotations

import asyncio
import logging
from typing import Any, cast

from uvicorn.config import Config
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from uvicorn.server import ServerState
from websockets.http11 import Request

from codex_mockserver.http import CONNECTION
from codex_mockserver.serving._cork import CorkedTransport
from codex_mockserver.serving.connection import SocketConnection, TransportConnection

__all__ = ["HttpProtocol", "SocketProtocol"]

#: Bytes that arrive before the header of a request is complete; beyond them it is refused.
MAX_HEADER = 64 * 1024
_HEADER_END = b"\r\n\r\n"
_BAD_HANDSHAKE = b"HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
_HEADER_TOO_LARGE = b"HTTP/1.1 431 Request Header Fields Too Large\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"


def _crash_log() -> logging.Logger:
    """Return a log that passes on what the application let escape; a broken connection is daily bread here."""
    log = logging.Logger("codex_mockserver.serving", logging.ERROR)  # noqa: LOG001 (the filter must not touch a shared log)
    log.parent = logging.getLogger()
    log.addFilter(_is_crash)
    return log


def _is_crash(record: logging.LogRecord) -> bool:
    error = record.exc_info[1] if record.exc_info else None
    return isinstance(error, Exception) and record.getMessage().startswith("Exception in ASGI application")


_CRASHES = _crash_log()


class HttpProtocol(HttpToolsProtocol):
    """One HTTP/1.1 connection with a bounded header and patience for a client that has only stopped sending.

    Args:
        config: uvicorn's settings.
        server_state: What the connections of a listener share.
        header_seconds: How long a client may take to send the header of a request.
    """

    def __init__(self, config: Config, server_state: ServerState, header_seconds: float) -> None:
        super().__init__(config, server_state, {}, asyncio.get_running_loop())
        self._header_seconds = header_seconds
        self.logger = _CRASHES
        self.access_log = False
        #: Whether a header is awaited or has begun; a new connection begins with one.
        self._in_header = True
        self._header_size = 0
        #: The last bytes before, in which the end of the header may have begun.
        self._header_tail = b""
        self._deadline: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to wait for the first header."""
        self._corked = CorkedTransport(transport, self.loop)
        self._connection = TransportConnection(self._corked)
        self._extensions: Any = {CONNECTION: self._connection}
        super().connection_made(cast("asyncio.Transport", self._corked))
        self._set_deadline()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the connection."""
        self._header_done()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Feed the parser, unless the header has grown too large."""
        if self._in_header:
            known = self._header_size
            self._header_size += self._header_bytes(data)
            if self._header_size > MAX_HEADER:
                if known <= MAX_HEADER:
                    self._refuse_header()
                return
        super().data_received(data)
        if self._in_header and self._deadline is None:
            # Most headers come whole, so most requests need no timer.
            self._set_deadline()

    def eof_received(self) -> bool:  # type: ignore[override]
        """Keep the connection for the answer when the client has sent all of its request and closed its side."""
        self._connection.client_has_ended = True
        cycle = self.cycle
        waits = cycle is not None and not cycle.response_complete and not cycle.more_body
        waits = waits and not self._connection.ends_with_client
        if waits:
            cycle.keep_alive = False
        self._corked.flush()
        # A TLS connection cannot be half closed.
        return waits and self.scheme == "http"

    def on_message_begin(self) -> None:
        """Begin to wait for the rest of a header."""
        super().on_message_begin()
        self.scope["extensions"] = self._extensions
        if not self._in_header:
            self._in_header, self._header_size, self._header_tail = True, 0, b""

    def on_headers_complete(self) -> None:
        """Call the application."""
        self._header_done()
        super().on_headers_complete()

    def _header_bytes(self, data: bytes) -> int:
        """Return how many bytes of the data belong to the header: a body may come in the same read."""
        seen = self._header_tail + data
        self._header_tail = seen[-len(_HEADER_END) + 1 :]
        end = seen.find(_HEADER_END)
        return len(data) if end < 0 else max(0, end + len(data) - len(seen))

    def _set_deadline(self) -> None:
        self._deadline = self.loop.call_later(self._header_seconds, self.transport.close)

    def _refuse_header(self) -> None:
        """Answer, and forget what the client still sends: closing now would reset the connection before it reads."""
        self.transport.write(_HEADER_TOO_LARGE)
        if self.transport.can_write_eof():
            self.transport.write_eof()

    def _header_done(self) -> None:
        self._in_header = False
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None


class SocketProtocol(WebSocketsSansIOProtocol):
    """One WebSocket connection; a handshake that cannot be read is answered, not raised."""

    def __init__(
        self,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        super().__init__(config, server_state, app_state, _loop)
        self.logger = self.conn.logger = _CRASHES

    def data_received(self, data: bytes) -> None:
        """Feed the parser; what it says to a handshake that it cannot read is sent before the connection closes."""
        super().data_received(data)
        if self.conn.handshake_exc is not None and not self.handshake_initiated:
            # Before its release 17 the library has nothing to say.
            self.transport.write(b"".join(self.conn.data_to_send()) or _BAD_HANDSHAKE)
            self.transport.close()

    def handle_connect(self, event: Request) -> None:
        """Let the application handle the connection, too, from the handshake on."""
        super().handle_connect(event)
        if self.handshake_initiated and not self.handshake_complete:
            self._connection = SocketConnection(cast("CorkedTransport", self.transport), self.conn)
            extensions: Any = self.scope["extensions"]
            extensions[CONNECTION] = self._connection

    def handle_ping(self) -> None:
        """Answer a ping, unless the application wants silence."""
        if self._connection.ignores_pings:
            self.conn.data_to_send()
        else:
            super().handle_ping()

    def handle_parser_exception(self) -> None:
        """Close with the code that the parser chose; drop a client that sends nonsense before the handshake is over."""
        if self.conn.close_sent is None:
            self.transport.abort()
        else:
            super().handle_parser_exception()
