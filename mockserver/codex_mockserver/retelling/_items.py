"""Items of a response, and items of a thread, as entries of ``say``."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

__all__ = ["entry_of_item", "entry_of_thread_item"]

Json = dict[str, Any]


def entry_of_item(item: Json) -> Json:
    """Return the entry of ``say`` that makes an item of a response; without a form of its own, the item as it is."""
    form = _ITEMS.get(str(item.get("type")))
    return form(item) if form else {"item": {name: part for name, part in item.items() if name not in ("id", "status")}}


def entry_of_thread_item(item: Json) -> Json | None:
    """Return the entry of ``say`` that makes an item of a thread, with how it went; None where the model does not."""
    form = _THREAD_ITEMS.get(str(item.get("type")))
    return form(item) if form else None


def _message(item: Json) -> Json:
    parts = item.get("content") or []
    if any(part.get("type") == "refusal" for part in parts):
        return {"refusal": "".join(part.get("refusal", "") for part in parts)}
    text = "".join(part.get("text", "") for part in parts)
    return {"message": {"text": text, "phase": item["phase"]} if item.get("phase") else text}


def _reasoning(item: Json) -> Json:
    return {"reasoning": {"summary": [part.get("text", "") for part in item.get("summary") or []]}}


def _function_call(item: Json) -> Json:
    arguments = item.get("arguments", "")
    try:
        read = json.loads(arguments)
    except ValueError:
        read = arguments
    return {"function_call": {**_named(item), "arguments": read if isinstance(read, dict) else arguments}}


def _custom_tool_call(item: Json) -> Json:
    return {"custom_tool_call": {**_named(item), "input": item.get("input", "")}}


def _web_search(item: Json) -> Json:
    return {"web_search": (item.get("action") or {}).get("query") or item.get("query") or ""}


def _named(item: Json) -> Json:
    return {name: item[name] for name in ("name", "namespace") if item.get(name)}


def _agent_message(item: Json) -> Json:
    return {"message": {"text": item["text"], "phase": item["phase"]} if item.get("phase") else item.get("text", "")}


def _thread_reasoning(item: Json) -> Json:
    return {"reasoning": {"summary": list(item.get("summary") or [])}}


def _command(item: Json) -> Json:
    actions = item.get("commandActions") or []
    command = actions[0].get("command") if len(actions) == 1 else None
    said = {"cmd": command or item.get("command", "")}
    said |= {"output": item["aggregatedOutput"]} if item.get("aggregatedOutput") else {}
    return {"exec_command": said | ({"exit_code": item["exitCode"]} if item.get("exitCode") else {})}


def _file_change(item: Json) -> Json:
    patch = "\n".join(["*** Begin Patch", *map(_hunk, item.get("changes") or []), "*** End Patch", ""])
    failed = item.get("status") == "failed"
    return {"apply_patch": {"patch": patch, "fails": "It did not apply."} if failed else patch}


def _hunk(change: Json) -> str:
    """Return a change as a patch says it; the file is named without its folders, which only its machine has."""
    kind, name, diff = change["kind"]["type"], change["path"].rpartition("/")[2], change["diff"].rstrip("\n")
    if kind == "delete":
        return f"*** Delete File: {name}"
    if kind == "add":
        return "\n".join([f"*** Add File: {name}", *(f"+{line}" for line in diff.split("\n"))])
    lines = ["@@" if line.startswith("@@ ") else line for line in diff.split("\n")]
    return "\n".join([f"*** Update File: {name}", *(line for line in lines if not line.startswith(("---", "+++")))])


def _mcp_call(item: Json) -> Json:
    call = {"name": item.get("tool", ""), "namespace": f"mcp__{item.get('server', '')}"}
    return {"function_call": {**call, "arguments": item.get("arguments") or {}, **_result(item)}}


def _dynamic_call(item: Json) -> Json:
    call = {"name": item.get("tool", ""), **({"namespace": item["namespace"]} if item.get("namespace") else {})}
    return {"function_call": {**call, "arguments": item.get("arguments") or {}}}


def _result(item: Json) -> Json:
    return {"output": item["result"]} if item.get("result") else {}


_ITEMS: dict[str, Callable[[Json], Json]] = {
    "message": _message,
    "reasoning": _reasoning,
    "function_call": _function_call,
    "custom_tool_call": _custom_tool_call,
    "web_search_call": _web_search,
}

_THREAD_ITEMS: dict[str, Callable[[Json], Json]] = {
    "agentMessage": _agent_message,
    "reasoning": _thread_reasoning,
    "commandExecution": _command,
    "fileChange": _file_change,
    "mcpToolCall": _mcp_call,
    "dynamicToolCall": _dynamic_call,
    "webSearch": _web_search,
}
