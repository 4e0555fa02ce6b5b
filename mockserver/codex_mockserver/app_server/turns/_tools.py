"""The tools that the scripted model calls; nothing is executed, each gives what the script says."""

from __future__ import annotations

import posixpath
from collections.abc import Generator, Iterable, Iterator
from typing import Any

import msgspec

from codex_mockserver.app_server._tasks import Pause, Wait
from codex_mockserver.app_server.threads.settings import configuration
from codex_mockserver.app_server.turns._agents import AGENT_TOOLS, AGENTS
from codex_mockserver.app_server.turns._calls import BadCall, Output, Tool, ToolCall
from codex_mockserver.app_server.turns._commands import exec_command, write_stdin
from codex_mockserver.app_server.turns._file_changes import apply_patch
from codex_mockserver.app_server.turns._goal_tools import GOAL_TOOLS
from codex_mockserver.app_server.turns._newer_agents import FEATURE, spawn_named_agent
from codex_mockserver.app_server.turns._outside_tools import MCP_PREFIX, call_client, call_mcp
from codex_mockserver.app_server.turns._user_tools import request_permissions, request_user_input, update_plan
from codex_mockserver.app_server.turns.active import ActiveTurn

__all__ = ["is_parallel", "use_tool"]

Json = dict[str, Any]

#: The tools that run side by side when a response calls several.
_PARALLEL = frozenset({"exec_command"})


def is_parallel(call: ToolCall) -> bool:
    """Tell whether a call may run beside its neighbours."""
    return call.name in _PARALLEL


def use_tool(active: ActiveTurn, call: ToolCall) -> Generator[Wait, Any, Output]:
    """Carry out a call and return what the model is told."""
    try:
        return (yield from _tool(active, call)(active, call))
    except BadCall as bad:
        return str(bad)


def _tool(active: ActiveTurn, call: ToolCall) -> Tool:
    """Return what carries out a call: the client's tools come first, then ours, then those of MCP servers."""
    if (call.namespace, call.name) in set(_names(active.thread.record.dynamic_tools)):
        return call_client
    if call.namespace == AGENTS:
        return AGENT_TOOLS.get(call.name, _unknown)
    if (call.namespace or "").startswith(MCP_PREFIX):
        return call_mcp
    if call.name == "spawn_agent" and configuration(active.server).get("features", {}).get(FEATURE):
        return spawn_named_agent
    if call.name == "update_plan" and not active.server.traits.offers_plans:
        return _unknown
    return _TOOLS.get(call.name, _unknown)


def _names(tools: Iterable[Json], namespace: str | None = None) -> Iterator[tuple[str | None, str]]:
    """Yield namespace and name of each of the client's tools."""
    for tool in tools:
        if tool.get("type") == "namespace":
            yield from _names(tool["tools"], tool["name"])
        else:
            yield tool.get("namespace", namespace), tool["name"]


def _unknown(_active: ActiveTurn, call: ToolCall) -> Generator[Wait, Any, Output]:
    """Return what the scenario says of a tool that nobody has."""
    if call.outcome.seconds:
        yield Pause(call.outcome.seconds)
    if call.outcome.error is not None:
        return call.outcome.error
    if call.outcome.output == "":
        return f"unsupported call: {call.namespace or ''}{call.name}"
    output = call.outcome.output
    return output if isinstance(output, str) else msgspec.json.encode(output).decode()


class _Image(msgspec.Struct):
    path: str


def _view_image(active: ActiveTurn, call: ToolCall) -> Generator[Wait, Any, Output]:
    """Show an image that the model looks at: nothing is read, the outcome's output is its address."""
    path = posixpath.join(active.thread.record.cwd, call.read(_Image).path)
    if call.outcome.error is not None:
        raise BadCall(call.outcome.error)
    if not call.outcome.output:
        raise BadCall(f"unable to locate image at `{path}`: No such file or directory (os error 2)")
    active.tell_item({"type": "imageView", "id": call.id, "path": path})
    yield from ()
    return [{"type": "input_image", "image_url": str(call.outcome.output), "detail": "high"}]


_TOOLS: dict[str, Tool] = {
    **GOAL_TOOLS,
    "exec_command": exec_command,
    "write_stdin": write_stdin,
    "apply_patch": apply_patch,
    "update_plan": update_plan,
    "request_user_input": request_user_input,
    "request_permissions": request_permissions,
    "view_image": _view_image,
}
