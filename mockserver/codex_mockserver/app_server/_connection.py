"""One client of an app-server, and what waits to be sent to it."""

from __future__ import annotations

from typing import Any

__all__ = ["Connection"]

Json = dict[str, Any]


class Connection:
    """A client: what it said of itself, and its messages in order."""

    def __init__(self) -> None:
        #: Whether its handshake is done.
        self.is_initialized = False
        #: Whether it may use what is experimental.
        self.is_experimental = False
        self.client_name = ""
        self.client_version = ""
        #: The whole ``capabilities`` of its handshake.
        self.capabilities: Json = {}
        #: The notifications that it does not want.
        self.unwanted: frozenset[str] = frozenset()
        self._outgoing: list[bytes] = []

    def send(self, text: bytes) -> None:
        """Queue a message."""
        self._outgoing.append(text)

    def take(self) -> list[bytes]:
        """Return what is to be sent now, in order, and forget it."""
        outgoing, self._outgoing = self._outgoing, []
        return outgoing
