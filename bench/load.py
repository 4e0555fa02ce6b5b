"""Load: many connections that send one request again and again, on bare sockets.

Usage: load.py PORT FILE CONNECTIONS SECONDS - FILE holds the whole request. Prints responses per second.
"""

from __future__ import annotations

import asyncio
import sys
import time
from pathlib import Path

LAST_CHUNK = b"0\r\n\r\n"


class Connection(asyncio.Protocol):
    """Sends the request, waits for the end of the response, and begins again."""

    def __init__(self, request: bytes) -> None:
        self.request = request
        self.count = 0
        self.size: int | None = None
        self.seen = b""

    def connection_made(self, transport: asyncio.Transport) -> None:
        self.transport = transport
        transport.write(self.request)

    def data_received(self, data: bytes) -> None:
        self.seen += data
        if self.is_complete():
            self.count += 1
            self.seen = b""
            self.transport.write(self.request)

    def is_complete(self) -> bool:
        """Know the end by the length in the header, or by the last chunk."""
        head, blank, body = self.seen.partition(b"\r\n\r\n")
        _, named, rest = head.partition(b"content-length: ")
        if not blank:
            return False
        if not head.startswith(b"HTTP/1.1 200 "):
            raise SystemExit(f"the server refused: {self.seen[:300]!r}")
        return len(body) == int(rest.split(b"\r\n")[0]) if named else body.endswith(LAST_CHUNK)


async def main(port: int, request: bytes, connections: int, seconds: float) -> float:
    loop = asyncio.get_running_loop()
    opened = [await loop.create_connection(lambda: Connection(request), "127.0.0.1", port) for _ in range(connections)]
    started = time.perf_counter()
    await asyncio.sleep(seconds)
    elapsed = time.perf_counter() - started
    for transport, _ in opened:
        transport.abort()
    return sum(connection.count for _, connection in opened) / elapsed


if __name__ == "__main__":
    print(asyncio.run(main(int(sys.argv[1]), Path(sys.argv[2]).read_bytes(), int(sys.argv[3]), float(sys.argv[4]))))
