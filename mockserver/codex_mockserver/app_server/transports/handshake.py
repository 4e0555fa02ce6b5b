"""What a listener answers over HTTP: the health pages, refusals, and the handshake of a WebSocket."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from email.utils import formatdate
from typing import Protocol

from codex_mockserver.app_server.transports._auth import Gatekeeper
from codex_mockserver.app_server.transports._request import HttpRequest

__all__ = ["LARGEST_FRAME", "Doorkeeper", "HttpAnswer", "SocketDoor", "TcpDoor", "bare_answer"]

#: Bytes that one frame of a client may have.
LARGEST_FRAME = 16 * 1024 * 1024

_GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
_HEALTH = ("/readyz", "/healthz")
_NO_UPGRADE = "WebSocket request couldn't be upgraded since no upgrade state was present"
_OLD_PROTOCOL = "HTTP/1.0"


@dataclass(frozen=True, slots=True)
class HttpAnswer:
    """What a request is answered with, and what becomes of the connection."""

    data: bytes = b""
    is_upgrade: bool = False
    closes: bool = False


class Doorkeeper(Protocol):
    """Decides what a request gets."""

    @property
    def answers_nonsense(self) -> bool:
        """Whether what is no request gets an answer before the connection closes."""
        ...

    def answer(self, request: HttpRequest) -> HttpAnswer:
        """Return the answer to a request."""
        ...


@dataclass(frozen=True, slots=True)
class TcpDoor:
    """Answers as a listener on an address does."""

    gatekeeper: Gatekeeper
    answers_nonsense: bool = True

    def answer(self, request: HttpRequest) -> HttpAnswer:
        """Return the answer to a request: an origin wins over everything, health over the upgrade."""
        if "origin" in request.headers:
            return _answer(request, "403 Forbidden")
        if request.path in _HEALTH:
            return _health(request)
        refusal = next(self._refusals(request), None)
        return _upgrade(request, "upgrade", f"date: {_date()}\r\n") if refusal is None else _answer(request, *refusal)

    def _refusals(self, request: HttpRequest) -> Iterator[tuple[str, str]]:
        """Yield the status and the body of each refusal, the first of which counts."""
        if request.method != "GET":
            yield "405 Method Not Allowed", "Request method must be `GET`"
        for complaint in _complaints(request):
            yield "400 Bad Request", complaint
        if request.protocol == _OLD_PROTOCOL:
            yield "426 Upgrade Required", _NO_UPGRADE
        if (wrong := self.gatekeeper.complaint(request.headers.get("authorization"))) is not None:
            yield "401 Unauthorized", wrong


@dataclass(frozen=True, slots=True)
class SocketDoor:
    """Answers as a Unix socket does: a handshake is accepted, everything else is dropped without a word."""

    #: Whether the handshake says how large a frame may be.
    tells_frame_limit: bool
    answers_nonsense: bool = False

    def answer(self, request: HttpRequest) -> HttpAnswer:
        """Return the answer to a request."""
        if request.method != "GET" or request.protocol == _OLD_PROTOCOL or next(_complaints(request), None):
            return HttpAnswer(closes=True)
        limit = f"x-codex-websocket-max-unfragmented-message-bytes: {LARGEST_FRAME}\r\n"
        return _upgrade(request, "Upgrade", limit if self.tells_frame_limit else "")


def bare_answer(status: str) -> bytes:
    """Return the answer to what cannot be read."""
    return f"HTTP/1.1 {status}\r\nconnection: close\r\ncontent-length: 0\r\ndate: {_date()}\r\n\r\n".encode()


def _complaints(request: HttpRequest) -> Iterator[str]:
    """Say what is missing from the headers of a handshake, in the order in which it is looked at."""
    if "upgrade" not in request.header("connection"):
        yield "Connection header did not include 'upgrade'"
    if request.header("upgrade") != "websocket":
        yield "`Upgrade` header did not include 'websocket'"
    if request.header("sec-websocket-version") != "13":
        yield "`Sec-WebSocket-Version` header did not include '13'"
    if "sec-websocket-key" not in request.headers:
        yield "`Sec-WebSocket-Key` header missing"


def _health(request: HttpRequest) -> HttpAnswer:
    if request.method in ("GET", "HEAD"):
        return _answer(request, "200 OK")
    return _answer(request, "405 Method Not Allowed", extra="allow: GET,HEAD\r\n")


def _upgrade(request: HttpRequest, connection: str, more: str) -> HttpAnswer:
    key = request.headers["sec-websocket-key"].encode("latin-1")
    accept = base64.b64encode(hashlib.sha1(key + _GUID, usedforsecurity=False).digest()).decode()
    head = f"HTTP/1.1 101 Switching Protocols\r\nconnection: {connection}\r\nupgrade: websocket\r\n"
    return HttpAnswer(f"{head}sec-websocket-accept: {accept}\r\n{more}\r\n".encode(), is_upgrade=True)


def _answer(request: HttpRequest, status: str, text: str = "", *, extra: str = "") -> HttpAnswer:
    is_old = request.protocol == _OLD_PROTOCOL
    closes = not request.keeps_alive
    if text:
        extra += "content-type: text/plain; charset=utf-8\r\n"
    if closes and not is_old:
        extra += "connection: close\r\n"
    head = f"{_OLD_PROTOCOL if is_old else 'HTTP/1.1'} {status}\r\n{extra}content-length: {len(text)}\r\n"
    body = "" if request.method == "HEAD" else text
    return HttpAnswer(f"{head}date: {_date()}\r\n\r\n{body}".encode(), closes=closes)


def _date() -> str:
    return formatdate(usegmt=True)
