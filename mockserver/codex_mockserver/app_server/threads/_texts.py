"""The texts in what was said."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

__all__ = ["item_text", "user_text"]

Json = dict[str, Any]


def user_text(items: Iterable[Json]) -> str:
    """Return the text of the user's first message among items of the Responses API; empty without one."""
    for item in items:
        if item.get("type") == "message" and item.get("role") == "user":
            return "\n".join(part["text"] for part in item.get("content", ()) if "text" in part)
    return ""


def item_text(item: Json) -> str:
    """Return what an item of a turn says to people: the texts of user and agent; empty for other items."""
    if item["type"] == "userMessage":
        return "\n".join(part["text"] for part in item["content"] if part["type"] == "text")
    return str(item["text"]) if item["type"] == "agentMessage" else ""
