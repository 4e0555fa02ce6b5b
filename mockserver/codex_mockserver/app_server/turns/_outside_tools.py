"""The tools that others carry out: the client's own, and those of MCP servers."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

import msgspec

from codex_mockserver.app_server._tasks import Pause, Wait
from codex_mockserver.app_server.turns._approvals import APPROVAL
from codex_mockserver.app_server.turns._asking import ask, question
from codex_mockserver.app_server.turns._calls import BadCall, Output, ToolCall
from codex_mockserver.app_server.turns.active import ActiveTurn

__all__ = ["MCP_PREFIX", "call_client", "call_mcp"]

Json = dict[str, Any]

#: What the namespace of an MCP server's tools begins with.
MCP_PREFIX = "mcp__"

_CALL = "item/tool/call"
_ELICITATION = "mcpServer/elicitation/request"
_REFUSALS = {"decline": "user rejected MCP tool call", "cancel": "user cancelled MCP tool call"}


def call_client(active: ActiveTurn, call: ToolCall) -> Generator[Wait, Any, Output]:
    """Let the client carry out one of the tools that it brought."""
    arguments = call.arguments()
    about = {"namespace": call.namespace, "tool": call.name, "arguments": arguments}
    if not active.server.traits.shows_client_calls:
        unseen = yield from question(active, _CALL, {"callId": call.id, **about})
        return _content_output(_client_result(unseen)[0])
    item = {"type": "dynamicToolCall", "id": call.id, **about, "status": "inProgress"}
    blank = {"contentItems": None, "success": None, "durationMs": None}
    begun = active.server.tasks.now()
    open_item = {**item, **blank, "startedAtMs": active.now_ms(), "completedAtMs": None}
    active.start_item(open_item)

    def end(content: list[Json], *, success: bool) -> None:
        told = {"contentItems": content, "success": success, "durationMs": _since(active, begun)}
        active.complete_item({**item, "status": "completed" if success else "failed", **told})

    if active.server.traits.fails_interrupted_calls:
        active.closing = lambda: end([], success=False)
    else:
        active.closing = lambda: active.record.items.append(open_item)
    answer = yield from question(active, _CALL, {"callId": call.id, **about})
    active.closing = None
    content, success = _client_result(answer)
    end(content, success=success)
    return _content_output(content)


def call_mcp(active: ActiveTurn, call: ToolCall) -> Generator[Wait, Any, Output]:
    """Show the call of an MCP server's tool with what the scenario says that it returns."""
    server = (call.namespace or "").removeprefix(MCP_PREFIX)
    tool = _known_tool(active, server, call)
    arguments = call.arguments()
    item: Json = {"type": "mcpToolCall", "id": call.id, "server": server, "tool": call.name, "arguments": arguments}
    begun = active.server.tasks.now()
    active.start_item({**item, "status": "inProgress", "result": None, "error": None, "durationMs": None})
    refusal = yield from _ask_before(active, server, call.name, arguments, tool.get("description"))
    if call.outcome.seconds and refusal is None:
        yield Pause(call.outcome.seconds)
    error = refusal or call.outcome.error or tool.get("error")
    result = None if error else _mcp_result(call.outcome.output or tool.get("result", ""))
    is_error = error is not None or bool(result and result.pop("isError", False))
    done = {
        "status": "failed" if is_error else "completed",
        "result": result,
        "error": {"message": error} if error else None,
        "durationMs": _since(active, begun),
    }
    active.complete_item({**item, **done})
    content = result["content"] if result else [{"type": "text", "text": error}]
    return _mcp_output(active, content, active.server.tasks.now() - begun)


def _client_result(answer: Json) -> tuple[list[Json], bool]:
    """Return the content and the success of a client's answer."""
    if "error" in answer:
        return [{"type": "inputText", "text": "dynamic tool request failed"}], False
    try:
        result = msgspec.convert(answer["result"], _ClientResult)
    except (KeyError, msgspec.ValidationError):
        return [{"type": "inputText", "text": "dynamic tool response was invalid"}], False
    return result.contentItems, result.success


