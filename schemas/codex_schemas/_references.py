"""The references inside a schema."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

__all__ = ["references"]


def references(schema: Any) -> Iterator[str]:
    """Yield what a schema, or a whole document, refers to, as often as it does."""
    if isinstance(schema, dict):
        if isinstance(schema.get("$ref"), str):
            yield schema["$ref"]
        for part in schema.values():
            yield from references(part)
    elif isinstance(schema, list):
        for part in schema:
            yield from references(part)
