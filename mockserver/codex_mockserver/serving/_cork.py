"""A transport that joins small writes: a system call for each costs more than the work between them."""

from __future__ import annotations

import asyncio
from typing import Any

__all__ = ["CorkedTransport"]


class CorkedTransport:
    """Joins all that is written in one round of the event loop, so that a header leaves with its body.

    Everything but writing is the business of the transport behind it.
    """

    def __init__(self, transport: asyncio.Transport, loop: asyncio.AbstractEventLoop) -> None:
        self._transport = transport
        self._loop = loop
        self._pending: list[bytes] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)

    def write(self, data: bytes) -> None:
        """Write with whatever else is written before the event loop turns."""
        if not self._pending:
            self._loop.call_soon(self.flush)
        self._pending.append(data)

    def write_eof(self) -> None:
        """Write what waits, and nothing after it."""
        self.flush()
        self._transport.write_eof()

    def close(self) -> None:
        """Write what waits and close."""
        self.flush()
        self._transport.close()

    def abort(self) -> None:
        """Close at once; what waits is lost."""
        self._pending.clear()
        self._transport.abort()

    def flush(self, *more: bytes) -> None:
        """Write what waits, and more after it."""
        if data := b"".join((*self._pending, *more)):
            self._pending.clear()
            self._transport.write(data)
