"""Token counts: an estimate from the length of texts, the same for the same request."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from codex_mockserver.model._prompt import Json, Prompt

__all__ = ["count_tokens", "input_tokens", "usage_of"]

_encode = msgspec.json.Encoder().encode

#: Characters that make one token, as in English prose.
_CHARACTERS = 4


def count_tokens(value: Any) -> int:
    """Return the estimated tokens of a text or of items, from their length as JSON."""
    return -(-len(_encode(value)) // _CHARACTERS)


def input_tokens(prompt: Prompt) -> int:
    """Return the estimated tokens of a request with the conversation that it continues."""
    return count_tokens([prompt.body.get("instructions"), prompt.body.get("tools"), prompt.items])


def usage_of(prompt: Prompt, output: Iterable[Json], counts: Mapping[str, int] | None) -> Json:
    """Return the usage object of a response, with the scenario's counts in the place of estimates."""
    output = list(output)
    estimate = {
        "input_tokens": input_tokens(prompt),
        "output_tokens": count_tokens(output) if output else 0,
        "cached_tokens": 0,
        "cache_write_tokens": 0,
        "reasoning_tokens": sum(count_tokens(item) for item in output if item["type"] == "reasoning"),
    } | dict(counts or {})
    return {
        "input_tokens": estimate["input_tokens"],
        "input_tokens_details": {name: estimate[name] for name in ("cached_tokens", "cache_write_tokens")},
        "output_tokens": estimate["output_tokens"],
        "output_tokens_details": {"reasoning_tokens": estimate["reasoning_tokens"]},
        "total_tokens": estimate["input_tokens"] + estimate["output_tokens"],
    }
