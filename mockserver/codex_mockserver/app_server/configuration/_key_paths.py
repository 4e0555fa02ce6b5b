"""Key paths such as ``a."b.c".d``, and what is done along them."""

from __future__ import annotations

from typing import Any

from codex_mockserver.app_server._errors import RpcError

__all__ = ["MISSING", "find", "parse_key_path", "put", "refusal", "remove"]

Json = dict[str, Any]

#: What :func:`find` returns where there is nothing.
MISSING = object()


def refusal(message: str, code: str = "configValidationError") -> RpcError:
    """Return the error of a write, with the code that says why."""
    return RpcError(message, data={"config_write_error_code": code})


def parse_key_path(text: str) -> list[str]:
    """Return the segments of a key path.

    Raises:
        RpcError: It is empty, or one of its segments is.
    """
    if not text:
        raise refusal("keyPath must not be empty")
    segments, segment, is_quoted = [], "", False
    for character in text:
        if character == '"':
            is_quoted = not is_quoted
        elif character == "." and not is_quoted:
            segments.append(segment)
            segment = ""
        else:
            segment += character
    if is_quoted:
        raise refusal("unterminated quoted keyPath segment")
    segments.append(segment)
    if not all(segments):
        raise refusal("keyPath segments must not be empty")
    return segments


def find(table: Json, path: list[str]) -> Any:
    """Return what stands at a path; :data:`MISSING` where nothing does."""
    value: Any = table
    for key in path:
        if not isinstance(value, dict) or key not in value:
            return MISSING
        value = value[key]
    return value


def put(table: Json, path: list[str], value: Any, *, merge: bool) -> None:
    """Write a value; what stands on its way and is no table gives way to one.

    Args:
        table: What is changed.
        path: Where.
        value: What is written.
        merge: Whether a table joins the one that is there.
    """
    *parents, last = path
    for key in parents:
        if not isinstance(table.get(key), dict):
            table[key] = {}
        table = table[key]
    before = table.get(last)
    if merge and isinstance(before, dict) and isinstance(value, dict):
        for key, content in value.items():
            put(before, [key], content, merge=True)
    else:
        table[last] = value


def remove(table: Json, path: list[str]) -> None:
    """Take away what stands at a path, where something does."""
    *parents, last = path
    holder = find(table, parents)
    if isinstance(holder, dict):
        holder.pop(last, None)
