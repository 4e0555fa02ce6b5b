"""A small value that fits a JSON Schema, made up from its keywords."""

from __future__ import annotations

import math
from typing import Any

from codex_schemas import Problem

__all__ = ["example_of"]

Json = dict[str, Any]

#: Schemas inside each other, and values in all, beyond which nothing is made up.
_DEEPEST = 32
_MOST = 1000

#: A text in each format that has a form.
_FORMATS = {
    "date": "2026-01-02",
    "date-time": "2026-01-02T03:04:05Z",
    "duration": "P1D",
    "email": "someone@example.com",
    "hostname": "example.com",
    "ipv4": "127.0.0.1",
    "ipv6": "::1",
    "time": "03:04:05Z",
    "uri": "https://example.com/",
    "uuid": "00000000-0000-4000-8000-000000000000",
}


def example_of(schema: Json) -> Any:
    """Return a small value that fits a schema.

    The keywords with which models are asked are understood; others may make the value a misfit.

    Raises:
        Problem: The schema asks for too much, or contains itself without end.
    """
    return _Maker(schema).value(schema, 0)


class _Maker:
    """Makes up the value of each part of one schema, up to a limit."""

    def __init__(self, root: Json) -> None:
        self._root = root
        self._left = _MOST

    def value(self, schema: Any, depth: int) -> Any:
        """Return a value that fits a part of the schema."""
        self._left -= 1
        if depth > _DEEPEST or self._left < 0:
            raise _too_much()
        if not isinstance(schema, dict):
            return None
        if "const" in schema:
            return schema["const"]
        if "enum" in schema:
            return next(iter(schema["enum"]), None)
        if (parts := self._parts(schema)) is not None:
            return _joined([self.value(part, depth + 1) for part in parts])
        return self._typed(schema, depth)

    def _parts(self, schema: Json) -> list[Any] | None:
        """Return the schemas that a schema consists of; of a union, the first branch."""
        if "$ref" in schema:
            return [self._referred(schema["$ref"])]
        if "allOf" in schema:
            rest = {name: part for name, part in schema.items() if name != "allOf"}
            return [*schema["allOf"], *([rest] if "properties" in rest else [])]
        branches = schema.get("anyOf") or schema.get("oneOf")
        return branches[:1] if branches else None

    def _typed(self, schema: Json, depth: int) -> Any:
        named = schema.get("type", "object" if "properties" in schema else "null")
        match named if isinstance(named, str) else named[0]:
            case "object":
                properties = schema.get("properties", {})
                return {name: self.value(properties.get(name), depth + 1) for name in schema.get("required", ())}
            case "array":
                first, rest = schema.get("prefixItems", []), schema.get("items")
                parts = ((first[n] if n < len(first) else rest) for n in range(schema.get("minItems", 0)))
                return [self.value(part, depth + 1) for part in parts]
            case "string":
                return _text(schema)
            case "integer" | "number":
                return _number(schema)
            case "boolean":
                return True
            case _:
                return None

    def _referred(self, reference: str) -> Any:
        node: Any = self._root
        for step in reference.removeprefix("#").split("/")[1:]:
            key = step.replace("~1", "/").replace("~0", "~")
            node = node[int(key)] if isinstance(node, list) else node.get(key)
        return node


def _joined(values: list[Any]) -> Any:
    """Return the fields of all objects in one, or else the last value."""
    if all(isinstance(value, dict) for value in values):
        return {name: part for value in values for name, part in value.items()}
    return values[-1]


def _text(schema: Json) -> str:
    length = schema.get("minLength", 0)
    if length > _MOST:
        raise _too_much()
    text: str = _FORMATS.get(schema.get("format", ""), "text").ljust(length, ".")
    return text[: schema.get("maxLength")]


def _number(schema: Json) -> float:
    """Return zero, or the allowed multiple next to it."""
    step = schema.get("multipleOf", 1)
    least = schema.get("minimum", schema.get("exclusiveMinimum", -math.inf) + step)
    most = schema.get("maximum", schema.get("exclusiveMaximum", math.inf) - step)
    number: float = (-(-least // step) if least > 0 else min(most, 0) // step) * step
    return number


def _too_much() -> Problem:
    return Problem(
        "making up a value that fits a schema",
        expected=f"at most {_DEEPEST} schemas inside each other, and {_MOST} values in all",
        found="more",
        advice="Let a step of a scenario say the JSON.",
    )
