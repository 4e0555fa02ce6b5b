"""The server's side of one WebSocket, with every frame in the journal."""

from __future__ import annotations

from starlette.types import Receive, Send

from codex_mockserver.http._answer import Answer
from codex_mockserver.journal import Exchange

__all__ = ["Socket"]


class Socket:
    """The server's side of one WebSocket, with every frame in the journal."""

    def __init__(self, receive: Receive, send: Send, exchange: Exchange, date: str) -> None:
        self._receive = receive
        self._send = send
        self._exchange = exchange
        self._date = date

    async def accept(self, headers: dict[str, str] | None = None) -> None:
        """Complete the handshake with 101 and these headers."""
        await self._receive()
        answer = Answer(101, headers=headers or {})
        self._exchange.answered(101, answer.headers)
        await self._send({"type": "websocket.accept", "headers": answer.raw_headers(self._date)})

    async def refuse(self, answer: Answer) -> None:
        """Answer the handshake with an ordinary HTTP response."""
        await self._receive()
        self._exchange.answered(answer.status, answer.headers, answer.body)
        headers = [*answer.raw_headers(self._date), (b"content-length", str(len(answer.body)).encode())]
        await self._send({"type": "websocket.http.response.start", "status": answer.status, "headers": headers})
        await self._send({"type": "websocket.http.response.body", "body": answer.body})

    async def receive(self) -> str | bytes | None:
        """Return the next frame of the client, or None when it has gone."""
        message = await self._receive()
        if message["type"] != "websocket.receive":
            self._exchange.closed(message.get("code"))
            return None
        text = message.get("text")
        data: str | bytes = message["bytes"] if text is None else text
        self._exchange.frame("client", data)
        return data

    async def send(self, text: str) -> None:
        """Send one text frame."""
        self._exchange.frame("server", text)
        await self._send({"type": "websocket.send", "text": text})

    async def close(self, code: int = 1000, reason: str = "") -> None:
        """Close with a code; 1006 cannot be sent, it is what the client sees when the connection drops."""
        self._exchange.closed(code)
        await self._send({"type": "websocket.close", "code": code, "reason": reason})
