"""Values of a message in the words of an error."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

__all__ = ["one_of", "shorten"]

_LONGEST = 80
_MOST = 30


def shorten(value: Any) -> str:
    """Return a value as one short line of JSON, for messages."""
    text = _json(value)
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 3]}..."


def one_of(values: Sequence[Any]) -> str:
    """List the values of which one is wanted, all of them unless they are very many."""
    texts = [_json(value) for value in values[:_MOST]]
    more = [f"{len(values) - _MOST} more"] if len(values) > _MOST else []
    return f"one of [{', '.join([*texts, *more])}]"


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, default=str)
