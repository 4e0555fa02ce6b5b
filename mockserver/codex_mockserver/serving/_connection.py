"""What a fault can do to a connection beyond HTTP: reset it, close it, or close one half of it."""

from __future__ import annotations

import asyncio
import socket
import struct

from codex_mockserver.serving._cork import CorkedTransport

__all__ = ["TransportConnection", "reset"]

#: Linger for no time: closing sends a reset in the place of an orderly end.
_NO_LINGER = struct.pack("ii", 1, 0)


def reset(transport: CorkedTransport | asyncio.WriteTransport) -> None:
    """Break a connection, so that the other side sees a reset."""
    own_end: socket.socket | None = transport.get_extra_info("socket")
    if own_end is not None and own_end.fileno() >= 0:
        own_end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _NO_LINGER)
    transport.abort()


class TransportConnection:
    """The connection of one client, as the application may handle it.

    It stands in ``scope["extensions"]`` of each call that came over it.
    """

    def __init__(self, transport: CorkedTransport) -> None:
        self._transport = transport
        #: Whether a client that closes its side counts as gone: it does where the answer takes time.
        self.ends_with_client = False
        #: Whether the pings of a WebSocket stay without an answer.
        self.ignores_pings = False

    def cut(self) -> None:
        """Close the connection after what was written."""
        self._transport.close()

    def reset(self) -> None:
        """Break the connection after what was written, so that the client sees a reset."""
        self._transport.flush()
        reset(self._transport)

    def half_close(self) -> None:
        """Close our side; over TLS, which has no halves, close both."""
        if self._transport.can_write_eof():
            self._transport.write_eof()
        else:
            self._transport.close()
