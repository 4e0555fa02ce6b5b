"""Turns over a WebSocket."""

from __future__ import annotations

from typing import Any

import httpx

from codex_conformance.probes import Answer, WebSocketProbe, at, require
from codex_conformance.suites.server.responses.service import Service
from codex_conformance.suites.server.responses.streams import Stream

__all__ = ["frame_of", "handshake", "refusal", "turn"]

Json = dict[str, Any]

#: The key of a handshake is any 16 bytes.
_UPGRADE = {
    "connection": "Upgrade",
    "upgrade": "websocket",
    "sec-websocket-version": "13",
    "sec-websocket-key": "AAAAAAAAAAAAAAAAAAAAAA==",
}


def frame_of(service: Service, said: Any, **fields: Any) -> Json:
    """Return the frame that asks for a response."""
    return {"type": "response.create", **service.body(said, **fields)}


def turn(socket: WebSocketProbe, service: Service, said: Any, **fields: Any) -> Stream:
    """Ask for a response on a socket, and return its events.

    Raises:
        Unmet: It does not complete.
    """
    socket.send(frame_of(service, said, **fields))
    stream = Stream(socket.events())
    last = stream.own[-1]
    require(last.get("type") == "response.completed", expected="response.completed", found=last)
    return stream


def refusal(socket: WebSocketProbe, frame: Any) -> Json:
    """Send a frame that must be refused, and return the frame with the error.

    Raises:
        Unmet: It is taken.
    """
    socket.send(frame)
    last = socket.events()[-1]
    require(last.get("type") == "error", expected="an error frame", found=last)
    at(last, "/error/message", str)
    return last


def handshake(service: Service, headers: dict[str, str]) -> Answer:
    """Ask for a WebSocket in a way that must be refused, and return the answer."""
    url = service.http.url_of("connectResponses", service.face)
    return service.http.send(httpx.Request("GET", url, headers={**_UPGRADE, **headers}))
