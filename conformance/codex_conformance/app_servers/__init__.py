"""App-servers that a suite starts: published binaries, other commands, and the mock without a process."""

from codex_conformance.app_servers._config import config_of
from codex_conformance.app_servers._home import Home, home_for
from codex_conformance.app_servers._in_process import InProcessServer, mock_places, scenario_of
from codex_conformance.app_servers._model import has_model
from codex_conformance.app_servers._setup import Setup
from codex_conformance.app_servers._transports import (
    Connection,
    QueuedConnection,
    Server,
    SocketServer,
    StdioServer,
    connect_to,
)

__all__ = [
    "Connection",
    "Home",
    "InProcessServer",
    "QueuedConnection",
    "Server",
    "Setup",
    "SocketServer",
    "StdioServer",
    "config_of",
    "connect_to",
    "has_model",
    "home_for",
    "mock_places",
    "scenario_of",
]
