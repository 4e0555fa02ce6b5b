"""How likely the model finds its words: made up, but plausible, and the same for the same word."""

from __future__ import annotations

from collections.abc import Sequence
from math import log
from typing import Any
from zlib import crc32

from codex_mockserver.model._prompt import Json
from codex_mockserver.model._speech import Said
from codex_mockserver.model._stream import words
from codex_schemas import Problem

__all__ = ["check_count", "logprobs_of", "wished_alternatives", "with_logprobs"]

_INCLUDED = "message.output_text.logprobs"

#: Log probabilities that one answer may hold, those of alternatives too: they take far more room than its text.
_MOST = 50_000

#: Words that might have been said instead, the likeliest first: one more than any request may ask for.
_OTHERS = (
    *(" the", ",", ".", " and", " of", " to", " a", " in", " is", " it", "\n"),
    *(" for", " that", " with", " on", " as", " be", " at", " or", "!", "?"),
)
#: A word is as likely as this, and up to as much more; alternatives share the rest.
_LEAST_LIKELY, _SPREAD = 0.55, 0.4


def wished_alternatives(body: Json) -> int | None:
    """Return how many alternatives a request for a response wants with each word, None without log probabilities."""
    wish: int = body.get("top_logprobs") or 0
    return wish if wish or _INCLUDED in (body.get("include") or ()) else None


def with_logprobs(said: Said, alternatives: int) -> Said:
    """Return a message with the log probabilities of its texts; those that a scenario gives stay.

    Raises:
        Problem: They would be too many.
    """
    if said.item["type"] != "message":
        return said
    parts = [_told(part, said.deltas if index == 0 else None, alternatives) for index, part in enumerate(_parts(said))]
    return Said({**said.item, "content": parts}, said.deltas)


def logprobs_of(tokens: Sequence[str], alternatives: int, *, copies: int = 1) -> list[Json]:
    """Return the log probability of each word, with its alternatives.

    Raises:
        Problem: They would be too many, in as many copies.
    """
    check_count(len(tokens) * (1 + alternatives) * copies)
    return [_logprob(token, alternatives) for token in tokens]


def check_count(count: int) -> None:
    """Check that an answer may hold so many log probabilities.

    Raises:
        Problem: They are too many.
    """
    if count > _MOST:
        raise Problem(
            "working out log probabilities",
            expected=f"at most {_MOST} in an answer",
            found=str(count),
            advice="Ask for fewer alternatives, or say less.",
        )


def _parts(said: Said) -> list[Json]:
    return said.item.get("content") or []


def _told(part: Json, deltas: Sequence[str] | None, alternatives: int) -> Json:
    if part["type"] != "output_text" or part.get("logprobs"):
        return part
    tokens = words(part["text"]) if deltas is None else deltas
    return {**part, "logprobs": logprobs_of(tokens, alternatives)}


def _logprob(token: str, alternatives: int) -> Json:
    likely = _LEAST_LIKELY + _SPREAD * (crc32(token.encode()) % 1000) / 1000
    others = [other for other in _OTHERS if other != token][: max(0, alternatives - 1)]
    ranked = [_entry(other, (1 - likely) / 2 ** (place + 1)) for place, other in enumerate(others)]
    said = _entry(token, likely)
    return {**said, "top_logprobs": [said, *ranked] if alternatives else []}


def _entry(token: str, likely: float) -> dict[str, Any]:
    return {"token": token, "bytes": list(token.encode()), "logprob": round(log(likely), 6)}
