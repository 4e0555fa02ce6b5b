"""Which keywords are understood, and what can be told of a schema by them alone."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from codex_schemas.diff._limits import LIMITS

__all__ = ["COMBINING", "OWN", "UNDERSTOOD", "alias_of", "are_named_apart", "bare", "is_plain", "references_in"]

Json = dict[str, Any]

#: Keywords that no message shows; the default of a field is read with its object.
SILENT = frozenset(
    {
        "$anchor",
        "$comment",
        "$defs",
        "$id",
        "$schema",
        "default",
        "definitions",
        "deprecated",
        "description",
        "discriminator",
        "example",
        "examples",
        "externalDocs",
        "markdownDescription",
        "readOnly",
        "title",
        "writeOnly",
        "xml",
    }
)
#: Keywords that join schemas.
COMBINING = ("allOf", "anyOf", "oneOf")
_STRUCTURE = ("items", "properties", "required", "additionalProperties")
#: Keywords about the values of single kinds.
OWN = frozenset({*_STRUCTURE, *(keyword for keywords in LIMITS.values() for keyword in keywords)})
#: Keywords that the diff can judge.
UNDERSTOOD = SILENT | OWN | {"$ref", "const", "enum", "nullable", "type", *COMBINING}
#: Keywords whose keys are names, and those whose values are data.
_NAMED = {"$defs", "definitions", "dependentSchemas", "patternProperties", "properties"}
_DATA = {"const", "default", "enum", "example", "examples"}


def references_in(schema: Any) -> Iterator[str]:
    """Return every reference that a schema makes, at any depth."""
    return (value for keyword, value in _keywords(schema) if keyword == "$ref")


def is_plain(schema: Any) -> bool:
    """Return whether a schema surely says nothing that is not understood."""
    return all(
        are_named_apart(value) if keyword == "oneOf" else keyword in UNDERSTOOD or keyword.startswith("x-")
        for keyword, value in _keywords(schema)
    )


def are_named_apart(members: list[Any]) -> bool:
    """Return whether the alternatives of a union surely exclude each other, without reading them."""
    found = [_names(member) if isinstance(member, dict) else {} for member in members]
    texts = [(by, text) for names in found for by, listed in names.items() for text in listed]
    return all(found) and len({by for by, _ in texts} - {"value"}) <= 1 and len(set(texts)) == len(texts)


def _names(schema: Json) -> dict[str, list[str]]:
    """Return the texts by which an alternative is known: its values, its tag, or its only field."""
    fields, required = schema.get("properties", {}), schema.get("required", [])
    if schema.get("type") == "string" and "enum" in schema:
        return {"value": list(map(str, schema["enum"]))}
    if schema.get("type") != "object":
        return {}
    if schema.get("additionalProperties") is False and list(fields) == required and len(required) == 1:
        return {"only field": required}
    tags = (name for name in sorted(required) if isinstance(fields.get(name), dict) and "enum" in fields[name])
    return next(({f"field {name}": list(map(str, fields[name]["enum"]))} for name in tags), {})


def _keywords(schema: Any) -> Iterator[tuple[str, Any]]:
    """Return every keyword of a schema and of those inside it."""
    pending = [schema]
    while pending:
        value = pending.pop()
        if isinstance(value, list):
            pending += value
        elif isinstance(value, dict):
            for key, inner in value.items():
                yield key, inner
                if key in _NAMED and isinstance(inner, dict):
                    pending += inner.values()
                elif key not in _DATA:
                    pending.append(inner)


def alias_of(schema: Any) -> str | None:
    """Return the reference that is all that a schema says."""
    while isinstance(schema, dict):
        said = [key for key in schema if key not in SILENT]
        if said == ["$ref"]:
            return str(schema["$ref"])
        if len(said) != 1 or said[0] not in COMBINING or len(schema[said[0]]) != 1:
            return None
        schema = schema[said[0]][0]
    return None


def bare(schema: Any) -> Any:
    """Return a schema without the keywords that no message shows."""
    if isinstance(schema, list):
        return [bare(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    return {key: _bare_value(key, value) for key, value in schema.items() if key not in SILENT}


def _bare_value(keyword: str, value: Any) -> Any:
    if keyword in _DATA:
        return value
    if keyword in _NAMED and isinstance(value, dict):
        return {name: bare(schema) for name, schema in value.items()}
    return bare(value)
