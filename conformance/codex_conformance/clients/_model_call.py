"""One request to the model, over HTTP or WebSocket alike."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from codex_conformance.clients._json import object_of
from codex_mockserver.journal import Exchange, Frame

__all__ = ["ModelCall", "model_calls", "text_of"]

_CREATE = "response.create"
_COMPACT = "compactResponse"
_TRIGGER = "compaction_trigger"


@dataclass(frozen=True)
class ModelCall:
    """What a client asked the model, and what came back."""

    #: The exchange that it is, or that it is part of.
    exchange: Exchange
    #: When it was sent, in Unix seconds.
    at: float
    #: The request; empty where it is no JSON object.
    body: Mapping[str, Any]
    is_websocket: bool
    #: The events that answered it.
    events: list[dict[str, Any]] = field(default_factory=list)

    @property
    def status(self) -> int | None:
        """The status of the answer; that of an error frame over WebSocket, and None where there is none."""
        if not self.is_websocket:
            return self.exchange.status
        error = next((event for event in self.events if event.get("type") == "error"), {})
        found = error.get("status")
        return found if isinstance(found, int) else None

    @property
    def is_prewarm(self) -> bool:
        """Whether it only warms a connection up."""
        return self.body.get("generate") is False

    @property
    def is_compaction(self) -> bool:
        """Whether it asks for a shorter conversation in the place of the one that it brings."""
        return self.exchange.operation == _COMPACT or any(item.get("type") == _TRIGGER for item in self.items)

    @property
    def items(self) -> list[dict[str, Any]]:
        """The items of its input; a text is one message of the user."""
        found = self.body.get("input")
        if isinstance(found, str):
            return [{"type": "message", "role": "user", "content": found}]
        return [item for item in found if isinstance(item, dict)] if isinstance(found, list) else []

    def items_of(self, *kinds: str) -> list[dict[str, Any]]:
        """Return the items of some types; one without a type is a message."""
        return [item for item in self.items if item.get("type", "message") in kinds]

    @property
    def user_texts(self) -> list[str]:
        """What the user says in it."""
        return [text_of(item) for item in self.items_of("message") if item.get("role") == "user"]

    def __str__(self) -> str:
        brought = ", ".join(str(item.get("type", "message")) for item in self.items) or "no input"
        return f"{'WebSocket' if self.is_websocket else 'POST'} with {brought}: {self.status or 'events'}"


def model_calls(exchanges: Iterable[Exchange]) -> list[ModelCall]:
    """Return the requests to the model, in the order in which they were sent."""
    return sorted(_calls(exchanges), key=lambda call: call.at)


def text_of(item: Mapping[str, Any]) -> str:
    """Return the text of a message or of the output of a tool."""
    content = item.get("content", item.get("output", ""))
    if isinstance(content, str):
        return content
    parts = content if isinstance(content, list) else []
    return "".join(str(part.get("text", "")) for part in parts if isinstance(part, dict))


def _calls(exchanges: Iterable[Exchange]) -> Iterator[ModelCall]:
    for exchange in exchanges:
        if exchange.operation in ("createResponse", _COMPACT):
            yield ModelCall(
                exchange, exchange.at, object_of(exchange.body) or {}, is_websocket=False, events=exchange.events
            )
        elif exchange.operation == "connectResponses":
            yield from _framed(exchange, exchange.frames)


def _framed(exchange: Exchange, frames: Iterable[Frame]) -> Iterator[ModelCall]:
    """Yield a call for each frame that begins one, with the events up to the next."""
    call: ModelCall | None = None
    for frame in frames:
        message = object_of(frame.data) or {}
        if frame.sender == "server":
            if call is not None:
                call.events.append(message)
        elif message.get("type") == _CREATE:
            if call is not None:
                yield call
            call = ModelCall(exchange, frame.at, message, is_websocket=True)
    if call is not None:
        yield call