def _known_tool(active: ActiveTurn, server: str, call: ToolCall) -> Json:
    """Return what the scenario says of a tool; empty where it says nothing of the server.

    Raises:
        BadCall: The server is there, and does not have the tool.
    """
    setup = active.server.setup.mcp_servers.get(server)
    if setup is None:
        return {}
    if call.name not in setup.tools:
        raise BadCall(f"unsupported call: {call.namespace}{call.name}")
    return setup.tools[call.name]


class _ClientResult(msgspec.Struct):
    """What a client answers for a tool."""

    contentItems: list[Json]  # noqa: N815 (the wire's spelling)
    success: bool


def _content_output(content: list[Json]) -> Output:
    """Return content as the model is told of it: one text as it is."""
    if len(content) == 1 and content[0].get("type") == "inputText":
        return str(content[0].get("text"))
    return [
        {"type": "input_text", "text": part.get("text")}
        if part.get("type") == "inputText"
        else {"type": "input_image", "image_url": part.get("imageUrl"), "detail": "high"}
        for part in content
    ]


def _ask_before(
    active: ActiveTurn, server: str, tool: str, arguments: Json, description: str | None
) -> Generator[Wait, Any, str | None]:
    """Ask whether a tool may run, where that is the policy; return why it may not."""
    allowed, policy = active.thread.workbench.mcp_tools, active.thread.record.settings["approvalPolicy"]
    if policy in ("never", "on-failure") or (server, tool) in allowed:
        return None
    if isinstance(policy, dict) and not policy["granular"].get("mcp_elicitations"):
        return _REFUSALS["decline"]
    active.begin_waiting(APPROVAL)
    answer = yield from ask(active, _ELICITATION, _elicitation(active, server, tool, arguments, description))
    active.end_waiting(APPROVAL)
    result = answer.get("result")
    told: Json = result if isinstance(result, dict) else {}
    if told.get("action") != "accept":
        return _REFUSALS["cancel" if told.get("action") == "cancel" else "decline"]
    if (told.get("_meta") or {}).get("persist") in ("session", "always"):
        allowed.add((server, tool))
    return None


def _elicitation(active: ActiveTurn, server: str, tool: str, arguments: Json, description: str | None) -> Json:
    shown = [{"display_name": name, "name": name, "value": value} for name, value in arguments.items()]
    meta = {
        "codex_approval_kind": "mcp_tool_call",
        "persist": ["session", "always"],
        "tool_name": tool,
        **({"tool_description": description} if description else {}),
        "tool_params": arguments,
        "tool_params_display": shown,
    }
    if not active.server.traits.names_asked_tools:
        del meta["tool_name"]
    return {
        "serverName": server,
        "mode": "form",
        "_meta": meta,
        "message": f'Allow the {server} MCP server to run tool "{tool}"?',
        "requestedSchema": {"type": "object", "properties": {}},
    }


def _mcp_result(output: Any) -> Json:
    """Return a scripted output as the result of an MCP tool: one as it is, anything else as its text."""
    if isinstance(output, dict) and isinstance(output.get("content"), list):
        return {"structuredContent": None, "_meta": None, **output}
    text = output if isinstance(output, str) else msgspec.json.encode(output).decode()
    return {"content": [{"type": "text", "text": text}], "structuredContent": None, "_meta": None}


def _mcp_output(active: ActiveTurn, content: list[Json], seconds: float) -> Output:
    head = f"Wall time: {seconds:.4f} seconds\nOutput:"
    if not active.server.traits.returns_content:
        return f"{head}\n{msgspec.json.encode(content).decode()}"
    texts = [part["text"] if part.get("type") == "text" else msgspec.json.encode(part).decode() for part in content]
    return [{"type": "input_text", "text": text} for text in (head, *texts)]


def _since(active: ActiveTurn, begun: float) -> int:
    return round(1000 * (active.server.tasks.now() - begun))
