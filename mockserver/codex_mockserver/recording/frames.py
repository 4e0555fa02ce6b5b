"""The messages in the bytes of one side of a WebSocket."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from websockets.exceptions import InvalidHeaderFormat
from websockets.extensions.permessage_deflate import PerMessageDeflate
from websockets.frames import Close, Frame, Opcode
from websockets.headers import parse_extension
from websockets.protocol import Protocol, Side
from websockets.typing import ExtensionParameter

__all__ = ["DEFLATE", "LARGEST_MESSAGE", "Messages", "deflate_of"]

#: The name of the extension that compresses messages.
DEFLATE = "permessage-deflate"
#: Bytes that a message may have.
LARGEST_MESSAGE = 64 * 1024 * 1024

_WINDOW_BITS = 15


class Messages:
    """Reads the messages that one side sends.

    Args:
        sender: Which side that is.
        deflate: The parameters of the compression; None without it.
        message: Called with the content of each message, and whether it is text.
        closing: Called with the code and the reason of a close frame.
    """

    def __init__(
        self,
        sender: Side,
        deflate: Iterable[ExtensionParameter] | None,
        message: Callable[[bytes, bool], None],
        closing: Callable[[int, str], None],
    ) -> None:
        # The protocol that receives is the one of the other side.
        self._protocol = Protocol(Side.SERVER if sender is Side.CLIENT else Side.CLIENT, max_size=LARGEST_MESSAGE)
        if deflate is not None:
            self._protocol.extensions = [_inflater(sender, dict(deflate))]
        self._message = message
        self._closing = closing
        self._parts: list[bytes] = []
        self._is_text = True
        #: The answers to pings, for whoever is the other side.
        self.pongs = b""
        #: Whether what came is no WebSocket, or too large.
        self.is_broken = False

    def feed(self, data: bytes) -> None:
        """Take bytes as they come."""
        if self.is_broken:
            return
        self._protocol.receive_data(data)
        for frame in self._protocol.events_received():
            assert isinstance(frame, Frame)
            self._take(frame)
        # What the library would say by itself.
        self._protocol.data_to_send()
        self.is_broken = self._protocol.parser_exc is not None

    def _take(self, frame: Frame) -> None:
        if frame.opcode is Opcode.PING:
            self.pongs += Frame(Opcode.PONG, frame.data).serialize(mask=False)
        elif frame.opcode is Opcode.CLOSE:
            close = Close.parse(bytes(frame.data))
            self._closing(int(close.code), close.reason)
        elif frame.opcode is not Opcode.PONG:
            if frame.opcode is not Opcode.CONT:
                self._is_text = frame.opcode is Opcode.TEXT
            self._parts.append(bytes(frame.data))
            if frame.fin:
                content, self._parts = b"".join(self._parts), []
                self._message(content, self._is_text)


def deflate_of(headers: Iterable[tuple[str, str]]) -> list[ExtensionParameter] | None:
    """Return the parameters of the compression that the headers of a 101 agree on; None without it."""
    for name, value in headers:
        if name.lower() == "sec-websocket-extensions":
            try:
                return next((list(with_) for extension, with_ in parse_extension(value) if extension == DEFLATE), None)
            except InvalidHeaderFormat:
                return None
    return None


def _inflater(sender: Side, parameters: dict[str, str | None]) -> PerMessageDeflate:
    side = "client" if sender is Side.CLIENT else "server"
    bits = parameters.get(f"{side}_max_window_bits")
    return PerMessageDeflate(
        remote_no_context_takeover=f"{side}_no_context_takeover" in parameters,
        local_no_context_takeover=False,
        remote_max_window_bits=int(bits) if bits and bits.isdecimal() else _WINDOW_BITS,
        local_max_window_bits=_WINDOW_BITS,
    )
