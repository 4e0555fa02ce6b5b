"""``thread/inject_items``: putting items into what the model sees."""

from __future__ import annotations

from typing import Any

from codex_mockserver.app_server._call import Call, Handler, Json
from codex_mockserver.app_server._decode_words import mistyped
from codex_mockserver.app_server._errors import RpcError

__all__ = ["HANDLERS"]

#: What an item of each type cannot be without; items of other types are taken as they are.
_REQUIRED = {
    "message": ("role", "content"),
    "reasoning": ("summary",),
    "function_call": ("name", "arguments", "call_id"),
    "function_call_output": ("call_id", "output"),
    "custom_tool_call": ("call_id", "name", "input"),
    "custom_tool_call_output": ("call_id", "output"),
    "compaction": ("encrypted_content",),
}
_REMOTE_IMAGE = "remote image URLs are not supported; use an inline data URL instead"


def inject(call: Call) -> Json:
    """Put items at the end of the conversation; they are part of no turn."""
    thread = call.server.threads.find(call.params["threadId"])
    items = call.params["items"]
    if not items:
        raise RpcError("items must not be empty")
    for index, item in enumerate(items):
        if (problem := _problem(item)) is not None:
            raise RpcError(f"items[{index}] is not a valid response item: {problem}")
        if call.server.traits.refuses_remote_images and _has_remote_image(item):
            raise RpcError(_REMOTE_IMAGE)
    history = thread.turns[-1].history if thread.turns else thread.record.opening
    history.extend(items)
    thread.record.is_kept = True
    return {}


def _problem(item: Any) -> str | None:
    """Return why an item is none, in the words of the real decoder; None for a good one."""
    if not isinstance(item, dict):
        return str(mistyped(item, "internally tagged enum ResponseItem"))
    if not isinstance(kind := item.get("type"), str):
        return "invalid type: number, expected variant identifier" if "type" in item else "missing field `type`"
    missing = next((name for name in _REQUIRED.get(kind, ()) if name not in item), None)
    if missing is None and kind == "message" and not isinstance(item["content"], list):
        return str(mistyped(item["content"], "a sequence"))
    return missing and f"missing field `{missing}`"


def _has_remote_image(item: Json) -> bool:
    content = item.get("content")
    parts = [part for part in content if isinstance(part, dict)] if isinstance(content, list) else []
    return any(str(part.get("image_url", "")).startswith(("http://", "https://")) for part in parts)


HANDLERS: dict[str, Handler] = {"thread/inject_items": inject}
