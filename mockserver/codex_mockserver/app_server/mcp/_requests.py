"""``mcpServerStatus/list``, ``mcpServer/*`` and ``config/mcpServer/reload``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from codex_mockserver.app_server._call import Call, Handler, Json
from codex_mockserver.app_server._errors import INTERNAL, INVALID_PARAMS, RpcError
from codex_mockserver.app_server._kept import kept
from codex_mockserver.app_server._pages import page
from codex_mockserver.app_server._tasks import Steps
from codex_mockserver.app_server.mcp._servers import (
    auth_status,
    restart,
    running_server,
    servers,
    startup_error,
)
from codex_mockserver.model import McpServerSetup

if TYPE_CHECKING:
    from codex_mockserver.app_server._server import AppServer

__all__ = ["HANDLERS"]

#: The code with which MCP servers refuse resources that they do not have.
_NO_RESOURCE = -32002
_SIGN_IN = frozenset({"notLoggedIn", "oAuth"})


def list_status(call: Call) -> Json:
    """Tell how each server is, and what it has."""
    wanted = call.get("serverName")
    with_resources = call.get("detail", "full") == "full"
    rows = [
        {
            **_status(call.server, name, setup, with_resources=with_resources),
            "runtimeStatus": None if call.get("threadId") is None else _runtime_status(setup),
        }
        for name, setup in servers(call.server).items()
        if wanted in (None, name)
    ]
    return page(call, rows, "MCP servers")


def call_tool(call: Call) -> Json:
    """Answer what the scenario says that a tool answers; other tools repeat their arguments."""
    call.server.threads.find(call.params["threadId"])
    name, tool = call.params["server"], call.params["tool"]
    setup = running_server(call.server, name).tools.get(tool)
    if setup is None:
        raise _refusal(call, f"tool call failed for `{name}/{tool}`", INVALID_PARAMS, "Unknown tool")
    if (error := setup.get("error")) is not None:
        code, message = (error["code"], error["message"]) if isinstance(error, dict) else (INTERNAL, str(error))
        raise _refusal(call, f"tool call failed for `{name}/{tool}`", code, message)
    result = setup.get("result", msgspec.json.encode(call.get("arguments", {})).decode())
    return result if isinstance(result, dict) else {"content": [{"type": "text", "text": str(result)}]}


def read_resource(call: Call) -> Json:
    """Tell the content of a resource."""
    name, uri = call.params["server"], call.params["uri"]
    if (thread_id := call.get("threadId")) is not None:
        call.server.threads.find(thread_id)
    resource = running_server(call.server, name).resources.get(uri)
    if resource is None:
        raise _refusal(call, f"resources/read failed for `{name}` ({uri})", _NO_RESOURCE, "Resource not found")
    content: Json = {"blob": resource["blob"]} if "blob" in resource else {"text": resource.get("text", "")}
    content = {"uri": uri, "mimeType": resource.get("mimeType"), **content}
    return {"contents": [content], "originCallId": call.get("originCallId")}


def log_in(call: Call) -> Json:
    """Begin to sign in at a server; the login completes by itself, since there is no page behind it."""
    name, server = call.params["name"], call.server
    setup = servers(server).get(name)
    if setup is None:
        raise RpcError(f"No MCP server named '{name}' found.")
    if setup.auth not in _SIGN_IN:
        raise RpcError("OAuth login is only supported for streamable HTTP servers.")
    login_id = server.world.ids.uuid()
    call.afterwards(_complete_login(call, name, login_id))
    url = f"{server.issuer}/oauth/authorize?response_type=code&state={login_id}"
    return {"authorizationUrl": url, "loginId": login_id}


def reload(call: Call) -> None:
    """Start every server again for each thread in memory."""
    call.afterwards(restart(call.server))


def start_events(_call: Call) -> None:
    """Refuse, as for every server but those of hosted apps."""
    raise RpcError("MCP event subscriptions are only supported for hosted apps")


def stop_events(_call: Call) -> None:
    """End events that nobody gets."""


def _status(server: AppServer, name: str, setup: McpServerSetup, *, with_resources: bool) -> Json:
    is_up = setup.enabled and setup.failure is None
    return {
        "name": name,
        "serverInfo": {"name": name, "version": "1.0.0"} if is_up else None,
        "serverCapabilities": {"resources": {}, "tools": {}} if is_up else None,
        "tools": {tool: _tool(tool, content) for tool, content in setup.tools.items()} if is_up else {},
        "toolListMeta": None,
        "toolsError": startup_error(setup),
        "resources": _resources(setup) if is_up and with_resources else [],
        "resourceTemplates": setup.resource_templates if is_up and with_resources else [],
        "authStatus": auth_status(server, name, setup),
    }


def _tool(name: str, content: Json) -> Json:
    told = {key: value for key, value in content.items() if key not in ("result", "error")}
    return {"name": name, "inputSchema": {"type": "object"}, **told}


def _resources(setup: McpServerSetup) -> list[Json]:
    return [
        {"uri": uri, "name": uri, **{key: value for key, value in content.items() if key not in ("text", "blob")}}
        for uri, content in setup.resources.items()
    ]


def _runtime_status(setup: McpServerSetup) -> str:
    if not setup.enabled:
        return "disabled"
    return "connected" if setup.failure is None else "failed"


def _refusal(call: Call, what: str, code: int, message: Any) -> RpcError:
    """Return the error of an MCP server as the release passes it on."""
    if call.server.traits.passes_mcp_errors:
        return RpcError(str(message), code)
    return RpcError(f"{what}: Mcp error: {code}: {message}", INTERNAL)


def _complete_login(call: Call, name: str, login_id: str) -> Steps:
    logins = kept(call.server).mcp_logins
    if name not in logins:
        logins.append(name)
    told = {"name": name, "success": True, "error": None, "loginId": login_id, "threadId": call.get("threadId")}
    call.server.notify_all("mcpServer/oauthLogin/completed", told)
    yield from ()


HANDLERS: dict[str, Handler] = {
    "mcpServerStatus/list": list_status,
    "mcpServers/list": list_status,
    "mcpServer/tool/call": call_tool,
    "mcpServer/resource/read": read_resource,
    "mcpServer/oauth/login": log_in,
    "mcpServer/event/stream/start": start_events,
    "mcpServer/event/stream/stop": stop_events,
    "config/mcpServer/reload": reload,
}
