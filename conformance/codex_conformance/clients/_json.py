"""JSON that others wrote: whatever it holds, it can be looked at."""

from __future__ import annotations

from typing import Any

import msgspec

__all__ = ["NOT_JSON", "object_of", "value_of"]

#: Stands for what is no JSON, for which None will not do.
NOT_JSON = object()


def value_of(text: str | bytes) -> Any:
    """Return the value that a text is, or ``NOT_JSON``."""
    try:
        return msgspec.json.decode(text)
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        return NOT_JSON


def object_of(text: str | bytes) -> dict[str, Any] | None:
    """Return the object that a text is, or None."""
    value = value_of(text)
    return value if isinstance(value, dict) else None
