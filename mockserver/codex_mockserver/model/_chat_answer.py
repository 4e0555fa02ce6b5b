"""What the scripted model said, as a chat completion: whole, or chunk by chunk."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from codex_mockserver.model._chat_prompt import CALL_ITEMS
from codex_mockserver.model._logprobs import logprobs_of
from codex_mockserver.model._prompt import Json
from codex_mockserver.model._stream import Deltas
from codex_mockserver.model._turn import Turn
from codex_mockserver.world import Ids

__all__ = ["chat_chunks", "chat_completion", "chosen_alternatives"]

_ID_LENGTH = 24

#: The field of a message that a content part goes to, and the field that holds its text.
_TEXTS = {"output_text": ("content", "text"), "refusal": ("refusal", "refusal")}

#: The type of tool call that an item becomes, and the field of its text; other items are not shown.
_CALLS = {item: (kind, field) for kind, (item, field) in CALL_ITEMS.items()}

#: How a chunk grows a message, by the event of the response.
_GROWTH: dict[str, Callable[[str, int], Json]] = {
    "response.output_text.delta": lambda text, _index: {"content": text},
    "response.refusal.delta": lambda text, _index: {"refusal": text},
    "response.function_call_arguments.delta": lambda text, index: _call_delta(index, "function", "arguments", text),
    "response.custom_tool_call_input.delta": lambda text, index: _call_delta(index, "custom", "input", text),
}

#: How a completion ends when its response is incomplete, by the reason.
_CUT_SHORT = {"content_filter": "content_filter"}


def chat_completion(turn: Turn, ids: Ids, body: Json) -> Json:
    """Return the completion for a request that wants one or several choices; they say the same.

    Args:
        turn: What the model said.
        ids: Gives the identifiers.
        body: The chat request.

    Raises:
        Problem: The log probabilities are too many.
    """
    output, count = turn.response["output"], body.get("n") or 1
    message = _message(output)
    calls = _calls(output)
    alternatives = chosen_alternatives(body)
    logprobs = None if alternatives is None else _logprobs(turn, alternatives, count)
    choices = []
    for index in range(count):
        # A tool call has an id of its own in each choice.
        own = [call if index == 0 else {**call, "id": ids.new("call_", _ID_LENGTH)} for call in calls]
        whole = {**message, **_called(own, is_older="functions" in body)}
        reason = _finish_reason(turn, whole)
        choices.append({"index": index, "message": whole, "logprobs": logprobs, "finish_reason": reason})
    return {
        "id": ids.new("chatcmpl-"),
        "object": "chat.completion",
        "created": turn.response["created_at"],
        "model": turn.prompt.model,
        "choices": choices,
        "usage": _usage(turn.response["usage"], body.get("best_of") or count),
        "service_tier": turn.response["service_tier"],
        "system_fingerprint": None,
    }


def chat_chunks(turn: Turn, completion: Json, *, include_usage: bool) -> Iterator[Json]:
    """Yield the chunks of a completion, as the events of its response come."""
    head = {name: completion[name] for name in ("id", "created", "model", "service_tier", "system_fingerprint")}
    head |= {"object": "chat.completion.chunk"} | ({"usage": None} if include_usage else {})
    told = {name: iter(told or ()) for name, told in (completion["choices"][0]["logprobs"] or {}).items()}
    for delta in _deltas(turn):
        logprobs = _next_logprobs(delta, told)
        for choice in completion["choices"]:
            own = _own(delta, choice["message"])
            yield {**head, "choices": [_chunk_choice(choice["index"], own, None, logprobs)]}
    if turn.response["error"] is not None:
        return
    for choice in completion["choices"]:
        yield {**head, "choices": [_chunk_choice(choice["index"], {}, choice["finish_reason"])]}
    if include_usage:
        yield {**head, "choices": [], "usage": completion["usage"]}


def chosen_alternatives(body: Json) -> int | None:
    """Return how many alternatives a request wants with each word, None without log probabilities.

    A request that has a text continued names their number where a chat says yes or no.
    """
    wish: bool | int | None = body.get("logprobs")
    if wish is None or wish is False:
        return None
    return body.get("top_logprobs") or 0 if wish is True else wish


def _finish_reason(turn: Turn, message: Json) -> str:
    if (details := turn.response["incomplete_details"]) is not None:
        return _CUT_SHORT.get(details["reason"], "length")
    return next((name for name in ("tool_calls", "function_call") if name in message), "stop")


def _usage(usage: Json, count: int) -> Json:
    written = usage["output_tokens"] * count
    return {
        "prompt_tokens": usage["input_tokens"],
        "completion_tokens": written,
        "total_tokens": usage["input_tokens"] + written,
        "prompt_tokens_details": {**usage["input_tokens_details"], "audio_tokens": 0},
        "completion_tokens_details": {
            "reasoning_tokens": usage["output_tokens_details"]["reasoning_tokens"] * count,
            "audio_tokens": 0,
            "accepted_prediction_tokens": 0,
            "rejected_prediction_tokens": 0,
        },
    }


def _message(output: list[Json]) -> Json:
    message: Json = {"role": "assistant", "content": None, "refusal": None, "annotations": []}
    for part in (part for item in output if item["type"] == "message" for part in item["content"]):
        if part["type"] in _TEXTS:
            name, field = _TEXTS[part["type"]]
            message[name] = (message[name] or "") + part[field]
    return message


def _calls(output: list[Json]) -> list[Json]:
    calls = []
    for item in output:
        if item["type"] in _CALLS:
            kind, field = _CALLS[item["type"]]
            named = {"name": item["name"], field: item[field]}
            calls.append({"id": item["call_id"], "type": kind, kind: named})
    return calls


def _called(calls: list[Json], *, is_older: bool) -> Json:
    """Return the field of a message that holds its calls; the older form has one, of a function."""
    if not calls:
        return {}
    return {"function_call": calls[0]["function"]} if is_older else {"tool_calls": calls}


def _deltas(turn: Turn) -> Iterator[Json]:
    """Yield how the message grows, as its first choice has it."""
    yield {"role": "assistant", "content": "", "refusal": None}
    #: The position of each call among the calls, by its position in the output.
    positions: dict[int, int] = {}
    for part in turn.stream:
        if isinstance(part, Deltas):
            if (grow := _GROWTH.get(part.kind)) is not None:
                yield from (grow(text, positions.get(part.where["output_index"], 0)) for text in part.texts)
        elif part["type"] == "response.output_item.added" and part["item"]["type"] in _CALLS:
            kind, field = _CALLS[part["item"]["type"]]
            index = positions[part["output_index"]] = len(positions)
            begun = _call_delta(index, kind, field, "")["tool_calls"][0]
            begun[kind]["name"] = part["item"]["name"]
            yield {"tool_calls": [{**begun, "id": part["item"]["call_id"], "type": kind}]}


def _call_delta(index: int, kind: str, field: str, text: str) -> Json:
    return {"tool_calls": [{"index": index, kind: {field: text}}]}


def _own(delta: Json, message: Json) -> Json:
    """Return a delta as it is in the choice of a message: with the ids of that choice, or in the older form."""
    if "tool_calls" not in delta:
        return delta
    (call,) = delta["tool_calls"]
    if "function_call" in message:
        return {"function_call": call["function"]} if call["index"] == 0 else {}
    if "id" not in call:
        return delta
    return {"tool_calls": [{**call, "id": message["tool_calls"][call["index"]]["id"]}]}


def _chunk_choice(index: int, delta: Json, reason: str | None, logprobs: Json | None = None) -> dict[str, Any]:
    return {"index": index, "delta": delta, "logprobs": logprobs, "finish_reason": reason}


def _logprobs(turn: Turn, alternatives: int, count: int) -> Json | None:
    """Return the log probabilities of a message that is said so often, None where it has no text."""
    deltas = list(_deltas(turn))
    tokens = {name: [delta[name] for delta in deltas if delta.get(name)] for name in ("content", "refusal")}
    told = {name: logprobs_of(texts, alternatives, copies=count) or None for name, texts in tokens.items()}
    return told if any(told.values()) else None


def _next_logprobs(delta: Json, told: Mapping[str, Iterator[Json]]) -> Json | None:
    """Return the log probabilities of what a delta adds."""
    grown = {name: [next(left)] if delta.get(name) else None for name, left in told.items()}
    return grown if any(grown.values()) else None
