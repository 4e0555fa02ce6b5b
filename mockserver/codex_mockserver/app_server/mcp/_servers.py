"""The MCP servers that there are: those of the scenario, and those that the configuration names."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from codex_mockserver.app_server._errors import INTERNAL, RpcError
from codex_mockserver.app_server._kept import kept
from codex_mockserver.app_server._tasks import Steps
from codex_mockserver.app_server.configuration import layers, merged
from codex_mockserver.model import McpServerSetup

if TYPE_CHECKING:
    from codex_mockserver.app_server._server import AppServer
    from codex_mockserver.app_server.threads import LoadedThread

__all__ = ["auth_status", "restart", "running_server", "servers", "startup_error", "tell_startup"]

Json = dict[str, Any]


def servers(server: AppServer) -> dict[str, McpServerSetup]:
    """Return all of them by name; what only the configuration names has no tools, since nothing is started."""
    configured: Json = merged(layers(server)).get("mcp_servers", {})
    found = dict(server.setup.mcp_servers)
    for name, table in configured.items():
        if isinstance(table, dict):
            known = found.get(name, McpServerSetup())
            found[name] = McpServerSetup(
                tools=known.tools,
                resources=known.resources,
                resource_templates=known.resource_templates,
                failure=known.failure,
                auth=known.auth,
                enabled=table.get("enabled", known.enabled) is not False,
            )
    return dict(sorted(found.items()))


def startup_error(setup: McpServerSetup) -> str | None:
    """Return why a server did not start; None where it did, or was not to."""
    return f"MCP startup failed: {setup.failure}" if setup.failure is not None and setup.enabled else None


def auth_status(server: AppServer, name: str, setup: McpServerSetup) -> str:
    """Return whether somebody is signed in at a server."""
    has_login = setup.auth == "notLoggedIn" and name in kept(server).mcp_logins
    return "oAuth" if has_login else setup.auth


def running_server(server: AppServer, name: str) -> McpServerSetup:
    """Return a server that can be called.

    Raises:
        RpcError: There is none of that name, or it did not start.
    """
    setup = servers(server).get(name)
    if setup is None or not setup.enabled:
        raise RpcError(f"unknown MCP server '{name}'", INTERNAL)
    if (error := startup_error(setup)) is not None:
        raise RpcError(f"failed to get client: {error}", INTERNAL)
    return setup


def tell_startup(thread: LoadedThread) -> None:
    """Tell the subscribers of a thread how the start of each server went."""
    enabled = {name: setup for name, setup in servers(thread.server).items() if setup.enabled}
    for name in enabled:
        thread.notify("mcpServer/startupStatus/updated", {"name": name, "status": "starting", "error": None})
    for name, setup in enabled.items():
        error = startup_error(setup)
        told = None if error is None else f"MCP client for `{name}` failed to start: {error}"
        status = "ready" if error is None else "failed"
        thread.notify("mcpServer/startupStatus/updated", {"name": name, "status": status, "error": told})


def restart(server: AppServer) -> Steps:
    """Tell of a new start of every server for each thread in memory."""
    for thread in list(server.threads.loaded.values()):
        tell_startup(thread)
    yield from ()
