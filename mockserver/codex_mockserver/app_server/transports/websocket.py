"""One client of an app-server over WebSocket, from the first byte of its handshake on."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import cast

from codex_mockserver.app_server._connection import Connection
from codex_mockserver.app_server.transports._frames import FrameReader, text_frames
from codex_mockserver.app_server.transports._request import BadRequest, RequestReader
from codex_mockserver.app_server.transports.handshake import Doorkeeper, bare_answer
from codex_mockserver.app_server.transports.hub import Hub

__all__ = ["SocketClient"]

#: A client that leaves so many bytes unread is disconnected.
MOST_UNREAD = 16 * 1024 * 1024


class SocketClient(asyncio.Protocol):
    """A connection: first HTTP, then frames.

    Args:
        hub: Where its messages go.
        door: What it gets over HTTP.
        clients: The connections that are open, to which it adds itself.
    """

    def __init__(self, hub: Hub, door: Doorkeeper, clients: set[SocketClient]) -> None:
        self._hub = hub
        self._door = door
        self._clients = clients
        self._requests = RequestReader()
        self._frames = FrameReader()
        self._connection: Connection | None = None
        self._transport: asyncio.Transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin with HTTP."""
        self._transport = cast("asyncio.Transport", transport)
        self._clients.add(self)

    def connection_lost(self, _error: Exception | None) -> None:
        """Tell the server."""
        self._clients.discard(self)
        if self._connection is not None:
            connection, self._connection = self._connection, None
            self._hub.leave(connection)

    def data_received(self, data: bytes) -> None:
        """Take what the client sent."""
        if self._connection is None:
            data = self._shake_hands(data)
        if self._connection is not None and data:
            self._converse(data)

    def drop(self) -> None:
        """End the connection without a close frame."""
        self._transport.abort()

    def _shake_hands(self, data: bytes) -> bytes:
        """Answer requests until one is the handshake; return what came behind it."""
        try:
            requests = self._requests.feed(data)
        except BadRequest as bad:
            self._close(bare_answer(bad.status) if self._door.answers_nonsense else b"")
            return b""
        for request in requests:
            answer = self._door.answer(request)
            if answer.closes:
                self._close(answer.data)
                break
            self._write(answer.data)
            if answer.is_upgrade:
                self._connection = self._hub.join(self._send)
                return self._requests.rest
        return b""

    def _close(self, last_words: bytes) -> None:
        self._transport.write(last_words)
        self._transport.close()

    def _converse(self, data: bytes) -> None:
        assert self._connection is not None
        received = self._frames.feed(data)
        self._write(received.pongs)
        for _ in range(received.binary_messages):
            self._hub.tell("dropping unsupported binary websocket message")
        if received.texts:
            self._hub.receive(self._connection, received.texts)
        if received.is_end:
            self.drop()

    def _send(self, messages: Sequence[bytes]) -> None:
        self._write(text_frames(messages))

    def _write(self, data: bytes) -> None:
        """Send bytes to a client that reads; one that does not is let go."""
        if self._transport.is_closing():
            return
        self._transport.write(data)
        if self._transport.get_write_buffer_size() > MOST_UNREAD:
            self._hub.tell("disconnecting a client that does not read")
            self.drop()
