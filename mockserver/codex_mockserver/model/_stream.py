"""The events of a response, in the order in which they leave."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from codex_mockserver.model._prompt import Json
from codex_mockserver.model._speech import Said

__all__ = ["response_events"]

_WORD = re.compile(r"\s*\S+\s*")

#: The text that a content part grows by, and what its text events carry besides.
_PARTS: dict[str, tuple[str, Json]] = {
    "output_text": ("text", {"logprobs": []}),
    "refusal": ("refusal", {}),
    "reasoning_text": ("text", {}),
}

#: The field of a call that grows by deltas, with the stem of its events.
_ARGUMENTS: dict[str, tuple[str, str]] = {
    "function_call": ("arguments", "response.function_call_arguments"),
    "custom_tool_call": ("input", "response.custom_tool_call_input"),
    "mcp_call": ("arguments", "response.mcp_call_arguments"),
    "code_interpreter_call": ("code", "response.code_interpreter_call_code"),
}

#: The progress that items report before and after their arguments.
_PROGRESS: dict[str, tuple[Sequence[str], Sequence[str]]] = {
    "web_search_call": (("in_progress", "searching"), ("completed",)),
    "file_search_call": (("in_progress", "searching"), ("completed",)),
    "image_generation_call": (("in_progress", "generating"), ("completed",)),
    "code_interpreter_call": (("in_progress",), ("interpreting", "completed")),
    "mcp_list_tools": (("in_progress",), ("completed",)),
    "mcp_call": (("in_progress",), ("completed",)),
    "compaction": (("compacting",), ()),
}

#: What an item that has only begun does not hold yet.
_BLANK: Json = {"content": [], "summary": [], "arguments": "", "input": "", "code": "", "status": "in_progress"}


def response_events(opening: Json, said: Sequence[Said], final: Json) -> list[Json]:
    """Return every event of a response, numbered from 0.

    Args:
        opening: The response object before the model has said anything.
        said: The items, in order.
        final: The response object at the end; its ``status`` names the last event.
    """
    events: list[Json] = [
        {"type": "response.created", "response": opening},
        {"type": "response.in_progress", "response": opening},
    ]
    for index, part in enumerate(said):
        item = part.item
        begun = {name: _BLANK.get(name, value) for name, value in item.items()}
        events.append({"type": "response.output_item.added", "output_index": index, "item": begun})
        events.extend(_body(item, {"item_id": item["id"], "output_index": index}, part.deltas))
        events.append({"type": "response.output_item.done", "output_index": index, "item": item})
    events.append({"type": f"response.{final['status']}", "response": final})
    for number, event in enumerate(events):
        event["sequence_number"] = number
    return events


def _body(item: Json, where: Json, deltas: Sequence[str] | None) -> Iterator[Json]:
    """Yield the events between the beginning and the end of an item."""
    kind: str = item["type"]
    before, after = _PROGRESS.get(kind, ((), ()))
    for step in before:
        yield {"type": f"response.{kind}.{step}", **where}
    if kind in _ARGUMENTS:
        yield from _arguments(item, where)
    elif kind in _BODIES:
        yield from _BODIES[kind](item, where, deltas)
    for step in after:
        yield {"type": f"response.{kind}.{step}", **where}


def _arguments(item: Json, where: Json) -> Iterator[Json]:
    name, stem = _ARGUMENTS[item["type"]]
    text = item[name] or ""
    for delta in _cut(text):
        yield {"type": f"{stem}.delta", **where, "delta": delta}
    yield {"type": f"{stem}.done", **where, name: text}


def _contents(item: Json, where: Json, deltas: Sequence[str] | None) -> Iterator[Json]:
    """Yield the events of each content part; given deltas are those of the first part."""
    for index, part in enumerate(item.get("content") or ()):
        kind = part["type"]
        name, extra = _PARTS[kind]
        place: Json = {**where, "content_index": index, **extra}
        plain: Json = {**where, "content_index": index}
        yield {"type": "response.content_part.added", **plain, "part": {**part, name: ""}}
        delta_type = f"response.{kind}.delta"
        for delta in deltas if deltas is not None else _cut(part[name]):
            yield {"type": delta_type, **place, "delta": delta}
        yield {"type": f"response.{kind}.done", **place, name: part[name]}
        yield {"type": "response.content_part.done", **plain, "part": part}
        deltas = None


def _reasoning(item: Json, where: Json, deltas: Sequence[str] | None) -> Iterator[Json]:
    for index, part in enumerate(item["summary"]):
        place: Json = {**where, "summary_index": index}
        text = part["text"]
        yield {"type": "response.reasoning_summary_part.added", **place, "part": {**part, "text": ""}}
        for delta in _cut(text):
            yield {"type": "response.reasoning_summary_text.delta", **place, "delta": delta}
        yield {"type": "response.reasoning_summary_text.done", **place, "text": text}
        yield {"type": "response.reasoning_summary_part.done", **place, "part": part}
    if not item["summary"]:
        # A stream shows the summary or the reasoning itself; the item holds both.
        yield from _contents(item, where, deltas)


_BODIES: dict[str, Callable[[Json, Json, Any], Iterator[Json]]] = {"message": _contents, "reasoning": _reasoning}


def _cut(text: str) -> list[str]:
    """Cut a text into words that keep their white space; text without a word stays whole."""
    return _WORD.findall(text) or ([text] if text else [])
