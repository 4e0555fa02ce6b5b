"""App-servers that do one thing wrong: mocks whose messages are changed on their way in or out."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from typing import Any

import pytest

from codex_mockserver.app_server import AppServer, Connection

Json = dict[str, Any]


class Talk(Connection):
    """One connection to a mutant, and what the mutation may want to know of it."""

    def __init__(self, server: Mutant) -> None:
        super().__init__()
        self.server = server
        #: What the mutation keeps from message to message.
        self.memory: dict[str, Any] = {}
        #: Whether the server hears nothing of it any more.
        self.is_deaf = False
        #: The requests of the client by their id.
        self.asked: dict[Any, Json] = {}

    def asked_for(self, message: Json) -> str:
        """Return the method of the request that a message answers; empty for any other message."""
        return self.asked.get(message.get("id"), {}).get("method", "") if "method" not in message else ""

    def send(self, text: bytes) -> None:
        """Queue what the mutation makes of a message."""
        for changed in self.server.outgoing(json.loads(text), self):
            super().send(json.dumps(changed).encode())

    def send_as_it_is(self, message: Json) -> None:
        """Queue a message past the mutation."""
        super().send(json.dumps(message).encode())


class Mutant(AppServer):
    """A mock that does one thing wrong."""

    def connect(self) -> Connection:
        """Take a new client."""
        talk = Talk(self)
        self.connections.append(talk)
        return talk

    def receive(self, connection: Connection, text: bytes | str) -> None:
        """Take what the mutation makes of a message."""
        try:
            message = json.loads(text)
        except ValueError:
            message = None
        if not isinstance(message, dict):
            self.take_noise(connection, text)
            return
        if "method" in message and "id" in message:
            connection.asked[message["id"]] = message
        for changed in self.incoming(message, connection):
            if not connection.is_deaf:
                super().receive(connection, json.dumps(changed))

    def take_noise(self, connection: Connection, text: bytes | str) -> None:
        """Take what is no message."""
        super().receive(connection, text)

    def outgoing(self, message: Json, talk: Talk) -> Iterable[Json]:
        """Return what leaves instead of a message."""
        return [message]

    def incoming(self, message: Json, talk: Talk) -> Iterable[Json]:
        """Return what comes in instead of a message."""
        return [message]


@pytest.fixture
def unbroken() -> type[AppServer]:
    """Return the server without a mutation."""
    return Mutant


@pytest.fixture
def broken() -> Callable[..., type[AppServer]]:
    """Make a server with a mutation: of ``outgoing`` or ``incoming`` messages, or of another method."""

    def make(where: str, mutation: Callable[..., Any]) -> type[AppServer]:
        return type("Broken", (Mutant,), {where: lambda self, *given: mutation(*given)})

    return make
