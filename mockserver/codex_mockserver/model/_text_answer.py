"""Chat completions as continuations of texts: the form before conversations."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from codex_mockserver.model._chat_answer import chat_chunks
from codex_mockserver.model._prompt import Json
from codex_mockserver.model._turn import Turn

__all__ = ["Continuation", "text_chunks", "text_completion"]


@dataclass(frozen=True, slots=True)
class Continuation:
    """What the model said to one text."""

    turn: Turn
    #: The same as a chat completion.
    completion: Json
    #: What its choices begin with: the text itself, where the request wants it back.
    beginning: str


def text_completion(completion_id: str, continuations: Sequence[Continuation]) -> Json:
    """Return the completion of one or several texts; each has its choices, one after the other."""
    said = [(part.beginning, choice) for part in continuations for choice in part.completion["choices"]]
    first = continuations[0].completion
    return {
        "id": completion_id,
        "object": "text_completion",
        "created": first["created"],
        "model": first["model"],
        "choices": [
            _choice(index, beginning + (choice["message"]["content"] or ""), choice["finish_reason"])
            for index, (beginning, choice) in enumerate(said)
        ],
        "usage": _sum([part.completion["usage"] for part in continuations]),
        "system_fingerprint": None,
    }


def text_chunks(completion: Json, continuations: Sequence[Continuation], *, include_usage: bool) -> Iterator[Json]:
    """Yield a completion piece by piece."""
    head = {**completion, "usage": None} if include_usage else _without_usage(completion)
    index = 0
    for part in continuations:
        for chunk in chat_chunks(part.turn, part.completion, include_usage=False):
            for choice in chunk["choices"]:
                delta = choice["delta"]
                text = part.beginning if "role" in delta else delta.get("content", "")
                if text or choice["finish_reason"]:
                    yield {**head, "choices": [_choice(index + choice["index"], text, choice["finish_reason"])]}
        index += len(part.completion["choices"])
    if include_usage:
        yield {**completion, "choices": []}


def _choice(index: int, text: str, reason: str | None) -> Json:
    # There are no tools here: a model that calls one has just stopped.
    known = reason if reason in (None, "stop", "length", "content_filter") else "stop"
    return {"index": index, "text": text, "logprobs": None, "finish_reason": known}


def _without_usage(completion: Json) -> Json:
    return {name: value for name, value in completion.items() if name != "usage"}


def _sum(usages: Sequence[Any]) -> Any:
    """Return the sum of usages, field by field."""
    if isinstance(usages[0], dict):
        return {name: _sum([usage[name] for usage in usages]) for name in usages[0]}
    return sum(usages)
