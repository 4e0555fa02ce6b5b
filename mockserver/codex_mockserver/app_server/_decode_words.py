"""The simple values of params, and the words in which the real decoder refuses them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

__all__ = ["PATH", "SCALARS", "DecodeError", "mistyped", "too_short", "word"]

Json = dict[str, Any]

#: The schema of text that names a file, which the real decoder tells from other text.
PATH: Json = {"type": "string", "x-path": True}

#: The ranges of integers by the format that a schema names, with what the errors call them.
_INTEGERS: dict[str, tuple[str, int, int]] = {
    "int32": ("i32", -(2**31), 2**31 - 1),
    "int64": ("i64", -(2**63), 2**63 - 1),
    "uint8": ("u8", 0, 2**8 - 1),
    "uint16": ("u16", 0, 2**16 - 1),
    "uint32": ("u32", 0, 2**32 - 1),
    "uint64": ("u64", 0, 2**64 - 1),
    "uint": ("usize", 0, 2**64 - 1),
}


class DecodeError(Exception):
    """A value does not fit its type; the text is what the real decoder says."""


def word(value: Any, words: Sequence[str]) -> str:
    """Return a value that is one of some words.

    Raises:
        DecodeError: It is none of them.
    """
    if not isinstance(value, str):
        raise mistyped(value, "string or map")
    if value not in words:
        quoted = [f"`{word}`" for word in words]
        expected = f"one of {', '.join(quoted)}" if len(quoted) > 2 else " or ".join(quoted)  # noqa: PLR2004 (two have no list)
        raise DecodeError(f"unknown variant `{value}`, expected {expected}")
    return value


def mistyped(value: Any, expected: str) -> DecodeError:
    """Return the error for a value of the wrong type."""
    return DecodeError(f"invalid type: {_described(value)}, expected {expected}")


def too_short(length: int, name: str, fields: int) -> DecodeError:
    """Return the error for a list that stands for an object of so many fields."""
    elements = "1 element" if fields == 1 else f"{fields} elements"
    return DecodeError(f"invalid length {length}, expected struct {name} with {elements}")


#: How the real decoder names a value by its type.
_FORMS: Mapping[type, str] = {
    type(None): "null",
    bool: "boolean `{}`",
    int: "integer `{}`",
    float: "floating point `{}`",
    str: 'string "{}"',
    list: "sequence",
    dict: "map",
}


def _described(value: Any) -> str:
    return _FORMS[type(value)].format(str(value).lower() if isinstance(value, bool) else value)


def _text(schema: Json, value: Any, _name: str) -> None:
    if not isinstance(value, str):
        raise mistyped(value, "path string" if "x-path" in schema else "a string")


def _boolean(_schema: Json, value: Any, _name: str) -> None:
    if not isinstance(value, bool):
        raise mistyped(value, "a boolean")


def _number(_schema: Json, value: Any, _name: str) -> None:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise mistyped(value, "f64")


def _integer(schema: Json, value: Any, _name: str) -> None:
    title, lowest, highest = _INTEGERS[schema.get("format", "int64")]
    if isinstance(value, bool) or not isinstance(value, int):
        raise mistyped(value, title)
    if not lowest <= value <= highest:
        raise DecodeError(f"invalid value: integer `{value}`, expected {title}")


def _unit(_schema: Json, value: Any, _name: str) -> None:
    if value not in (None, {}):
        raise mistyped(value, "unit")


#: What checks a value by the ``type`` of its schema.
SCALARS: Mapping[str, Callable[[Json, Any, str], None]] = {
    "string": _text,
    "integer": _integer,
    "number": _number,
    "boolean": _boolean,
    "null": _unit,
}
