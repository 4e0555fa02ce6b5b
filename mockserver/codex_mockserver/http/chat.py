"""The chat surface: completions of conversations and of texts, and the completions that are stored."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import msgspec

from codex_mockserver.http import _chat_stored
from codex_mockserver.http._answer import Answer, EventStream, json_answer
from codex_mockserver.http._call import Call
from codex_mockserver.http._call_pairs import check_pairs
from codex_mockserver.http._model_failure import failure_of
from codex_mockserver.http._refusal import Refusal, envelope
from codex_mockserver.http._responses_request import check_format
from codex_mockserver.http._responses_turn import ask_model, request_id
from codex_mockserver.http._routing import Handlers
from codex_mockserver.model import (
    Prompt,
    Turn,
    catalogue,
    chat_chunks,
    chat_completion,
    chat_prompt,
    check_count,
    continuation,
    text_chunks,
    text_completion,
    text_prompt,
)
from codex_schemas import Problem

__all__ = ["handlers"]

Json = dict[str, Any]

handlers = Handlers("chat")

handlers.operation("listChatCompletions")(_chat_stored.list_completions)
handlers.operation("retrieveChatCompletion")(_chat_stored.retrieve_completion)
handlers.operation("updateChatCompletion")(_chat_stored.update_completion)
handlers.operation("deleteChatCompletion")(_chat_stored.delete_completion)
handlers.operation("listChatMessages")(_chat_stored.list_messages)

#: Tokens that all choices of one request may have, so that none fills the memory.
_MOST_TOKENS = 1_000_000


@handlers.operation("createChatCompletion")
def create_chat_completion(call: Call) -> Answer:
    """Answer a conversation, as a stream of chunks or as one object."""
    body: Json = call.body
    prompt = chat_prompt(body)
    check_pairs(prompt.items, "messages")
    check_format(call, prompt, "response_format")
    turn, completion = _complete(call, prompt)
    if body.get("store"):
        _chat_stored.store(call, completion)
    if body.get("stream"):
        return _stream(call, chat_chunks(turn, completion, include_usage=_wants_usage(body)), turn)
    return json_answer(completion, headers=request_id(call))


@handlers.operation("createCompletion")
def create_completion(call: Call) -> Answer:
    """Continue one or several texts, as a stream or as one object."""
    body: Json = call.body
    _check_together(body)
    parts, told = [], 0
    for text in _texts(body["prompt"]):
        turn, completion = _complete(call, text_prompt(body, text))
        with _bounded():
            parts.append(continuation(turn, completion, text, body))
            told += parts[-1].logprob_count
            check_count(told)
    whole = text_completion(call.world.ids.new("cmpl-"), parts)
    if body.get("stream"):
        return _stream(call, text_chunks(whole, parts, include_usage=_wants_usage(body)), parts[-1].turn)
    return json_answer(whole, headers=request_id(call))


def _complete(call: Call, prompt: Prompt) -> tuple[Turn, Json]:
    """Let the model answer; where nothing has been said yet, its failure is a refusal."""
    body: Json = call.body
    _check(body)
    turn = ask_model(call, prompt)
    if turn.response["error"] is not None and not body.get("stream"):
        raise failure_of(turn.response["error"])
    count = body.get("n") or 1
    if count > 1 and turn.response["usage"]["output_tokens"] * count > _MOST_TOKENS:
        message = f"Invalid 'n': {count} answers of this length are too long."
        raise Refusal(400, message, code="integer_above_max_value", param="n")
    with _bounded():
        return turn, chat_completion(turn, call.world.ids, body)


def _check(body: Json) -> None:
    slug = body["model"]
    if slug not in catalogue().models:
        message = f"The model `{slug}` does not exist or you do not have access to it."
        raise Refusal(404, message, code="model_not_found")
    if body.get("stream_options") is not None and not body.get("stream"):
        raise Refusal(400, "The 'stream_options' parameter is only allowed with 'stream'.", param="stream_options")
    if body.get("top_logprobs") is not None and not body.get("logprobs"):
        raise Refusal(400, "The 'top_logprobs' parameter is only allowed with 'logprobs'.", param="top_logprobs")


def _check_together(body: Json) -> None:
    """Refuse what cannot be wished together of the continuation of a text."""
    best_of = body.get("best_of") or 1
    if body.get("best_of") and best_of < (body.get("n") or 1):
        raise Refusal(400, "The 'best_of' parameter must not be smaller than 'n'.", param="best_of")
    if best_of > 1 and body.get("stream"):
        raise Refusal(400, "The 'best_of' parameter is not allowed with 'stream'.", param="best_of")
    if body.get("suffix") and body.get("echo"):
        raise Refusal(400, "The 'suffix' parameter is not allowed with 'echo'.", param="suffix")


@contextmanager
def _bounded() -> Iterator[None]:
    """Refuse what would fill the memory."""
    try:
        yield
    except Problem as problem:
        raise Refusal(400, str(problem), code="integer_above_max_value", param="logprobs") from None


def _wants_usage(body: Json) -> bool:
    return bool((body.get("stream_options") or {}).get("include_usage"))


def _stream(call: Call, chunks: Iterable[Json], turn: Turn) -> EventStream:
    """Return the stream of chunks; a failure of the model is its last event."""
    data = [msgspec.json.encode(chunk) for chunk in chunks]
    error = turn.response["error"]
    data.append(b"[DONE]" if error is None else envelope("public", failure_of(error)).body)
    body = b"".join(b"data: %b\n\n" % part for part in data)
    return EventStream(body=body, headers=request_id(call), pacing=turn.pacing)


def _texts(prompt: str | list[Any] | None) -> list[str]:
    """Return the texts that a request has continued; token numbers stand for themselves."""
    if not isinstance(prompt, list):
        return [prompt or ""]
    if isinstance(prompt[0], int):
        return [" ".join(map(str, prompt))]
    return [text for part in prompt for text in _texts(part)]
