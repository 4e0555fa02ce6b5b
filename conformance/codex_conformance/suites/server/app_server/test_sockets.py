"""The WebSocket itself: who may open it, and what comes through it beside messages."""

from __future__ import annotations

import json
from typing import Any

import pytest
from websockets.sync.client import ClientConnection, connect
from websockets.sync.connection import Connection

from codex_conformance.app_servers import SocketServer
from codex_conformance.probes import Evidence, require
from codex_conformance.suites.server.app_server._doors import PATIENCE, status_of_page, status_of_socket
from codex_conformance.suites.server.app_servers import AppServers
from codex_conformance.targets import Target

_HELLO = {"id": 1, "method": "initialize", "params": {"clientInfo": {"name": "codex-testkit", "version": "1.0.0"}}}


@pytest.fixture
def address(processes: AppServers, target: Target) -> str:
    """Return the URL of a server that listens."""
    server = processes.start(websocket=True)
    return server.url if isinstance(server, SocketServer) else target.spec.address


def _open(address: str, **more: Any) -> ClientConnection:
    return connect(address, proxy=None, compression=None, open_timeout=PATIENCE, **more)


def _is_answered(socket: Connection) -> bool:
    """Tell whether the server answers the first message."""
    socket.send(json.dumps(_HELLO))
    return bool(json.loads(socket.recv(PATIENCE)).get("id") == 1)


@pytest.mark.codex("app-server.websocket.browsers")
@pytest.mark.parametrize("origin", ["https://example.com", "http://localhost", "null"])
def test_a_page_in_a_browser_is_kept_out(address: str, evidence: Evidence, origin: str) -> None:
    evidence.note("suite", "GET / (WebSocket)", f"origin: {origin}")
    status = status_of_socket(address, origin=origin)
    require(status == 403, expected="the status 403", found=status)


@pytest.mark.codex("app-server.websocket.any-path")
def test_a_socket_opens_at_any_path(address: str, evidence: Evidence) -> None:
    evidence.note("suite", "GET /any/path (WebSocket)")
    with _open(f"{address}/any/path") as socket:
        require(_is_answered(socket), expected="an answer to initialize", found="another message")


@pytest.mark.codex("app-server.websocket.health")
@pytest.mark.parametrize("path", ["/readyz", "/healthz"])
def test_a_server_says_that_it_is_well(address: str, evidence: Evidence, path: str) -> None:
    evidence.note("suite", f"GET {path}")
    status = status_of_page(address, path)
    require(status == 200, expected="the status 200", found=status)


@pytest.mark.codex("app-server.websocket.binary-frames")
def test_a_binary_frame_ends_nothing(address: str, evidence: Evidence) -> None:
    evidence.note("suite", "a binary frame, and initialize")
    with _open(address) as socket:
        socket.send(b"\x00\x01")
        require(_is_answered(socket), expected="an answer to initialize", found="another message")


@pytest.mark.codex("app-server.websocket.pings")
def test_a_ping_is_answered(address: str, evidence: Evidence) -> None:
    evidence.note("suite", "a ping")
    with _open(address) as socket:
        require(socket.ping().wait(PATIENCE), expected="a pong", found="none")
