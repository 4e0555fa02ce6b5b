"""The requests that the server sends: every subscriber gets them with one id, and the first answer wins."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from codex_mockserver.app_server._connection import Connection
from codex_mockserver.app_server._delivery import Delivery

__all__ = ["PendingRequest", "ServerRequests"]

Json = dict[str, Any]


@dataclass
class PendingRequest:
    """A request that nobody has answered yet."""

    id: int
    message: Json
    #: The thread that it belongs to; empty for none.
    thread_id: str
    #: Called with the whole answer: it has ``result`` or ``error``.
    answered: Callable[[Json], None]
    #: Who was asked.
    asked: list[Connection] = field(default_factory=list)


class ServerRequests:
    """All requests that are pending, by their id, which counts from 0 for the whole server.

    Args:
        delivery: Takes what is to be sent.
    """

    def __init__(self, delivery: Delivery) -> None:
        self._delivery = delivery
        self._next_id = 0
        self._pending: dict[int, PendingRequest] = {}

    def send(
        self,
        connections: Iterable[Connection],
        method: str,
        params: Json,
        thread_id: str,
        answered: Callable[[Json], None],
    ) -> PendingRequest:
        """Ask clients something."""
        message = {"method": method, "id": self._next_id, "params": params}
        request = PendingRequest(self._next_id, message, thread_id, answered)
        self._next_id += 1
        self._pending[request.id] = request
        self._ask(request, list(connections))
        return request

    def resend(self, thread_id: str, connection: Connection) -> None:
        """Ask a client that comes to a thread what is still pending there."""
        for request in self._pending.values():
            if request.thread_id == thread_id and connection not in request.asked:
                self._ask(request, [connection])

    def answer(self, connection: Connection, message: Json) -> bool:
        """Take a client's answer; False when nothing is pending by that id, or it was not asked."""
        identifier = message.get("id")
        request = self._pending.get(identifier) if isinstance(identifier, int) else None
        if request is None or connection not in request.asked:
            return False
        del self._pending[request.id]
        request.answered(message)
        return True

    def withdraw(self, request: PendingRequest) -> None:
        """Stop waiting for an answer."""
        self._pending.pop(request.id, None)

    def forget(self, connection: Connection) -> None:
        """Let go of a client that is gone; what it was asked stays pending."""
        for request in self._pending.values():
            if connection in request.asked:
                request.asked.remove(connection)

    def _ask(self, request: PendingRequest, connections: list[Connection]) -> None:
        request.asked += connections
        self._delivery.send(connections, request.message["method"], request.message)
