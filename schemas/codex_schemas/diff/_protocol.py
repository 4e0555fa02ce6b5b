"""What the differ compares: definitions, and the messages in which they travel."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

__all__ = ["Message", "Part", "Protocol", "Side", "short_name"]

Json = dict[str, Any]

#: Who sends a message.
Side = Literal["client", "server"]


@dataclass(frozen=True, slots=True)
class Part:
    """One schema that travels in a message."""

    #: A schema, often a reference only; its references are keys of :attr:`Protocol.definitions`.
    schema: Any
    #: Who sends it: the params of a client's request come from the client, its result from the server.
    sender: Side
    #: Whether the message is malformed without it.
    required: bool = True


@dataclass(frozen=True, slots=True)
class Message:
    """A request with its answers, or a notification."""

    #: ``turn/start`` of the app-server, ``POST /responses`` of an HTTP surface.
    name: str
    kind: Literal["request", "notification"]
    #: Who begins: the one who sends the request or the notification.
    sender: Side
    #: By role: ``params`` and ``result``, or ``query``, ``body application/json``, ``200 application/json``.
    parts: Mapping[str, Part]
    #: Whether only peers that asked for the experimental API may use it.
    experimental: bool = False


@dataclass(frozen=True, slots=True)
class Protocol:
    """All that two programs may say to each other, at one release.

    Without messages every definition is compared as one that travels both ways.
    """

    #: What reports call it: a release such as ``0.169.0``, or the name of a file.
    name: str
    #: Each schema by the reference that names it, such as ``#/definitions/v2/Turn``.
    definitions: Mapping[str, Any]
    messages: Mapping[str, Message] = field(default_factory=dict)
    #: The same release with its experimental part, where this is the stable part only.
    wider: Protocol | None = None
    #: The same release without its experimental part, where this has both.
    narrower: Protocol | None = None


def short_name(reference: str) -> str:
    """Return the name by which people know a definition: the last step of its reference."""
    return reference.rsplit("/", 1)[-1]
