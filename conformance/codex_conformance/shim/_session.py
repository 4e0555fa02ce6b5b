"""A mock app-server in this process, and its only client."""

from __future__ import annotations

import time
from collections import deque
from typing import Any

import msgspec

from codex_mockserver.app_server import AppServer, RpcError

__all__ = ["Session"]

Json = dict[str, Any]

#: How long a wait may last until it looks for what a signal wanted.
_LONGEST_SLEEP = 0.05


class Session:
    """Asks an app-server, and hands on what it says by itself.

    Args:
        server: The server.
        client: The name and the version of the client.
    """

    def __init__(self, server: AppServer, client: tuple[str, str]) -> None:
        self._server = server
        self._connection = server.connect()
        self._answers: dict[int, Json] = {}
        self._said: deque[Json] = deque()
        self._wanted: list[Json] = []
        self._next_id = 1
        info = {"name": client[0], "title": None, "version": client[1]}
        self.ask("initialize", {"clientInfo": info, "capabilities": {"experimentalApi": True}})
        self._send({"method": "initialized"})

    def ask(self, method: str, params: Json) -> Any:
        """Return the result of a request.

        Raises:
            RpcError: The server refuses it.
        """
        request = self._request(method, params)
        self._send(request)
        while request["id"] not in self._answers:
            self._wait()
        answer = self._answers.pop(request["id"])
        if "error" in answer:
            raise RpcError(answer["error"]["message"], answer["error"]["code"])
        return answer["result"]

    def interrupt(self, thread_id: str, turn_id: str) -> None:
        """Ask for the end of a turn; a signal handler may call this."""
        self._wanted.append(self._request("turn/interrupt", {"threadId": thread_id, "turnId": turn_id}))

    def next(self) -> Json:
        """Return the next notification of the server, as soon as there is one; its requests are refused."""
        while True:
            while not self._said:
                self._wait()
            message = self._said.popleft()
            if "id" not in message:
                return message
            error = {"code": -32000, "message": f"{message['method']} is not supported in exec mode"}
            self._send({"id": message["id"], "error": error})

    def _request(self, method: str, params: Json) -> Json:
        self._next_id += 1
        return {"method": method, "id": self._next_id, "params": params}

    def _send(self, message: Json) -> None:
        self._server.receive(self._connection, msgspec.json.encode(message))
        self._absorb()

    def _wait(self) -> None:
        """Let time pass until the server may have more to say; where it has ended, this process ends."""
        if self._server.exit_code is not None:
            raise SystemExit(self._server.exit_code)
        while self._wanted:
            self._send(self._wanted.pop())
        due = self._server.wake_at()
        rest = _LONGEST_SLEEP if due is None else due - time.monotonic()
        time.sleep(min(max(rest, 0.0), _LONGEST_SLEEP))
        self._server.wake()
        self._absorb()

    def _absorb(self) -> None:
        for encoded in self._connection.take():
            message = _decoded(encoded)
            if isinstance(message.get("method"), str):
                self._said.append({"params": {}, **message})
            else:
                self._answers[message.get("id", -1)] = message


def _decoded(encoded: bytes) -> Json:
    """Return a message; one that a fault has spoilt is nothing to a client."""
    try:
        message = msgspec.json.decode(encoded)
    except msgspec.DecodeError:
        return {}
    return message if isinstance(message, dict) else {}
