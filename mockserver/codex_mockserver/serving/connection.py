"""What a fault can do to a connection beyond HTTP: reset it, close it, or close one half of it."""

from __future__ import annotations

import asyncio
import socket
import struct

from websockets.protocol import State
from websockets.server import ServerProtocol

from codex_mockserver.serving._cork import CorkedTransport

__all__ = ["SocketConnection", "TransportConnection", "reset"]

#: Linger for no time: closing sends a reset in the place of an orderly end.
_NO_LINGER = struct.pack("ii", 1, 0)

#: In the place of a frame's size: it follows in so many bytes.
_TWO_BYTES, _EIGHT_BYTES = 126, 127


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
        self._ends_with_client = False
        #: Whether the client has closed its side.
        self.client_has_ended = False
        #: Whether the pings of a WebSocket stay without an answer.
        self.ignores_pings = False

    @property
    def ends_with_client(self) -> bool:
        """Whether a client that closes its side, or has closed it, counts as gone; it does where answers take time."""
        return self._ends_with_client

    @ends_with_client.setter
    def ends_with_client(self, value: bool) -> None:
        self._ends_with_client = value
        if value and self.client_has_ended:
            self._transport.close()

    def push(self, *parts: bytes) -> None:
        """Send parts of a streamed body at once, each as a chunk."""
        if not self._transport.is_closing():
            self._transport.flush(*[b"%x\r\n%b\r\n" % (len(part), part) for part in parts])

    def chunk(self, body: bytes) -> None:
        """Write a whole streamed body as one chunk, without a copy of its own."""
        if not self._transport.is_closing():
            for part in (b"%x\r\n" % len(body), body, b"\r\n"):
                self._transport.write(part)

    def flush(self) -> None:
        """Let what was written leave now."""
        self._transport.flush()

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


class SocketConnection(TransportConnection):
    """The connection under a WebSocket."""

    def __init__(self, transport: CorkedTransport, frames: ServerProtocol) -> None:
        super().__init__(transport)
        self._frames = frames

    def push(self, *parts: bytes) -> None:
        """Send texts at once, each as a frame."""
        if self._frames.state is not State.OPEN:
            return
        if not self._frames.extensions:
            self._transport.flush(*map(_plain_frame, parts))
            return
        for part in parts:
            self._frames.send_text(part)
        self._transport.flush(*self._frames.data_to_send())


def _plain_frame(text: bytes) -> bytes:
    """Return an uncompressed text frame, as RFC 6455 section 5.2 has it; the library takes ten times as long."""
    size = len(text)
    if size < _TWO_BYTES:
        return b"\x81%c%b" % (size, text)
    if size < 1 << 16:
        return b"\x81%c%b%b" % (_TWO_BYTES, size.to_bytes(2), text)
    return b"\x81%c%b%b" % (_EIGHT_BYTES, size.to_bytes(8), text)
