"""A client in the same process: it asks, gets the answer, and keeps what else came."""

from __future__ import annotations

from typing import Any

import msgspec

from codex_mockserver.app_server._errors import RpcError
from codex_mockserver.app_server._server import AppServer
from codex_schemas import Problem

__all__ = ["Client"]

Json = dict[str, Any]


class Client:
    """One connection to an app-server, without a transport.

    Every message that comes is checked against the contract of the server's release.

    Args:
        server: The server.
        experimental: Whether the handshake asks for the experimental API.
        initialize: Whether to do the handshake at once.
        capabilities: What the handshake says besides.
    """

    def __init__(
        self, server: AppServer, *, experimental: bool = True, initialize: bool = True, capabilities: Json | None = None
    ) -> None:
        self.server = server
        self.connection = server.connect()
        #: Every notification and request of the server, in order, until :meth:`take`.
        self.received: list[Json] = []
        self._answers: dict[int | str, Json] = {}
        self._methods: dict[int | str, str] = {}
        self._next_id = 1
        if initialize:
            wanted = {"experimentalApi": experimental, **(capabilities or {})}
            self.ask("initialize", {"clientInfo": {"name": "client", "version": "1.0.0"}, "capabilities": wanted})
            self.send({"method": "initialized"})

    def ask(self, method: str, params: Json | None = None) -> Any:
        """Send a request and return its result.

        Raises:
            RpcError: The server refused it.
            Problem: The server has not answered it yet.
        """
        return self.result(self.begin(method, params))

    def begin(self, method: str, params: Json | None = None) -> int:
        """Send a request and return its id, for :meth:`result`."""
        identifier = self._next_id
        self._next_id += 1
        self._methods[identifier] = method
        self.send({"method": method, "id": identifier} | ({} if params is None else {"params": params}))
        return identifier

    def is_answered(self, identifier: int | str) -> bool:
        """Tell whether the answer to a request has come."""
        self._absorb()
        return identifier in self._answers

    def result(self, identifier: int | str) -> Any:
        """Return the result of a request, once.

        Raises:
            RpcError: The server refused it.
            Problem: The server has not answered it yet.
        """
        if not self.is_answered(identifier):
            raise Problem(
                f"asking the app-server for {self._methods.get(identifier, identifier)}",
                expected="an answer at once",
                found="none yet",
                advice="Use begin(), and result() when what it waits for has happened.",
            )
        answer = self._answers.pop(identifier)
        if "error" in answer:
            error = answer["error"]
            raise RpcError(error["message"], error["code"], error.get("data"))
        return answer["result"]

    def reply(self, identifier: int | str, result: Any) -> None:
        """Answer a request of the server."""
        self.send({"id": identifier, "result": result})

    def refuse(self, identifier: int | str, message: str = "refused", code: int = -32000) -> None:
        """Answer a request of the server with an error."""
        self.send({"id": identifier, "error": {"code": code, "message": message}})

    def send(self, message: Any) -> None:
        """Send a message, or text as it is."""
        text = message if isinstance(message, (str, bytes)) else msgspec.json.encode(message)
        self.server.receive(self.connection, text)
        self.server.wake()
        self._absorb()

    def wake(self) -> None:
        """Let the server do what is due."""
        self.server.wake()
        self._absorb()

    def take(self, *methods: str) -> list[Json]:
        """Return what has come of these methods, or all, and forget it."""
        self._absorb()
        taken = [message for message in self.received if not methods or message["method"] in methods]
        self.received = [message for message in self.received if methods and message["method"] not in methods]
        return taken

    def close(self) -> None:
        """End the connection."""
        self.server.disconnect(self.connection)

    def _absorb(self) -> None:
        for encoded in self.connection.take():
            message: Json = msgspec.json.decode(encoded)
            if "method" in message:
                self.server.contract.check(message, "server")
                self.received.append(message)
            else:
                answers = self._methods.pop(message["id"], None)
                self.server.contract.check(message, "server", answers=answers if "result" in message else None)
                self._answers[message["id"]] = message
