"""The normal form of a schema: kind by kind, which values it allows.

Two schemas that say the same in different words have the same shape: an alias, ``anyOf`` of one,
``type: ["string", "null"]`` and ``anyOf: [{type: string}, {type: null}]``, fields that all variants
of a union share and fields that each of them repeats.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

__all__ = [
    "ANYTHING",
    "NOTHING",
    "SCALARS",
    "Array",
    "Field",
    "Object",
    "Opaque",
    "Scalar",
    "Shape",
    "kinds",
    "mentioned",
]

#: The kinds of JSON values that have no inner values.
SCALARS = ("null", "boolean", "number", "string")


@dataclass(frozen=True, slots=True)
class Scalar:
    """The values of one simple kind."""

    #: The values that are named, by their JSON text.
    values: Mapping[str, Any] = field(default_factory=dict)
    #: Whether other values than the named ones are allowed, within the limits.
    open: bool = True
    #: See :mod:`codex_schemas.diff._limits`.
    limits: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Array:
    """Lists whose items have one shape."""

    items: Shape
    limits: Mapping[str, Any] = field(default_factory=dict)
    schema: Any = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Field:
    """One field of an object."""

    shape: Shape
    required: bool = False
    #: The value that a reader takes where the field is missing; None where none is stated.
    default: Any = None


@dataclass(frozen=True, slots=True)
class Object:
    """Objects with these fields."""

    fields: Mapping[str, Field]
    #: The shape of the fields that are not named.
    additional: Shape
    limits: Mapping[str, Any] = field(default_factory=dict)
    #: The name of the definition that it comes from, where it is one alternative among several.
    name: str | None = field(default=None, compare=False, repr=False)
    schema: Any = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Opaque:
    """Keywords that are not understood: two of them are alike only if their text is the same."""

    text: str
    references: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Shape:
    """All values that a schema allows; several arrays, objects and references are alternatives."""

    scalars: Mapping[str, Scalar] = field(default_factory=dict)
    arrays: tuple[Array, ...] = ()
    objects: tuple[Object, ...] = ()
    references: tuple[str, ...] = ()
    opaque: tuple[Opaque, ...] = ()
    #: Whether every value is allowed; the alternatives are empty then.
    anything: bool = False
    #: The schema as it was written.
    schema: Any = field(default=None, compare=False, repr=False)

    def without_references(self) -> Shape:
        """Return the alternatives that are not references."""
        return replace(self, references=()) if self.references else self


def mentioned(shape: Shape) -> Iterator[str]:
    """Return the references of a shape and of all that is inside it."""
    yield from shape.references
    yield from (name for part in shape.opaque for name in part.references)
    inner = [array.items for array in shape.arrays]
    for item in shape.objects:
        inner += [item.additional, *(field.shape for field in item.fields.values())]
    for part in inner:
        yield from mentioned(part)


ANYTHING = Shape(anything=True, schema=True)
NOTHING = Shape(schema=False)


def kinds(shape: Shape) -> set[str]:
    """Return the kinds of values that a shape without references allows."""
    if shape.anything:
        return {*SCALARS, "array", "object"}
    found = set(shape.scalars)
    if shape.arrays:
        found.add("array")
    if shape.objects:
        found.add("object")
    return found
