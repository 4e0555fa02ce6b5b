"""An app-server on an address or a Unix socket."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import stat
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from codex_mockserver.app_server._server import AppServer
from codex_mockserver.app_server.transports._auth import Gatekeeper
from codex_mockserver.app_server.transports._endpoint import UnixSocket, WebSocketListener
from codex_mockserver.app_server.transports._errors import StartupError
from codex_mockserver.app_server.transports.handshake import Doorkeeper, SocketDoor, TcpDoor
from codex_mockserver.app_server.transports.hub import Hub
from codex_mockserver.app_server.transports.websocket import SocketClient

__all__ = ["serve_sockets"]

Tell = Callable[[str], None]


async def serve_sockets(
    server: AppServer, endpoint: WebSocketListener | UnixSocket, gatekeeper: Gatekeeper, tell: Tell
) -> int:
    """Serve clients over WebSocket until a signal or the scenario ends it; return the exit code.

    Args:
        server: The server.
        endpoint: Where to listen.
        gatekeeper: Who may connect; a Unix socket asks nobody.
        tell: Takes the greeting, and each line of the server's log.

    Raises:
        StartupError: It cannot listen there.
    """
    hub = Hub(server, tell)
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, hub.terminate)
    if isinstance(endpoint, WebSocketListener):
        return await _serve(hub, _bind_address(endpoint, tell), TcpDoor(gatekeeper))
    listening = _bind_path(endpoint.path)
    try:
        return await _serve(hub, listening, SocketDoor(tells_frame_limit=server.traits.tells_frame_limit))
    finally:
        endpoint.path.unlink(missing_ok=True)


async def _serve(hub: Hub, listening: socket.socket, door: Doorkeeper) -> int:
    clients: set[SocketClient] = set()
    loop = asyncio.get_running_loop()
    with listening:
        listener = await loop.create_server(lambda: SocketClient(hub, door, clients), sock=listening)
        try:
            return await hub.ended()
        finally:
            listener.close()
            for client in tuple(clients):
                client.drop()
            # The loop closes what was dropped in its next round.
            await asyncio.sleep(0)


def _bind_address(endpoint: WebSocketListener, tell: Tell) -> socket.socket:
    family = socket.AF_INET6 if ":" in endpoint.host else socket.AF_INET
    try:
        listening = _listen(family, (endpoint.host, endpoint.port))
    except OSError as error:
        raise _os_error(error) from None
    host, port = listening.getsockname()[:2]
    for line in _greeting(WebSocketListener(host, port)):
        tell(line)
    return listening


def _greeting(endpoint: WebSocketListener) -> list[str]:
    reach = "binds localhost only (use SSH port-forwarding for remote access)"
    if not endpoint.is_loopback:
        reach = "websocket auth is required for non-localhost listeners"
    return [
        "codex app-server (WebSockets)",
        f"  listening on: ws://{endpoint.authority}",
        f"  readyz: http://{endpoint.authority}/readyz",
        f"  healthz: http://{endpoint.authority}/healthz",
        f"  note: {reach}",
    ]


def _bind_path(path: Path) -> socket.socket:
    """Listen on a socket that only its owner can open; one that nobody listens on any more is replaced."""
    try:
        path.parent.mkdir(mode=0o700, exist_ok=True)
        _make_room(path)
        return _listen(socket.AF_UNIX, str(path))
    except OSError as error:
        raise _os_error(error) from None


def _listen(family: socket.AddressFamily, address: Any) -> socket.socket:
    listening = socket.socket(family, socket.SOCK_STREAM)
    before = os.umask(0o177)
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(address)
        listening.listen()
    except OSError:
        listening.close()
        raise
    finally:
        os.umask(before)
    return listening


def _make_room(path: Path) -> None:
    with suppress(FileNotFoundError):
        if not stat.S_ISSOCK(path.lstat().st_mode):
            raise StartupError(f"app-server control socket path exists and is not a socket: {path}")
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe, suppress(ConnectionRefusedError):
            probe.connect(str(path))
            raise StartupError(f"app-server control socket is already in use at {path}")
        path.unlink()


def _os_error(error: OSError) -> StartupError:
    return StartupError(f"{error.strerror} (os error {error.errno})" if error.errno else str(error))
