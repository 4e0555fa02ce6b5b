"""Transports: an app-server on the standard streams, over WebSocket, and on a Unix socket."""

from codex_mockserver.app_server.transports._auth import AuthOptions, Gatekeeper
from codex_mockserver.app_server.transports._endpoint import (
    Endpoint,
    Off,
    Stdio,
    UnixSocket,
    WebSocketListener,
    parse_endpoint,
)
from codex_mockserver.app_server.transports._errors import BadArgument, StartupError
from codex_mockserver.app_server.transports._serve import serve

__all__ = [
    "AuthOptions",
    "BadArgument",
    "Endpoint",
    "Gatekeeper",
    "Off",
    "StartupError",
    "Stdio",
    "UnixSocket",
    "WebSocketListener",
    "parse_endpoint",
    "serve",
]
