"""The outline of a schema: its fields, variants and values by their paths, each with its type in words.

A path is what stands behind the name of the type: ``.phase`` is a field, ``[agentMessage]`` the variant
of a union with that tag, ``=promax`` a value of an enum, ``[]`` an item of a list and ``{}`` a value of
a map. Paths go into what is written in place, as ``[granular].rules``, and end at references.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from codex_schemas.app_server.normal_form import name_of

__all__ = ["Element", "in_words", "outline", "references"]

_NULL = {"type": "null"}
_COMBINED = ("allOf", "anyOf", "oneOf")
#: The fields that may tell the variants of a union apart, the likeliest first; others follow.
_TAGS = ("type", "method", "kind")


@dataclass(frozen=True, slots=True)
class Element:
    """A type itself, or one of its fields, variants and values."""

    path: str
    kind: Literal["type", "field", "variant", "value"]
    #: Its type in words, such as ``string or null``; empty for a value.
    type: str = ""
    #: Whether a message without the field is malformed.
    required: bool = False
    #: Whether only the TypeScript output has it, which tells less of a type.
    typescript: bool = False
    #: The names of the definitions that the type refers to, wherever they stand.
    references: tuple[str, ...] = field(default=(), compare=False)

    def __str__(self) -> str:
        return f"{self.type}, required" if self.required else self.type


def outline(schema: Any) -> dict[str, Element]:
    """Return the elements of a schema by their paths; the schema itself has the empty path."""
    inside = list(_inside("", schema))
    elements = {"": Element("", "type", _form(schema, inside), references=tuple(references(schema)))}
    for element in inside:
        elements.setdefault(element.path, element)
    return elements


def references(schema: Any) -> Iterator[str]:
    """Yield the names of the definitions that a schema is or consists of, not of those that its fields have."""
    if not isinstance(schema, dict):
        return
    if "$ref" in schema:
        yield name_of(schema["$ref"])
    inner = [schema.get("items"), schema.get("additionalProperties")]
    for part in (*inner, *(part for keyword in _COMBINED for part in schema.get(keyword, ()))):
        yield from references(part)


def in_words(schema: Any) -> str:
    """Return the type that a schema means, such as ``Turn[] or null``."""
    different = dict.fromkeys(_alternatives(schema))
    return " or ".join(sorted(different, key=lambda word: word == "null"))


def _alternatives(schema: Any) -> Iterator[str]:
    if not isinstance(schema, dict):
        yield "nothing" if schema is False else "anything"
    elif "$ref" in schema:
        yield name_of(schema["$ref"]).rpartition("/")[2]
    elif "enum" in schema:
        yield from (json.dumps(value, ensure_ascii=False) for value in schema["enum"])
    elif branches := [*schema.get("oneOf", ()), *schema.get("anyOf", ())]:
        for branch in branches:
            yield from _alternatives(branch)
    elif parts := schema.get("allOf"):
        yield " and ".join(map(in_words, parts))
    else:
        kinds = schema.get("type", "nothing" if "not" in schema else "anything")
        yield from (_simple(kind, schema) for kind in ([kinds] if isinstance(kinds, str) else kinds))


def _simple(kind: str, schema: dict[str, Any]) -> str:
    if kind == "array":
        return f"{_inner(schema.get('items'))}[]"
    if kind == "object" and isinstance(schema.get("additionalProperties"), dict):
        return f"map of {_inner(schema['additionalProperties'])}"
    if kind in {"integer", "number"}:
        return str(schema.get("format", kind))
    return f"{kind} ({schema['format']})" if kind == "string" and "format" in schema else kind


def _inner(schema: Any) -> str:
    """Return the type of an item, so that it cannot be mistaken for that of the whole."""
    words = in_words(schema)
    return f"({words})" if " " in words else words


def _form(schema: Any, inside: Sequence[Element]) -> str:
    """Say what a whole definition is: an object, an enum, a union, or a name for something else."""
    if any(element.path.startswith("[") for element in inside if element.kind == "variant"):
        return "union"
    if inside and all(element.kind == "value" for element in inside):
        return "enum"
    return "object" if isinstance(schema, dict) and "properties" in schema else in_words(schema)


def _inside(path: str, schema: Any) -> Iterator[Element]:
    """Yield what is written in place below a path."""
    if not isinstance(schema, dict):
        return
    for value in schema.get("enum", ()):
        yield Element(f"{path}={value}", "value")
    yield from _fields(path, schema)
    for part in schema.get("allOf", ()):
        yield from _inside(path, part)
    branches = [branch for branch in (*schema.get("oneOf", ()), *schema.get("anyOf", ())) if branch != _NULL]
    for branch in branches:
        yield from _branch(path, branch, alone=len(branches) == 1, whole="properties" not in schema)
    if isinstance(schema.get("items"), dict):
        yield from _inside(f"{path}[]", schema["items"])
    if isinstance(schema.get("additionalProperties"), dict):
        yield from _inside(f"{path}{{}}", schema["additionalProperties"])


def _fields(path: str, schema: dict[str, Any]) -> Iterator[Element]:
    required = schema.get("required", ())
    for name, below in schema.get("properties", {}).items():
        yield Element(f"{path}.{name}", "field", in_words(below), name in required, references=tuple(references(below)))
        if _literal(below) is None:
            yield from _inside(f"{path}.{name}", below)


def _branch(path: str, branch: Any, *, alone: bool, whole: bool) -> Iterator[Element]:
    """Yield a variant of a union and what it holds.

    Args:
        path: Where the union stands.
        branch: The schema of the variant.
        alone: Whether the union has no other.
        whole: Whether the variant is all that there is; otherwise it stands beside fields.
    """
    properties = branch.get("properties", {}) if isinstance(branch, dict) else {}
    if tag := next((name for name in (*_TAGS, *properties) if _literal(properties.get(name)) is not None), None):
        inner = f"{path}[{_literal(properties[tag])}]"
        yield Element(inner, "variant", "object")
        others = {name: below for name, below in properties.items() if name != tag}
        yield from _inside(inner, {**branch, "properties": others})
    elif whole and len(properties) == 1 and branch.get("required"):
        (name, payload), *_ = properties.items()
        yield Element(f"{path}[{name}]", "variant", in_words(payload), references=tuple(references(payload)))
        yield from _inside(f"{path}[{name}]", payload)
    elif properties or (isinstance(branch, dict) and "enum" in branch):
        yield from _inside(path, {**branch, "required": branch.get("required", ()) if alone else ()})
    elif not path and not alone:
        words = in_words(branch)
        yield Element(f"[{words}]", "variant", words, references=tuple(references(branch)))


def _literal(schema: Any) -> str | None:
    """Return the only value that a schema permits, where it does."""
    values = schema.get("enum", []) if isinstance(schema, dict) else []
    return str(values[0]) if len(values) == 1 else None
