"""MCP servers, which exist only in the scenario."""

from codex_mockserver.app_server._call import Handler
from codex_mockserver.app_server.mcp import _requests
from codex_mockserver.app_server.mcp._servers import restart, running_server, servers, tell_startup

__all__ = ["HANDLERS", "restart", "running_server", "servers", "tell_startup"]

HANDLERS: dict[str, Handler] = _requests.HANDLERS
