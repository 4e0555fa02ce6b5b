"""What several schemas say together of one value.

A value often has to fit more than one schema: that behind a reference and that beside it, all of an ``allOf``, a
union and one of its branches. Nothing is merged here; each question is put to all of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

__all__ = ["ANNOTATIONS", "UNDERSTOOD", "Lookup", "Shape", "flattened"]

Json = dict[str, Any]

#: Returns the schema that a reference such as ``#/components/schemas/Turn`` names.
Lookup = Callable[[str], Any]

#: The keywords that say which values fit, and the type of value that each is about; "" for all.
UNDERSTOOD = {
    "$ref": "",
    "additionalProperties": "object",
    "allOf": "",
    "anyOf": "",
    "const": "",
    "enum": "",
    "format": "",
    "items": "array",
    "maxItems": "array",
    "maxLength": "string",
    "maxProperties": "object",
    "maximum": "number",
    "minItems": "array",
    "minLength": "string",
    "minimum": "number",
    "not": "",
    "oneOf": "",
    "pattern": "string",
    "properties": "object",
    "propertyNames": "object",
    "required": "object",
    "type": "",
    "uniqueItems": "array",
}

#: The keywords that no value can break; those that begin with ``x-`` are more of them.
ANNOTATIONS = {"default", "description", "discriminator", "readOnly", "title", "writeOnly"}

#: The types that a value of each Python type has in a schema.
_TYPES: dict[type, set[str]] = {
    bool: {"boolean"},
    dict: {"object"},
    float: {"number"},
    int: {"integer", "number"},
    list: {"array"},
    str: {"string"},
    type(None): {"null"},
}

#: What the schema ``false`` says.
_NOTHING: Json = {"enum": []}


@dataclass(frozen=True)
class Shape:
    """What some schemas without references and unions say of a value."""

    schemas: tuple[Json, ...]

    def said(self, keyword: str) -> list[Any]:
        """Return what each schema says with a keyword."""
        return [schema[keyword] for schema in self.schemas if keyword in schema]

    def least(self, keyword: str, otherwise: float) -> Any:
        """Return the strictest lower bound that a keyword sets."""
        return max(self.said(keyword), default=otherwise)

    def most(self, keyword: str, otherwise: float) -> Any:
        """Return the strictest upper bound that a keyword sets."""
        return min(self.said(keyword), default=otherwise)

    @property
    def types(self) -> set[str] | None:
        """The types that fit all schemas, an integer being a number too; None where any does."""
        sets = [{each} if isinstance(each, str) else set(each) for each in self.said("type")]
        sets = sets or [{kind} for kind in self._implied_types]
        if not sets:
            return None
        common = set.intersection(*({*each, "integer"} if "number" in each else each for each in sets))
        return common - {"integer"} if "number" in common else common

    @property
    def _implied_types(self) -> set[str]:
        """The types that keywords are about: where no type is named, such a value fits without doubt."""
        return {kind for schema in self.schemas for keyword in schema if (kind := UNDERSTOOD.get(keyword))}

    @property
    def choices(self) -> list[Any] | None:
        """The only values that fit; None where they are not listed."""
        lists = [*self.said("enum"), *([each] for each in self.said("const"))]
        if not lists:
            return None
        shared = [each for each in lists[0] if all(_is_among(each, other) for other in lists[1:])]
        return [each for each in shared if self.types is None or _TYPES[type(each)] & self.types]

    @property
    def excluded(self) -> list[Any]:
        """The values that do not fit though all else does."""
        return [each for refused in self.said("not") for each in refused.get("enum", ())]

    @property
    def is_impossible(self) -> bool:
        """Whether it can be seen that no value fits."""
        return self.types == set() or self.choices == []

    @property
    def names(self) -> list[str]:
        """Every field that a schema names, in their order."""
        required = (name for names in self.said("required") for name in names)
        return list(dict.fromkeys([*(name for fields in self.said("properties") for name in fields), *required]))

    @property
    def required(self) -> set[str]:
        """The fields that must be there."""
        return {name for names in self.said("required") for name in names}

    def field(self, name: str) -> tuple[Any, ...]:
        """Return the schemas of a field, known or unknown."""
        views = [
            schema.get("properties", {}).get(name, schema.get("additionalProperties", True)) for schema in self.schemas
        ]
        return tuple(view for view in views if view is not True)

    @property
    def further(self) -> tuple[Any, ...]:
        """The schemas of the fields that no schema names."""
        return tuple(each for each in self.said("additionalProperties") if each is not True)


def flattened(lookup: Lookup, schemas: Iterable[Any]) -> tuple[Shape, list[Sequence[Any]]]:
    """Return what schemas say without their references, and the branches of each union among them."""
    plain: list[Json] = []
    unions: list[Sequence[Any]] = []
    waiting = list(schemas)
    while waiting:
        schema = waiting.pop(0)
        if isinstance(schema, bool):
            plain += [] if schema else [_NOTHING]
            continue
        waiting += [lookup(schema["$ref"])] if "$ref" in schema else []
        waiting += schema.get("allOf", ())
        unions += [schema[keyword] for keyword in ("oneOf", "anyOf") if keyword in schema]
        if excluded := schema.get("not", {}).get("required"):
            # Fields that must not all be there: one of them is not.
            unions.append([_without(name) for name in excluded])
        plain.append(schema)
    return Shape(tuple(plain)), unions


@cache
def _without(name: str) -> Json:
    """Return the schema of objects that lack a field; always the same one, so that it can be known by its identity."""
    return {"properties": {name: False}}


def _is_among(value: Any, values: Iterable[Any]) -> bool:
    """Tell whether a value is listed; true is not 1 here, as it is to Python."""
    return any(type(each) is type(value) and each == value for each in values)
