"""Messages between the clients of an app-server and the server, whoever moves their bytes."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import msgspec

from codex_mockserver.app_server._connection import Connection
from codex_mockserver.app_server._server import AppServer

__all__ = ["MOST_WAITING", "Pump", "Sender"]

#: Messages of one client that may wait while the server works; further requests are refused.
MOST_WAITING = 128

_OVERLOADED = {"code": -32001, "message": "Server overloaded; retry later."}

Sender = Callable[[Sequence[bytes]], None]


class Pump:
    """Hands what clients sent to a server, and what it says to each of them.

    Args:
        server: The server.
        tell: Takes each line of its log.
    """

    def __init__(self, server: AppServer, tell: Callable[[str], None]) -> None:
        self.server = server
        self._tell = tell
        self._senders: dict[Connection, Sender] = {}

    def join(self, send: Sender) -> Connection:
        """Take a new client.

        Args:
            send: Takes the messages for it, in order.

        Returns:
            Its connection, for the other methods.
        """
        connection = self.server.connect()
        self._senders[connection] = send
        return connection

    def leave(self, connection: Connection) -> None:
        """Let a client go."""
        del self._senders[connection]
        self.server.disconnect(connection)
        self._deliver()

    def receive(self, connection: Connection, texts: Sequence[bytes]) -> None:
        """Take the messages that came from a client at once: requests beyond those that may wait are refused first."""
        waiting = list(texts[:MOST_WAITING])
        refusals: list[bytes] = []
        for text in texts[MOST_WAITING:]:
            if (refusal := _refusal(text)) is None:
                waiting.append(text)
            else:
                refusals.append(refusal)
        if refusals:
            self._senders[connection](refusals)
        for text in waiting:
            self.server.receive(connection, text)
            if self.server.exit_code is not None:
                break
        self._deliver()

    def wake(self) -> None:
        """Let the server do what is due."""
        self.server.wake()
        self._deliver()

    def _deliver(self) -> None:
        for connection, send in tuple(self._senders.items()):
            if messages := connection.take():
                send(messages)
        while self.server.log:
            self._tell(_printable(self.server.log.popleft()))


def _refusal(text: bytes) -> bytes | None:
    """Return the refusal of a request, or None for what is none: nothing else is refused."""
    try:
        message = msgspec.json.decode(text)
    except (ValueError, RecursionError):
        return None
    if not isinstance(message, dict) or "id" not in message or "method" not in message:
        return None
    return msgspec.json.encode({"error": _OVERLOADED, "id": message["id"]})


def _printable(line: str) -> str:
    """Return a line that cannot steer a terminal, for it may quote a client."""
    return "".join(letter if letter.isprintable() else ascii(letter)[1:-1] for letter in line)
