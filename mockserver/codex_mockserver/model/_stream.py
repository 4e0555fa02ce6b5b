"""The events of a response, in the order in which they leave."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from codex_mockserver.model._prompt import Json
from codex_mockserver.model._speech import Said

__all__ = ["Deltas", "closing_event", "flat", "item_events", "opening_events", "response_stream", "words"]

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


#: Characters up to which the words of a text are remembered: scripts say the same things again and again.
_SHORT = 4096


class Deltas(NamedTuple):
    """A run of delta events that differ only in their text: most of a stream, so it is kept short."""

    kind: str
    where: Json
    texts: Sequence[str]
    #: The sequence number of the first.
    first: int

    def events(self) -> list[Json]:
        """Return the events one by one."""
        return [
            {"type": self.kind, **self.where, "delta": text, "sequence_number": number}
            for number, text in enumerate(self.texts, self.first)
        ]


def flat(parts: Iterable[Json | Deltas]) -> list[Json]:
    """Return every event of a stream one by one."""
    events: list[Json] = []
    for part in parts:
        events += part.events() if isinstance(part, Deltas) else (part,)
    return events


def response_stream(opening: Json, said: Sequence[Said], final: Json) -> list[Json | Deltas]:
    """Return every event of a response, numbered from 0, with runs of deltas in one piece.

    Args:
        opening: The response object before the model has said anything.
        said: The items, in order.
        final: The response object at the end; its ``status`` names the last event.
    """
    parts: list[Json | Deltas] = [*opening_events(opening)]
    number = len(parts)
    for index, part in enumerate(said):
        events, count = item_events(part, index, number)
        parts += events
        number += count
    return [*parts, closing_event(final, number)]


def opening_events(opening: Json) -> list[Json]:
    """Return the events before the first item."""
    kinds = ("response.created", "response.in_progress")
    return [{"type": kind, "response": opening, "sequence_number": number} for number, kind in enumerate(kinds)]


def item_events(said: Said, index: int, first: int) -> tuple[list[Json | Deltas], int]:
    """Return the events of one item, its beginning, how it grows and its end, and how many they are."""
    stream, item = _Stream(first), said.item
    begun = {name: _BLANK.get(name, value) for name, value in item.items()}
    stream.add("response.output_item.added", output_index=index, item=begun)
    stream.add_body(item, {"item_id": item["id"], "output_index": index}, said.deltas)
    stream.add("response.output_item.done", output_index=index, item=item)
    return stream.parts, stream.count - first


def closing_event(final: Json, number: int) -> Json:
    """Return the last event."""
    return {"type": f"response.{final['status']}", "response": final, "sequence_number": number}


class _Stream:
    """The events of an item in order; one method for each way in which it grows."""

    def __init__(self, first: int) -> None:
        self.parts: list[Json | Deltas] = []
        #: The sequence number of the next event.
        self.count = first

    def add(self, kind: str, **fields: Any) -> None:
        self.parts.append({"type": kind, **fields, "sequence_number": self.count})
        self.count += 1

    def add_deltas(self, kind: str, where: Json, texts: Sequence[str]) -> None:
        self.parts.append(Deltas(kind, where, texts, self.count))
        self.count += len(texts)

    def add_body(self, item: Json, where: Json, deltas: Sequence[str] | None) -> None:
        """Add the events between the beginning and the end of an item."""
        kind: str = item["type"]
        before, after = _PROGRESS.get(kind, ((), ()))
        for step in before:
            self.add(f"response.{kind}.{step}", **where)
        if kind in _ARGUMENTS:
            self._add_arguments(item, where)
        elif kind == "message" or (kind == "reasoning" and not item["summary"]):
            # A stream shows the summary or the reasoning itself; the item holds both.
            self._add_contents(item, where, deltas)
        elif kind == "reasoning":
            self._add_summary(item, where)
        for step in after:
            self.add(f"response.{kind}.{step}", **where)

    def _add_arguments(self, item: Json, where: Json) -> None:
        name, stem = _ARGUMENTS[item["type"]]
        text = item[name] or ""
        self.add_deltas(f"{stem}.delta", where, words(text))
        self.add(f"{stem}.done", **where, **{name: text})

    def _add_contents(self, item: Json, where: Json, deltas: Sequence[str] | None) -> None:
        """Add the events of each content part; given deltas are those of the first part."""
        for index, part in enumerate(item.get("content") or ()):
            kind = part["type"]
            name, extra = _PARTS[kind]
            plain: Json = {**where, "content_index": index}
            pieces = deltas if deltas is not None and index == 0 else words(part[name])
            logprobs = _shortened(part.get("logprobs") or ())
            blank = {name: "", "logprobs": []} if logprobs else {name: ""}
            self.add("response.content_part.added", **plain, part=part | blank)
            if logprobs and len(logprobs) == len(pieces):
                for piece, logprob in zip(pieces, logprobs, strict=True):
                    self.add(f"response.{kind}.delta", **plain, logprobs=[logprob], delta=piece)
            else:
                self.add_deltas(f"response.{kind}.delta", {**plain, **extra}, pieces)
            said = {"logprobs": logprobs} if logprobs else extra
            self.add(f"response.{kind}.done", **plain, **said, **{name: part[name]})
            self.add("response.content_part.done", **plain, part=part)

    def _add_summary(self, item: Json, where: Json) -> None:
        for index, part in enumerate(item["summary"]):
            place: Json = {**where, "summary_index": index}
            self.add("response.reasoning_summary_part.added", **place, part={**part, "text": ""})
            self.add_deltas("response.reasoning_summary_text.delta", place, words(part["text"]))
            self.add("response.reasoning_summary_text.done", **place, text=part["text"])
            self.add("response.reasoning_summary_part.done", **place, part=part)


def _shortened(logprobs: Iterable[Json]) -> list[Json]:
    """Return log probabilities as text events have them: without bytes."""
    return [
        {**_without_bytes(each), "top_logprobs": [_without_bytes(other) for other in each.get("top_logprobs") or ()]}
        for each in logprobs
    ]


def _without_bytes(logprob: Json) -> Json:
    return {name: logprob.get(name) for name in ("token", "logprob")}


def words(text: str) -> Sequence[str]:
    """Cut a text into words that keep their white space; text without a word stays whole."""
    return _short_words(text) if len(text) <= _SHORT else _cut(text)


@lru_cache(maxsize=256)
def _short_words(text: str) -> Sequence[str]:
    return _cut(text)


def _cut(text: str) -> Sequence[str]:
    return _WORD.findall(text) or ([text] if text else [])
