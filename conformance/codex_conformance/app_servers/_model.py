"""Finding out whether an app-server that somebody else has started has a model that answers."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Any

import msgspec

from codex_conformance.app_servers._transports import Connection, Server

__all__ = ["has_model"]

Json = dict[str, Any]

#: For how many seconds a turn is waited for.
_PATIENCE = 20.0

_INITIALIZE, _THREAD, _TURN = 1, 2, 3
_CLIENT = {"name": "codex-testkit", "title": "codex-testkit", "version": "1.0.0"}


def has_model(server: Server, patience: float = _PATIENCE) -> bool:
    """Tell whether a turn of a new thread is completed, after so many seconds at the latest."""
    deadline = time.monotonic() + patience
    connection = server.connect()

    def ask(identifier: int, method: str, params: Json) -> Json:
        connection.send(json.dumps({"id": identifier, "method": method, "params": params}))
        return _next(connection, deadline, lambda each: "method" not in each and each.get("id") == identifier)

    try:
        ask(_INITIALIZE, "initialize", {"clientInfo": _CLIENT})
        thread = _part(ask(_THREAD, "thread/start", {}), "result", "thread", "id")
        ask(_TURN, "turn/start", {"threadId": thread, "input": [{"type": "text", "text": "Say hello."}]})
    except OSError:
        return False
    ended = _next(connection, deadline, lambda each: each.get("method") == "turn/completed")
    return bool(_part(ended, "params", "turn", "status") == "completed")


def _next(connection: Connection, deadline: float, is_wanted: Callable[[Json], bool]) -> Json:
    """Return the next message that is wanted; an empty one when none comes in time."""
    while (left := deadline - time.monotonic()) > 0 and (text := connection.receive(left)) is not None:
        try:
            message = msgspec.json.decode(text)
        except msgspec.DecodeError:
            continue
        if isinstance(message, dict) and is_wanted(message):
            return message
    return {}


def _part(value: Any, *path: str) -> Any:
    """Return what stands at a path; None where there is nothing."""
    for name in path:
        value = value.get(name) if isinstance(value, dict) else None
    return value
