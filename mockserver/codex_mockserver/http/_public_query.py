"""Query parameters of the public API, read as the contract declares them."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from codex_mockserver.http._call import Call
from codex_mockserver.http._refusal import Refusal

__all__ = ["read_pairs", "read_query"]

Json = dict[str, Any]

#: A whole number whose length is bounded before it is read.
_INTEGER = re.compile(r"-?[0-9]{1,15}")
_BOOLEANS = {"true": True, "false": False}


def read_query(call: Call) -> Json:
    """Return the value of each query parameter of the call's operation; None without a value and a default.

    Raises:
        Refusal: 400 when one is not as the contract declares it.
    """
    schemas = {name: schema for name, schema in call.operation.query.items() if schema.get("type") in _READERS}
    return {name: _value(name, call.query.get(name), schema) for name, schema in schemas.items()}


def read_pairs(call: Call, name: str) -> dict[str, str]:
    """Return the values of ``name[key]=value`` by key."""
    keys = {key: re.fullmatch(rf"{name}\[(.*)\]", key) for key in call.query}
    return {found[1]: call.query[key] for key, found in keys.items() if found}


def _value(name: str, text: str | None, schema: Json) -> Any:
    if text is None:
        return schema.get("default")
    return _READERS[schema["type"]](name, text, schema)


def _integer(name: str, text: str, schema: Json) -> int:
    if not _INTEGER.fullmatch(text):
        raise _odd(name, "invalid_type", "an integer", text)
    number = int(text)
    if number < (least := schema.get("minimum", number)):
        raise _odd(name, "integer_below_min_value", f"at least {least}", text)
    if number > (most := schema.get("maximum", number)):
        raise _odd(name, "integer_above_max_value", f"at most {most}", text)
    return number


def _boolean(name: str, text: str, _schema: Json) -> bool:
    if text not in _BOOLEANS:
        raise _odd(name, "invalid_type", "true or false", text)
    return _BOOLEANS[text]


def _text(name: str, text: str, schema: Json) -> str:
    if text not in (known := schema.get("enum", [text])):
        raise _odd(name, "invalid_value", "one of " + ", ".join(known), text)
    return text


_READERS: dict[str, Callable[[str, str, Json], Any]] = {"integer": _integer, "boolean": _boolean, "string": _text}


def _odd(name: str, code: str, expected: str, found: str) -> Refusal:
    return Refusal(400, f"Invalid '{name}': expected {expected}, but got {found[:80]!r}.", code=code, param=name)
