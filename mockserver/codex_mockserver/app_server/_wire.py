"""What leaves for clients, in the shape that the release gives it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from codex_mockserver.app_server._connection import Connection
from codex_mockserver.app_server._delivery import Delivery
from codex_mockserver.app_server._errors import RpcError
from codex_mockserver.app_server._shaping import Shaper
from codex_mockserver.app_server.traits import Traits
from codex_schemas.app_server import AppServerContract

__all__ = ["Wire"]

Json = dict[str, Any]

#: Notifications that only clients of the experimental API get.
_EXPERIMENTAL_ONLY = frozenset({"thread/readState/changed"})


class Wire:
    """Shapes results and notifications of one release.

    Args:
        contract: The release with its experimental part: what a server sends carries it for everyone.
        traits: How the release behaves.
        now: Tells the time in Unix seconds.
        delivery: Takes what is to be sent.
    """

    def __init__(
        self, contract: AppServerContract, traits: Traits, now: Callable[[], float], delivery: Delivery
    ) -> None:
        self._delivery = delivery
        self._contract = contract
        self._traits = traits
        self._now = now
        self._shaper = Shaper(contract.true_definitions)
        self._results: dict[str, Callable[[Any], Any]] = {}
        self._params: dict[str, Callable[[Any], Any]] = {}

    def knows(self, method: str) -> bool:
        """Tell whether the release has a message."""
        return method in self._contract.methods

    def answer(self, connection: Connection, method: str, identifier: int | str, result: Json) -> None:
        """Answer a request with a result."""
        self._delivery.send([connection], method, {"id": identifier, "result": self.result(method, result)})

    def refuse(self, connection: Connection, method: str, identifier: int | str, error: RpcError) -> None:
        """Answer a request with an error."""
        self._delivery.send([connection], method, {"error": error.to_wire(), "id": identifier})

    def result(self, method: str, result: Json) -> Json:
        """Return a result in the release's shape."""
        if method not in self._results:
            name = self._contract.methods[method].result
            self._results[method] = self._shaper.shape({"$ref": f"#/definitions/{name}"} if name else True)
        shaped: Json = self._results[method](result)
        return shaped

    def notify(self, connections: Iterable[Connection], method: str, params: Json) -> None:
        """Send a notification to those who want it; a release that does not have it sends none."""
        if not self.knows(method):
            return
        wanted = [connection for connection in connections if self._is_wanted(connection, method)]
        if wanted:
            self._delivery.send(wanted, method, self.notification(method, params))

    def notification(self, method: str, params: Json) -> Json:
        """Return a whole notification in the release's shape."""
        if method not in self._params:
            self._params[method] = self._shaper.shape(self._contract.methods[method].params or True)
        stamp = {"emittedAtMs": int(self._now() * 1000)} if self._traits.stamps_notifications else {}
        return {"method": method, "params": self._params[method](params), **stamp}

    @staticmethod
    def _is_wanted(connection: Connection, method: str) -> bool:
        return (
            connection.is_initialized
            and method not in connection.unwanted
            and (connection.is_experimental or method not in _EXPERIMENTAL_ONLY)
        )
