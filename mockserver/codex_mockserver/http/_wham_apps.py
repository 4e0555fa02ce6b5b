"""The ChatGPT backend: plugins, connectors, the hosted MCP server, analytics and telemetry.

Nothing here has any effect: clients call these endpoints in passing and need a well-formed answer.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from codex_mockserver.http._answer import Answer, json_answer
from codex_mockserver.http._call import Call
from codex_mockserver.http._refusal import Refusal

__all__ = [
    "accept_events",
    "accept_telemetry",
    "call_mcp",
    "close_mcp_session",
    "export_curated_plugins",
    "list_connectors",
    "list_featured_plugins",
    "list_plugins",
    "list_suggested_plugins",
    "open_mcp_stream",
]

#: The MCP revision offered to a client that names none.
_MCP_VERSION = "2025-06-18"

#: JSON-RPC 2.0, section 5.1.
_METHOD_NOT_FOUND = -32601


def accept_events(_call: Call) -> Answer:
    """Accept analytics events; the journal keeps them."""
    return Answer(200)


def accept_telemetry(_call: Call) -> Answer:
    """Accept OpenTelemetry data, all of it."""
    return json_answer({})


def list_plugins(_call: Call) -> Answer:
    """Answer an empty page of plugins."""
    return json_answer({"plugins": [], "pagination": {"next_page_token": None}})


def list_suggested_plugins(_call: Call) -> Answer:
    """Answer that nothing is suggested."""
    return json_answer({"enabled": False, "plugins": []})


def list_featured_plugins(_call: Call) -> Answer:
    """Answer that no plugin is featured."""
    return json_answer([])


def export_curated_plugins(_call: Call) -> Answer:
    """Refuse: there is no archive to download."""
    raise Refusal(404, "There is no archive of curated plugins.")


def list_connectors(_call: Call) -> Answer:
    """Answer an empty directory of connectors."""
    return json_answer({"apps": [], "next_token": None})


def call_mcp(call: Call) -> Answer:
    """Answer one message of a client to an MCP server that has no tools."""
    message = call.body
    if "method" not in message or "id" not in message:
        # A notification, or an answer to a question that was never asked.
        return Answer(202)
    method = _MCP_METHODS.get(message["method"])
    if method is None:
        outcome: dict[str, Any] = {"error": {"code": _METHOD_NOT_FOUND, "message": "Method not found"}}
    else:
        outcome = {"result": method(message.get("params", {}))}
    return json_answer({"jsonrpc": "2.0", "id": message["id"], **outcome})


def open_mcp_stream(_call: Call) -> Answer:
    """Refuse: this MCP server never speaks first."""
    raise Refusal(405, "Method Not Allowed", headers={"allow": "POST, DELETE"})


def close_mcp_session(_call: Call) -> Answer:
    """End an MCP session, of which nothing was kept."""
    return Answer(200)


def _initialize(params: dict[str, Any]) -> dict[str, Any]:
    return {
        "protocolVersion": str(params.get("protocolVersion", _MCP_VERSION)),
        "capabilities": {"tools": {}},
        "serverInfo": {"name": "codex-testkit", "version": "1"},
    }


_MCP_METHODS: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
    "initialize": _initialize,
    "ping": lambda _params: {},
    "tools/list": lambda _params: {"tools": []},
}
