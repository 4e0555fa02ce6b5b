"""The server's side of one WebSocket, with every frame in the journal."""

from __future__ import annotations

from collections import deque
from collections.abc import Awaitable, Callable, Sequence

from starlette.types import Receive, Send

from codex_mockserver.faults import CloseFrame, Event, FaultAnswer
from codex_mockserver.http._answer import Answer, answer_of
from codex_mockserver.http._gates import Gates
from codex_mockserver.http._pacer import Pacer
from codex_mockserver.http._stage import CallStage, Connection
from codex_mockserver.journal import Exchange

__all__ = ["Socket", "SocketStage"]

#: Frames that a client may send while it is being answered; with more of them it is dropped.
FRAMES_WAITING = 64


class Socket:
    """The server's side of one WebSocket, with every frame in the journal."""

    def __init__(self, receive: Receive, send: Send, exchange: Exchange, date: str) -> None:
        self._receive = receive
        self._send = send
        self._exchange = exchange
        self._date = date
        #: Frames that came while something was said.
        self._waiting: deque[str | bytes] = deque()
        self._is_gone = False

    async def accept(self, headers: dict[str, str] | None = None) -> None:
        """Complete the handshake with 101 and these headers."""
        answer = Answer(101, headers=headers or {})
        self._exchange.answered(101, answer.headers)
        await self._send({"type": "websocket.accept", "headers": answer.raw_headers(self._date)})

    async def refuse(self, answer: Answer) -> None:
        """Answer the handshake with an ordinary HTTP response."""
        self._exchange.answered(answer.status, answer.headers, answer.body)
        headers = [*answer.raw_headers(self._date), (b"content-length", str(len(answer.body)).encode())]
        await self._send({"type": "websocket.http.response.start", "status": answer.status, "headers": headers})
        await self._send({"type": "websocket.http.response.body", "body": answer.body})

    async def refuse_with(self, answer: FaultAnswer) -> None:
        """Answer the handshake as a fault says."""
        await self.refuse(answer_of(answer))

    async def receive(self) -> str | bytes | None:
        """Return the next frame of the client, or None when it has gone."""
        if self._waiting:
            return self._waiting.popleft()
        return None if self._is_gone else await self._next()

    async def watch(self, stops: Callable[[str | bytes], bool]) -> bool:
        """Return when the client sends a frame that stops what is said, when it has gone, or asks too much.

        What else it sends waits to be received.

        Returns:
            Whether it was such a frame.
        """
        while not self._is_gone and len(self._waiting) < FRAMES_WAITING:
            data = await self._next()
            if data is not None and stops(data):
                return True
            if data is not None:
                self._waiting.append(data)
        return False

    async def send(self, *texts: str) -> None:
        """Send text frames."""
        self._exchange.frame("server", *texts)
        for text in texts:
            await self._send({"type": "websocket.send", "text": text})

    async def close(self, code: int = 1000, reason: str = "") -> None:
        """Close with a code; 1006 cannot be sent, it is what the client sees when the connection drops."""
        self._exchange.closed(code)
        await self._send({"type": "websocket.close", "code": code, "reason": reason})

    async def _next(self) -> str | bytes | None:
        message = await self._receive()
        while message["type"] == "websocket.connect":
            message = await self._receive()
        if message["type"] != "websocket.receive":
            self._is_gone = True
            self._exchange.closed(message.get("code"))
            return None
        text = message.get("text")
        data: str | bytes = message["bytes"] if text is None else text
        self._exchange.frame("client", data)
        return data


class SocketStage(CallStage):
    """Answers one response, or the handshake, on a WebSocket.

    Args:
        socket: The WebSocket.
        exchange: Where the journal keeps it.
        connection: The connection under it.
        gates: The gates of the backend.
        pacer: What wakes its streams.
        refuse: How a fault's answer is told: as the HTTP answer to the handshake, or as an error frame.
    """

    def __init__(
        self,
        socket: Socket,
        exchange: Exchange,
        connection: Connection | None,
        gates: Gates,
        pacer: Pacer,
        *,
        refuse: Callable[[FaultAnswer], Awaitable[None]],
    ) -> None:
        super().__init__(exchange, connection, gates, pacer)
        self._socket = socket
        self._refuse = refuse
        #: Whether the connection goes on after this.
        self.is_open = True
        #: Tells which frame of the client stops what is said, while that takes time.
        self.stops: Callable[[str | bytes], bool] = lambda _: False
        #: Events that were sent.
        self.count = 0

    async def emit(self, *events: Event) -> None:
        """Send the data of events as text frames; what only frames server-sent events has none."""
        self.count += len(events)
        await self._socket.send(*[event.data.decode() for event in events if event.data])

    async def burst(self, events: Sequence[Event]) -> None:
        """Send all events at once: the first waits for a client that does not read, the others leave with it."""
        await self.emit(*events[:1])
        if self._connection is None:
            await self.emit(*events[1:])
        else:
            self._push([event.data for event in events[1:]])
        await self.end(None)

    def _part(self, event: Event) -> bytes:
        return event.data

    def _push(self, parts: Sequence[bytes]) -> None:
        self.count += len(parts)
        self._exchange.frame("server", *parts, is_text=True)
        assert self._connection is not None
        self._connection.push(*parts)

    async def answer(self, answer: FaultAnswer) -> None:
        """Answer this, and nothing else."""
        await self._refuse(answer)
        self.is_over = True

    async def close(self, frame: CloseFrame) -> None:
        """Close the socket in good order."""
        self.is_over, self.is_open = True, False
        await self._socket.close(frame.code, frame.reason)

    async def _leave(self, act: str) -> None:
        self.is_open = False
        await super()._leave(act)

    async def _gone(self) -> None:
        self.is_open = await self._socket.watch(self.stops) and self.is_open
