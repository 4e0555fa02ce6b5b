"""Chat completions as continuations of texts: the form before conversations."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Any

from codex_mockserver.model._chat_answer import chat_chunks, chosen_alternatives
from codex_mockserver.model._logprobs import logprobs_of
from codex_mockserver.model._prompt import Json
from codex_mockserver.model._stream import words
from codex_mockserver.model._turn import Turn

__all__ = ["Continuation", "continuation", "text_chunks", "text_completion"]


@dataclass(frozen=True, slots=True)
class Continuation:
    """What the model said to one text."""

    turn: Turn
    #: The same as a chat completion.
    completion: Json
    text: str
    #: What its choices begin with: the text itself, where the request wants it back.
    beginning: str
    #: The log probabilities of the beginning.
    logprobs: Sequence[Json] = ()

    @property
    def logprob_count(self) -> int:
        """How many log probabilities its choices hold."""
        told = [each for choice in self.completion["choices"] for each in (*self.logprobs, *_contents(choice))]
        return sum(1 + len(each["top_logprobs"] or ()) for each in told)

    @property
    def offset(self) -> int:
        """The place of its first character, counted from the beginning of the text."""
        return len(self.text) - len(self.beginning)


def continuation(turn: Turn, completion: Json, text: str, body: Json) -> Continuation:
    """Return what the model said to one of the texts of a request.

    Raises:
        Problem: The log probabilities are too many.
    """
    if not body.get("echo"):
        return Continuation(turn, completion, text, "")
    alternatives = chosen_alternatives(body)
    if alternatives is None:
        return Continuation(turn, completion, text, text)
    logprobs = logprobs_of(words(text), alternatives, copies=len(completion["choices"]))
    # Nothing stands before the first word that could make it likely.
    first = [{**each, "logprob": None, "top_logprobs": None} for each in logprobs[:1]]
    return Continuation(turn, completion, text, text, [*first, *logprobs[1:]])


def text_completion(completion_id: str, continuations: Sequence[Continuation]) -> Json:
    """Return the completion of one or several texts; each has its choices, one after the other."""
    said = [(part, choice) for part in continuations for choice in part.completion["choices"]]
    first = continuations[0].completion
    return {
        "id": completion_id,
        "object": "text_completion",
        "created": first["created"],
        "model": first["model"],
        "choices": [
            _choice(
                index,
                part.beginning + (choice["message"]["content"] or ""),
                choice["finish_reason"],
                _logprobs([*part.logprobs, *_contents(choice)], part.offset),
            )
            for index, (part, choice) in enumerate(said)
        ],
        "usage": _sum([part.completion["usage"] for part in continuations]),
        "system_fingerprint": None,
    }


def text_chunks(completion: Json, continuations: Sequence[Continuation], *, include_usage: bool) -> Iterator[Json]:
    """Yield a completion piece by piece."""
    head = {**completion, "usage": None} if include_usage else _without_usage(completion)
    index = 0
    for part in continuations:
        for choice in _pieces(part):
            yield {**head, "choices": [{**choice, "index": index + choice["index"]}]}
        index += len(part.completion["choices"])
    if include_usage:
        yield {**completion, "choices": []}


def _pieces(part: Continuation) -> Iterator[Json]:
    """Yield how the choices of one text grow."""
    ends = [part.offset] * len(part.completion["choices"])
    for chunk in chat_chunks(part.turn, part.completion, include_usage=False):
        for choice in chunk["choices"]:
            index, delta = choice["index"], choice["delta"]
            begins = "role" in delta
            text = part.beginning if begins else delta.get("content") or ""
            if text or choice["finish_reason"]:
                logprobs = _logprobs(part.logprobs if begins else _contents(choice), ends[index])
                yield _choice(index, text, choice["finish_reason"], logprobs)
                ends[index] += len(text)


def _choice(index: int, text: str, reason: str | None, logprobs: Json | None) -> Json:
    # There are no tools here: a model that calls one has just stopped.
    known = reason if reason in (None, "stop", "length", "content_filter") else "stop"
    return {"index": index, "text": text, "logprobs": logprobs, "finish_reason": known}


def _contents(choice: Json) -> Sequence[Json]:
    """Return the log probabilities of the text of a choice in the form of a chat."""
    return (choice["logprobs"] or {}).get("content") or ()


def _logprobs(told: Sequence[Json], offset: int) -> Json | None:
    """Return log probabilities in the form that completions of texts have: a list for each thing that is told."""
    if not told:
        return None
    tokens = [each["token"] for each in told]
    alternatives = [
        None if each["top_logprobs"] is None else {other["token"]: other["logprob"] for other in each["top_logprobs"]}
        for each in told
    ]
    return {
        "tokens": tokens,
        "token_logprobs": [each["logprob"] for each in told],
        "top_logprobs": alternatives if any(alternatives) else None,
        "text_offset": list(accumulate(map(len, tokens[:-1]), initial=offset)),
    }


def _without_usage(completion: Json) -> Json:
    return {name: value for name, value in completion.items() if name != "usage"}


def _sum(usages: Sequence[Any]) -> Any:
    """Return the sum of usages, field by field."""
    if isinstance(usages[0], dict):
        return {name: _sum([usage[name] for usage in usages]) for name in usages[0]}
    return sum(usages)
