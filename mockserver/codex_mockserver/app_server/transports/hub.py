"""An app-server on an event loop: its timers, and its end."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

from codex_mockserver.app_server._connection import Connection
from codex_mockserver.app_server._server import AppServer
from codex_mockserver.app_server.transports.pump import Pump, Sender

__all__ = ["Hub"]


class Hub:
    """What the connections on an event loop share.

    Args:
        server: The server.
        tell: Takes each line of its log.
    """

    def __init__(self, server: AppServer, tell: Callable[[str], None]) -> None:
        self.server = server
        self.tell = tell
        self._pump = Pump(server, tell)
        self._loop = asyncio.get_running_loop()
        self._timer: asyncio.TimerHandle | None = None
        self._ended: asyncio.Future[int] = self._loop.create_future()
        self._is_leaving = False

    async def ended(self) -> int:
        """Wait for the end and return the exit code."""
        return await self._ended

    def terminate(self) -> None:
        """End as soon as no turn runs; at once when it is said again."""
        if self._is_leaving:
            self._end(0)
        self._is_leaving = True
        self._look()

    def join(self, send: Sender) -> Connection:
        """Take a new client."""
        return self._pump.join(send)

    def leave(self, connection: Connection) -> None:
        """Let a client go."""
        self._pump.leave(connection)
        self._look()

    def receive(self, connection: Connection, texts: Sequence[bytes]) -> None:
        """Take messages of a client."""
        self._pump.receive(connection, texts)
        self._look()

    def _wake(self) -> None:
        self._pump.wake()
        self._look()

    def _look(self) -> None:
        """Set the timer anew, and end where it is time to."""
        if self._timer is not None:
            self._timer.cancel()
        due = self.server.wake_at()
        # The clock of the loop is the one of the server.
        self._timer = None if due is None else self._loop.call_at(due, self._wake)
        if self.server.exit_code is not None:
            self._end(self.server.exit_code)
        elif self._is_leaving and not self.server.is_busy:
            self._end(0)

    def _end(self, exit_code: int) -> None:
        if not self._ended.done():
            self._ended.set_result(exit_code)
