"""JSON text for people who read a store file or its git diff."""

from __future__ import annotations

import json
from typing import Any

__all__ = ["readable"]

_WIDTH = 120


def readable(value: Any) -> str:
    """Return JSON in which whatever fits into a line of 120 characters stands in one."""
    return _lines(value, "", 0) + "\n"


def _lines(value: Any, indent: str, used: int) -> str:
    flat = json.dumps(value, ensure_ascii=False)
    if len(indent) + used + len(flat) < _WIDTH or not isinstance(value, dict | list) or not value:
        return flat
    deeper = indent + " "
    if isinstance(value, list):
        items = [_lines(item, deeper, 1) for item in value]
        return "[\n" + ",\n".join(deeper + item for item in items) + f"\n{indent}]"
    names = [(json.dumps(name, ensure_ascii=False), item) for name, item in value.items()]
    items = [f"{name}: {_lines(item, deeper, len(name) + 3)}" for name, item in names]
    return "{\n" + ",\n".join(deeper + item for item in items) + f"\n{indent}}}"
