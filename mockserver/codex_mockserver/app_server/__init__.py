"""A mock ``codex app-server`` of any release, without input or output."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codex_mockserver.app_server._connection import Connection
from codex_mockserver.app_server._errors import RpcError
from codex_mockserver.app_server._server import AppServer
from codex_schemas.lazy import lazily

if TYPE_CHECKING:
    from codex_mockserver.app_server._client import Client
    from codex_mockserver.app_server._coverage import Covered, coverage
    from codex_mockserver.app_server.configuration import read_flags

__all__ = ["AppServer", "Client", "Connection", "Covered", "RpcError", "coverage", "read_flags"]

_HOMES = {
    "Client": "_client",
    "Covered": "_coverage",
    "coverage": "_coverage",
    "read_flags": "configuration",
}

__getattr__ = lazily(__name__, _HOMES)
