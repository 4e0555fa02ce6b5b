"""A chat request as the scripted model sees it: its messages as the items of a prompt."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from codex_mockserver.model._prompt import Json, Prompt

__all__ = ["CALL_ITEMS", "chat_prompt", "text_prompt"]

#: The form that a content part has in an item, by its type in a message.
_PARTS: dict[str, Callable[[Json], Json]] = {
    "text": lambda part: {"type": "input_text", "text": part["text"]},
    "image_url": lambda part: {"type": "input_image", "image_url": part["image_url"]["url"]},
    "input_audio": lambda part: {"type": "input_audio", **part["input_audio"]},
    "file": lambda part: {"type": "input_file", **part["file"]},
}

#: The item that a tool call becomes by its type, and the field of its text.
CALL_ITEMS = {"function": ("function_call", "arguments"), "custom": ("custom_tool_call", "input")}


def chat_prompt(body: Json) -> Prompt:
    """Return the prompt of a chat request."""
    functions = [{"type": "function", **function} for function in body.get("functions") or ()]
    offered = [{"type": tool["type"], **tool[tool["type"]]} for tool in body.get("tools") or ()]
    wish = body.get("response_format")
    asked = {
        "model": body["model"],
        "tools": functions + offered,
        "text": {"format": {**wish, **wish.get("json_schema", {})}} if wish else None,
        "service_tier": body.get("service_tier"),
        "stop": _list(body.get("stop")),
    }
    return Prompt(asked, _items(body["messages"]))


def text_prompt(body: Json, text: str) -> Prompt:
    """Return the prompt of a request that has a text continued."""
    asked = {"model": body["model"], "stop": _list(body.get("stop"))}
    messages = [{"role": "user", "content": text}]
    if body.get("suffix"):
        # The model reads what shall follow, too.
        messages.append({"role": "developer", "content": body["suffix"]})
    return Prompt(asked, _items(messages))


def _items(messages: Iterable[Json]) -> list[Json]:
    #: The type of each tool call so far, by its id.
    kinds: dict[str, str] = {}
    return [item for message in messages for item in _ROLES.get(message["role"], _plain)(message, kinds)]


def _plain(message: Json, _kinds: Mapping[str, str]) -> list[Json]:
    content = message["content"]
    parts = [{"type": "text", "text": content}] if isinstance(content, str) else content
    return [{"type": "message", "role": message["role"], "content": [_PARTS[part["type"]](part) for part in parts]}]


def _assistant(message: Json, kinds: dict[str, str]) -> list[Json]:
    content = message.get("content") or []
    parts = [{"type": "text", "text": content}] if isinstance(content, str) else list(content)
    if message.get("refusal"):
        parts.append({"type": "refusal", "refusal": message["refusal"]})
    said = [{**part, "type": "output_text"} if part["type"] == "text" else part for part in parts]
    items: list[Json] = [{"type": "message", "role": "assistant", "content": said}] if said else []
    for call in message.get("tool_calls") or ():
        kinds[call["id"]] = call["type"]
        items.append(_call(call["type"], call["id"], call[call["type"]]))
    if message.get("function_call"):
        # The older form has no ids: the name stands for one.
        items.append(_call("function", message["function_call"]["name"], message["function_call"]))
    return items


def _call(kind: str, call_id: str, named: Json) -> Json:
    item_type, field = CALL_ITEMS[kind]
    return {"type": item_type, "call_id": call_id, "name": named["name"], field: named[field]}


def _tool(message: Json, kinds: Mapping[str, str]) -> list[Json]:
    call_id, content = message["tool_call_id"], message["content"]
    output = content if isinstance(content, str) else [_PARTS["text"](part) for part in content]
    return [{"type": f"{CALL_ITEMS[kinds.get(call_id, 'function')][0]}_output", "call_id": call_id, "output": output}]


def _function(message: Json, _kinds: Mapping[str, str]) -> list[Json]:
    return [{"type": "function_call_output", "call_id": message["name"], "output": message["content"] or ""}]


_ROLES: dict[str, Callable[[Json, dict[str, str]], list[Json]]] = {
    "assistant": _assistant,
    "tool": _tool,
    "function": _function,
}


def _list(stop: Any) -> list[str]:
    return [stop] if isinstance(stop, str) else list(stop or ())
