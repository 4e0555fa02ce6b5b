"""The tools that a client brings to a thread, checked as the real app-server checks them."""

from __future__ import annotations

import re
from typing import Any

from codex_mockserver.app_server._errors import RpcError

__all__ = ["check_dynamic_tools"]

Json = dict[str, Any]

_NAME = re.compile(r"[a-zA-Z0-9_-]+")
_LONGEST_NAMESPACE = 64
#: Namespaces that the Responses API keeps for itself.
_RESERVED = frozenset({"functions", "multi_tool_use", "web", "python", "container", "browser"})


def check_dynamic_tools(tools: list[Json]) -> None:
    """Refuse tools that cannot be offered to a model.

    Raises:
        RpcError: One of them cannot.
    """
    if len({"type" in tool for tool in tools}) > 1:
        raise RpcError("Invalid request: dynamic tools must use either canonical or legacy format consistently")
    seen: set[str] = set()
    namespaces: set[str] = set()
    for tool in tools:
        if tool.get("type") == "namespace":
            _check_namespace(tool, namespaces)
        else:
            _check_tool(tool, seen, tool.get("namespace"))


def _check_namespace(namespace: Json, seen: set[str]) -> None:
    name = namespace["name"]
    _check_name(name, "dynamic tool namespace")
    if len(name) > _LONGEST_NAMESPACE:
        raise RpcError(
            f"dynamic tool namespace must be at most {_LONGEST_NAMESPACE} characters to match Responses API: {name}"
        )
    if name in _RESERVED:
        raise RpcError(f"dynamic tool namespace collides with a reserved Responses API namespace: {name}")
    if name in seen:
        raise RpcError(f"duplicate dynamic tool namespace: {name}")
    seen.add(name)
    if not namespace["tools"]:
        raise RpcError(f"dynamic tool namespace must contain at least one tool: {name}")
    inner: set[str] = set()
    for tool in namespace["tools"]:
        _check_tool(tool, inner, name)


def _check_tool(tool: Json, seen: set[str], namespace: str | None) -> None:
    name = tool["name"]
    _check_name(name, "dynamic tool name")
    if name in seen:
        where = f"dynamic tool name in namespace {namespace}" if namespace else "dynamic tool name"
        raise RpcError(f"duplicate {where}: {name}")
    seen.add(name)
    if tool.get("deferLoading") and not namespace:
        raise RpcError(f"deferred dynamic tool must include a namespace: {name}")
    if not isinstance(tool["inputSchema"], (dict, bool)):
        kind = _kind(tool["inputSchema"])
        raise RpcError(
            f"dynamic tool input schema is not supported for {name}: invalid type: {kind}, expected struct JsonSchema"
        )


def _check_name(name: str, what: str) -> None:
    if not name.strip():
        raise RpcError(f"{what} must not be empty")
    if name != name.strip():
        raise RpcError(f"{what} has leading/trailing whitespace: {name}")
    if not _NAME.fullmatch(name):
        raise RpcError(f"{what} must match ^[a-zA-Z0-9_-]+$ to match Responses API: {name}")
    if name == "mcp" or name.startswith("mcp__"):
        raise RpcError(f"{what} is reserved: {name}")


def _kind(value: Any) -> str:
    match value:
        case None:
            return "null"
        case str():
            return "string"
        case list():
            return "sequence"
        case _:
            return "number"
