"""A mock ``codex app-server`` of any release, without input or output."""

from codex_mockserver.app_server._client import Client
from codex_mockserver.app_server._connection import Connection
from codex_mockserver.app_server._coverage import Covered, coverage
from codex_mockserver.app_server._errors import RpcError
from codex_mockserver.app_server._server import AppServer

__all__ = ["AppServer", "Client", "Connection", "Covered", "RpcError", "coverage"]
