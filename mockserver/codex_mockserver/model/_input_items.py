"""Input items in the form in which a service keeps and lists them."""

from __future__ import annotations

from collections.abc import Iterable

from codex_mockserver.model._prompt import Json
from codex_mockserver.model._speech import new_item_id
from codex_mockserver.world import Ids

__all__ = ["kept_form"]

#: The types whose items have a status.
_WITH_STATUS = frozenset(
    {
        "message",
        "function_call",
        "function_call_output",
        "custom_tool_call",
        "custom_tool_call_output",
        "computer_call_output",
        "local_shell_call",
        "local_shell_call_output",
        "web_search_call",
    }
)


def kept_form(items: Iterable[Json], ids: Ids) -> list[Json]:
    """Return the items of a request as they are kept: each with an id, and with what clients may leave out."""
    return [_completed(item, ids) for item in items]


def _completed(item: Json, ids: Ids) -> Json:
    kind = item["type"]
    whole: Json = {**item, "id": item.get("id") or new_item_id(kind, ids)}
    if kind in _WITH_STATUS:
        whole["status"] = item.get("status") or "completed"
    if kind == "message":
        whole["content"] = [_completed_part(part) for part in item["content"]]
    return whole


def _completed_part(part: Json) -> Json:
    return {"annotations": [], **part} if part["type"] == "output_text" else part
