"""Broken app-servers: mocks whose messages are changed on their way in or out.

A mutation of outgoing or incoming messages yields what goes on instead of a message; ``talk`` is its connection::

    def answers_twice(message, talk):
        yield message
        if "method" not in message:
            yield message
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from typing import Any, NamedTuple

from codex_mockserver.app_server import AppServer, Connection

__all__ = ["IN", "NOISE", "OUT", "Broken", "Mutant", "Talk", "decided", "is_about", "swapped", "without"]

Json = dict[str, Any]

#: What is changed: messages of the server, those of the client, and what is no message.
OUT, IN, NOISE = "outgoing", "incoming", "take_noise"


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


class Broken(NamedTuple):
    """A server that does one thing wrong."""

    where: str
    mutation: Callable[..., Any]
    #: The requirement that it breaks, without the name of its surface.
    word: str

    @property
    def requirement(self) -> str:
        """The requirement that it breaks."""
        return f"app-server.{self.word}"

    @property
    def server(self) -> type[AppServer]:
        """What makes the server."""
        change = self.mutation
        return type("Broken", (Mutant,), {self.where: lambda _self, *given: change(*given)})

    def __str__(self) -> str:
        """What it does, in words, and the requirement that this breaks."""
        return f"{self.mutation.__name__.replace('_', ' ')}: {self.word}"


def is_about(message: Json, method: str, **params: Any) -> bool:
    """Tell whether a message is of a method, with these params."""
    return message.get("method") == method and params.items() <= message.get("params", {}).items()


def swapped(
    message: Json, talk: Talk, *, is_early: Callable[[Json], bool], is_late: Callable[[Json], bool]
) -> Iterator[Json]:
    """Hold back a message that is early until one that is late has passed."""
    if is_early(message):
        talk.memory["held"] = message
        return
    yield message
    if is_late(message) and "held" in talk.memory:
        yield talk.memory.pop("held")


def without(message: Json, method: str, *names: str) -> Json:
    """Return a request of a method without these params."""
    if message.get("method") != method:
        return message
    return {**message, "params": {name: value for name, value in message["params"].items() if name not in names}}


def decided(message: Json, before: str, after: str) -> Json:
    """Return an answer of the user with another decision than the one before."""
    if message.get("result", {}).get("decision") != before:
        return message
    return {**message, "result": {"decision": after}}
