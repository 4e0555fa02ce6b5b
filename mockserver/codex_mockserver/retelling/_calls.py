"""Recorded calls over HTTP and WebSocket as the steps and faults of a scenario."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import urlsplit

from codex_fixtures import Exchange
from codex_fixtures.drift import find_operation
from codex_fixtures.matching import body_value, frame_value, response_value
from codex_mockserver.retelling._stream import Told, told
from codex_schemas import Operation

__all__ = ["Calls"]

Json = dict[str, Any]

_REFUSED = 400
#: Headers of a refusal that a client obeys.
_OBEYED = frozenset({"retry-after"})
#: The operation by which a login ends, and what it asks for then.
_LOGIN = ("exchangeToken", "authorization_code")


class Calls:
    """Collects what recorded calls become."""

    def __init__(self) -> None:
        self.steps: list[Json] = []
        self.faults: list[Json] = []
        #: Whether somebody logged in.
        self.has_login = False
        self._counts: Counter[str] = Counter()

    def add(self, exchange: Exchange) -> None:
        """Take the next exchange."""
        operation = _operation(exchange)
        if operation is None or exchange.response is None:
            return
        self.has_login |= operation.id == _LOGIN[0] and _LOGIN[1].encode() in exchange.body("client")
        if exchange.response.status >= _REFUSED:
            self._fault(operation.id, {"answer": _answer(exchange)})
        if exchange.is_websocket:
            for events in _responses(exchange):
                self._response(told(events, is_cut=exchange.end_of("server") is not None))
        if operation.id == "createResponse" and exchange.response.status < _REFUSED:
            self._response(_told(exchange))
        else:
            self._counts[operation.id] += 1

    def _response(self, response: Told) -> None:
        if response.fault:
            self._fault("createResponse", response.fault)
        if response.step:
            self.steps.append(response.step)
        self._counts["createResponse"] += 1

    def _fault(self, operation: str, fault: Json) -> None:
        """Add a fault; one that is like the last of its operation, right before, strikes once more instead."""
        after = self._counts[operation]
        before = self.faults[-1] if self.faults else {}
        if before.get("on") == operation and {**before, **fault} == before:
            strikes = before.get("times", 1)
            if before.get("after", 0) + strikes == after:
                before["times"] = strikes + 1
                return
        self.faults.append({"on": operation, **({"after": after} if after else {}), **fault})


def _operation(exchange: Exchange) -> Operation | None:
    request = exchange.request
    if request is None:
        return None
    upgrade = any(name.lower() == "upgrade" and value.lower() == "websocket" for name, value in request.headers)
    return find_operation(request.method, urlsplit(request.url).path, websocket=upgrade)


def _answer(exchange: Exchange) -> Json:
    assert exchange.response is not None, "only what was answered becomes a fault"
    value = response_value(exchange.response.status, exchange.response.headers, exchange.body("server"))
    headers = {name: text for name, text in value["headers"].items() if name in _OBEYED}
    return {
        "status": value["status"],
        "body": "" if value["body"] is None else value["body"],
        **({"headers": headers} if headers else {}),
    }


def _told(exchange: Exchange) -> Told:
    assert exchange.response is not None, "only what was answered is told"
    media_type = next((value for name, value in exchange.response.headers if name.lower() == "content-type"), "")
    value = body_value(exchange.body("server"), media_type)
    end = exchange.end_of("server")
    if isinstance(value, list):
        return told(value, is_cut=end is None or end.how != "whole")
    return told([{"type": "response.completed", "response": value}], is_cut=False)


def _responses(exchange: Exchange) -> Iterator[Iterable[Any]]:
    """Yield the events of each response of a WebSocket but those of prewarms."""
    events: list[Any] | None = None
    for frame in exchange.frames:
        value = frame_value(frame.content)
        if frame.side == "client" and isinstance(value, dict) and value.get("type") == "response.create":
            if events is not None:
                yield events
            events = [] if value.get("generate", True) else None
        elif frame.side == "server" and events is not None:
            events.append(value)
    if events is not None:
        yield events
