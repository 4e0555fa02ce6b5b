"""A request of a client on its way to an answer."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from codex_mockserver.app_server._connection import Connection
from codex_mockserver.app_server._errors import RpcError
from codex_mockserver.app_server._tasks import Steps

if TYPE_CHECKING:
    from codex_mockserver.app_server._server import AppServer

__all__ = ["LATER", "Answer", "Call", "Handler"]

Json = dict[str, Any]


class _Later:
    """Says that a request is answered later, by :meth:`Call.answer` or :meth:`Call.refuse`."""


LATER = _Later()


class Call:
    """A request with the connection that it came on.

    Params were checked against the release's contract: what is required is there and has its type.
    """

    def __init__(
        self, server: AppServer, connection: Connection, identifier: int | str, method: str, params: Json
    ) -> None:
        self.server = server
        self.connection = connection
        self.id = identifier
        self.method = method
        self.params = params

    def get(self, name: str, default: Any = None) -> Any:
        """Return a param; the default where it is left out or null."""
        value = self.params.get(name)
        return default if value is None else value

    def afterwards(self, steps: Steps) -> None:
        """Begin a task once the answer is on its way."""
        self.server.tasks.spawn(steps)

    def answer(self, result: Json) -> None:
        """Answer with a result in the release's shape."""
        self.server.wire.answer(self.connection, self.method, self.id, result)

    def refuse(self, error: RpcError) -> None:
        """Answer with an error."""
        self.server.wire.refuse(self.connection, self.method, self.id, error)


#: The result of a request, or :data:`LATER`; None stands for the empty result.
Answer = Json | _Later | None
#: Answers a request; raises :class:`RpcError` to refuse it. What is sent meanwhile leaves before the answer.
Handler = Callable[[Call], Answer]
