"""One recorded response as a step of a scenario, or as the fault that broke it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from codex_mockserver.retelling._items import entry_of_item

__all__ = ["Told", "told"]

Json = dict[str, Any]

_ENDS = ("response.completed", "response.incomplete", "response.failed")
_COUNTS = ("input_tokens", "output_tokens")


class Told(NamedTuple):
    """What a recorded response becomes."""

    #: The step that says it again; None where it broke off before it was whole.
    step: Json | None
    #: What broke it; None where nothing did.
    fault: Json | None = None


def told(events: Iterable[Any], *, is_cut: bool) -> Told:
    """Return what a response becomes.

    Args:
        events: Its events in order.
        is_cut: Whether the connection ended without the end of the body.
    """
    known = [event for event in events if isinstance(event, dict)]
    refused = next((event for event in known if event.get("type") == "error"), None)
    if refused is not None:
        return Told(None, {"answer": {"status": refused.get("status") or 500, "body": {"error": refused.get("error")}}})
    last = next((event for event in known if event.get("type") in _ENDS), None)
    if last is None:
        return Told(None, {"at": _next_place(known), **({"cut": True} if is_cut else {"end": True})})
    return Told(_step(known, last))


def _next_place(events: Sequence[Json]) -> int:
    """Return the number that the next event would have had."""
    return max((event["sequence_number"] for event in events if "sequence_number" in event), default=-1) + 1


def _step(events: Sequence[Json], last: Json) -> Json:
    response = last.get("response") or {}
    items = [event["item"] for event in events if event.get("type") == "response.output_item.done"]
    step: Json = {"say": [entry_of_item(item) for item in items or response.get("output") or []]}
    if last["type"] == "response.failed":
        step["end"] = {"failed": _picked(response.get("error") or {}, ("code", "message"))}
    elif last["type"] == "response.incomplete":
        step["end"] = {"incomplete": (response.get("incomplete_details") or {}).get("reason", "max_output_tokens")}
    usage = _picked(response.get("usage") or {}, _COUNTS)
    return step | ({"usage": usage} if len(usage) == len(_COUNTS) else {})


def _picked(value: Json, names: Iterable[str]) -> Json:
    return {name: value[name] for name in names if value.get(name) is not None}
