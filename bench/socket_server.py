"""The limit: an asyncio protocol that answers whatever comes with the same bytes, without reading it.

Usage: socket_server.py PORT FILE - FILE is as for bare_server.py.
"""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path
from typing import Any

from load import frame
from websockets.utils import accept_key


class HttpAnswer(asyncio.Protocol):
    """Answers each time that something comes: the load sends a request in one piece."""

    def __init__(self, given: dict[str, Any]) -> None:
        body = given["body"].encode()
        head = f"HTTP/1.1 200 OK\r\ncontent-type: {given['media_type']}\r\ncontent-length: {len(body)}\r\n\r\n"
        self._answer = head.encode() + body

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:  # noqa: ARG002 (it is not read)
        self._transport.write(self._answer)


class SocketAnswer(HttpAnswer):
    """Shakes hands, and then sends all frames each time that something comes."""

    def __init__(self, given: dict[str, Any]) -> None:
        self._answer = b"".join(frame(text.encode(), masked=False) for text in given["frames"])
        self._is_open = False

    def data_received(self, data: bytes) -> None:
        if self._is_open:
            return super().data_received(data)
        self._is_open = True
        key = data.lower().partition(b"sec-websocket-key: ")[2]
        key = data[len(data) - len(key) :].partition(b"\r\n")[0]
        accepted = accept_key(key.decode())
        head = "HTTP/1.1 101 Switching Protocols\r\nconnection: Upgrade\r\nupgrade: websocket\r\n"
        return self._transport.write(f"{head}sec-websocket-accept: {accepted}\r\n\r\n".encode())


async def main(port: int, given: dict[str, Any]) -> None:
    kind = SocketAnswer if "frames" in given else HttpAnswer
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: kind(given), "127.0.0.1", port, backlog=2048)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), json.loads(Path(sys.argv[2]).read_text())))
