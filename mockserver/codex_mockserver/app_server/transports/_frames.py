"""The frames of a WebSocket after its handshake, as the real app-server reads and writes them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from websockets.frames import Frame, Opcode
from websockets.protocol import State
from websockets.server import ServerProtocol

from codex_mockserver.app_server.transports.handshake import LARGEST_FRAME

__all__ = ["FrameReader", "Received", "text_frames"]

_LARGEST_MESSAGE = 64 * 1024 * 1024


@dataclass(slots=True)
class Received:
    """What came in one read."""

    texts: list[bytes] = field(default_factory=list)
    #: Binary messages, which have no meaning here.
    binary_messages: int = 0
    #: The answers to pings.
    pongs: bytes = b""
    #: Whether the connection ends here, without a close frame: so the real one ends every connection.
    is_end: bool = False


class FrameReader:
    """Reads messages from bytes."""

    def __init__(self) -> None:
        self._protocol = ServerProtocol(state=State.OPEN, max_size=_LARGEST_MESSAGE)
        self._message = bytearray()
        self._opcode = Opcode.TEXT

    def feed(self, data: bytes) -> Received:
        """Return the messages that are complete now."""
        received = Received()
        self._protocol.receive_data(data)
        for frame in self._protocol.events_received():
            assert isinstance(frame, Frame)
            if not received.is_end:
                self._take(frame, received)
        # What the library would say by itself: a pong, or a close frame.
        self._protocol.data_to_send()
        received.is_end |= self._protocol.state is not State.OPEN
        return received

    def _take(self, frame: Frame, received: Received) -> None:
        if frame.opcode is Opcode.PING:
            # The library of the real one answers, and so does the program around it.
            received.pongs += Frame(Opcode.PONG, frame.data).serialize(mask=False) * 2
        elif frame.opcode in (Opcode.TEXT, Opcode.BINARY, Opcode.CONT):
            self._join(frame, received)

    def _join(self, frame: Frame, received: Received) -> None:
        if frame.opcode is not Opcode.CONT:
            self._opcode = frame.opcode
        self._message += frame.data
        received.is_end |= len(frame.data) > LARGEST_FRAME
        if frame.fin and not received.is_end:
            message = bytes(self._message)
            self._message.clear()
            self._finish(message, received)

    def _finish(self, message: bytes, received: Received) -> None:
        if self._opcode is Opcode.BINARY:
            received.binary_messages += 1
        elif _is_text(message):
            received.texts.append(message)
        else:
            received.is_end = True


def _is_text(message: bytes) -> bool:
    try:
        message.decode()
    except UnicodeDecodeError:
        return False
    return True


def text_frames(messages: Iterable[bytes]) -> bytes:
    """Return messages as frames."""
    return b"".join(Frame(Opcode.TEXT, message).serialize(mask=False) for message in messages)
