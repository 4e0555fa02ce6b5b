"""The definitions of one protocol, read into shapes when they are asked for."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from codex_schemas.diff._algebra import all_of, any_of, apart
from codex_schemas.diff._keywords import OWN, UNDERSTOOD, alias_of, are_named_apart, bare, references_in
from codex_schemas.diff._limits import LIMITS, read_limits
from codex_schemas.diff._protocol import short_name
from codex_schemas.diff._shape import ANYTHING, NOTHING, SCALARS, Array, Field, Object, Opaque, Scalar, Shape

__all__ = ["Definitions", "is_inline", "name_of"]

Json = dict[str, Any]

#: How a reference begins that only :meth:`Definitions.name_inline` makes.
_INLINE = "inline "


class Definitions:
    """Reads schemas into shapes, and follows references."""

    def __init__(self, schemas: Mapping[str, Any]) -> None:
        self.schemas = schemas
        self._shapes: dict[str, Shape] = {}
        self._targets: dict[str, str] = {}
        self._names: set[str] = set()

    def shape(self, reference: str) -> Shape:
        """Return the shape of a definition; anything where it is missing."""
        if reference not in self._shapes:
            # What is part of itself is not understood there.
            self._shapes[reference] = replace(ANYTHING, opaque=(Opaque(reference, (reference,)),))
            self._shapes[reference] = self.read(self.schemas[reference]) if self.knows(reference) else ANYTHING
        return self._shapes[reference]

    def target(self, reference: str) -> str:
        """Return the definition that a reference leads to at last; itself if it only leads in a circle."""
        passed: set[str] = set()
        last = reference
        while last not in self._targets and last not in passed and (following := alias_of(self.schemas.get(last))):
            passed.add(last)
            last = following
        last = self._targets.get(last, last)
        is_circle = alias_of(self.schemas.get(last)) is not None
        self._targets |= {name: name if is_circle else last for name in passed}
        return self._targets.setdefault(reference, reference)

    def has_name(self, name: str) -> bool:
        """Return whether a definition that is more than a reference to another has this short name."""
        if not self._names:
            self._names = {short_name(reference) for reference in self.schemas if self.target(reference) == reference}
        return name in self._names

    def names(self, shape: Shape) -> set[str]:
        """Return the short names of the definitions to which a shape refers."""
        return {name_of(self.target(reference)) for reference in shape.references}

    def name_inline(self, shape: Shape) -> str:
        """Return a reference to a shape that was written where it is used; the same for all that are the same."""
        reference = f"{_INLINE}{shape}"
        self._shapes.setdefault(reference, shape)
        return reference

    def knows(self, reference: str) -> bool:
        """Return whether a target leads to something, and not only back to itself."""
        return is_inline(reference) or (reference in self.schemas and alias_of(self.schemas[reference]) is None)

    def expand(self, shape: Shape) -> Shape:
        """Return a shape with every reference replaced by what it stands for."""
        if not shape.references:
            return shape
        pending, seen = list(shape.references), set[str]()
        parts = [replace(shape, references=(), opaque=())]
        while pending:
            reference = self.target(pending.pop(0))
            if reference not in seen:
                seen.add(reference)
                inner = self.shape(reference)
                pending += inner.references
                parts.append(_labelled(inner.without_references(), name_of(reference)))
        union = any_of(parts)
        # What is not understood about the whole holds for each of its alternatives.
        return replace(union, opaque=(*shape.opaque, *union.opaque), schema=shape.schema)

    def read(self, schema: Any) -> Shape:
        """Return the shape of a schema."""
        if schema is True:
            return ANYTHING
        if not isinstance(schema, dict):
            return NOTHING if schema is False else Shape(opaque=(_opaque(schema),), schema=schema)
        if len(schema) == 1 and "$ref" in schema:
            return Shape(references=(schema["$ref"],), schema=schema)
        parts = [part for part in self._parts(schema) if part.opaque or not part.anything]
        shape = parts[0] if len(parts) == 1 else all_of(map(self.expand, parts))
        return shape if shape.schema is schema else replace(shape, schema=schema)

    def _parts(self, schema: Json) -> Iterator[Shape]:
        """Return what each group of keywords allows."""
        yield self._own(schema)
        if "$ref" in schema:
            yield Shape(references=(schema["$ref"],), schema=schema)
        for member in schema.get("allOf", ()):
            yield self.read(member)
        for keyword in ("anyOf", "oneOf"):
            if keyword in schema:
                yield self._alternatives(keyword, schema[keyword])
        unknown = {key: schema[key] for key in schema if key not in UNDERSTOOD and not key.startswith("x-")}
        if unknown:
            yield replace(ANYTHING, opaque=(_opaque(unknown),))

    def _alternatives(self, keyword: str, members: list[Any]) -> Shape:
        shapes = [self.read(member) for member in members]
        union = any_of(shapes) if shapes else NOTHING
        if keyword == "anyOf" or are_named_apart(members) or apart(list(map(self.expand, shapes))):
            return union
        # A value that fits two of them fits not exactly one, which the union does not say.
        return replace(union, opaque=(*union.opaque, _opaque({keyword: members})))

    def _own(self, schema: Json) -> Shape:
        """Return what a schema says without the help of others."""
        named = _values(schema)
        if "type" not in schema and OWN.isdisjoint(schema):
            return ANYTHING if named is None else named
        typed = self._typed(schema)
        return typed if named is None else all_of([typed, named])

    def _typed(self, schema: Json) -> Shape:
        kinds = _kinds(schema)
        limits = {kind: read_limits(kind, schema) for kind in kinds if kind in LIMITS}
        if "integer" in kinds and "number" not in kinds:
            limits["number"] = {"integer": True, **read_limits("number", schema)}
        return Shape(
            scalars={kind: Scalar(limits=limits[kind]) for kind in SCALARS if kind in limits},
            arrays=(self._array(schema, limits["array"]),) if "array" in limits else (),
            objects=(self._object(schema, limits["object"]),) if "object" in limits else (),
            opaque=tuple(_opaque({"type": kind}) for kind in kinds if kind not in LIMITS and kind != "integer"),
            schema=schema,
        )

    def _array(self, schema: Json, limits: Json) -> Array:
        return Array(self.read(schema.get("items", True)), limits, schema)

    def _object(self, schema: Json, limits: Json) -> Object:
        properties, required = schema.get("properties", {}), schema.get("required", ())
        additional = self.read(schema.get("additionalProperties", True))
        fields = {
            name: Field(
                self.read(properties[name]) if name in properties else additional,
                name in required,
                _default(properties.get(name)),
            )
            for name in dict.fromkeys([*properties, *required])
        }
        return Object(fields, additional, limits, schema=schema)


def name_of(reference: str) -> str:
    """Return the short name of a definition, empty for a shape that was written where it is used."""
    return "" if is_inline(reference) else short_name(reference)


def is_inline(reference: str) -> bool:
    """Return whether a reference leads to a shape that was written where it is used."""
    return reference.startswith(_INLINE)


def _kinds(schema: Json) -> list[str]:
    named = schema.get("type")
    listed = [named] if isinstance(named, str) else list(LIMITS) if named is None else list(named)
    return [*listed, "null"] if schema.get("nullable") and named is not None else listed


def _values(schema: Json) -> Shape | None:
    """Return the shape of the values that ``enum`` or ``const`` names."""
    listed = [schema[key] if key == "enum" else [schema[key]] for key in ("enum", "const") if key in schema]
    return all_of(_enumerated(values) for values in listed) if listed else None


def _enumerated(values: list[Any]) -> Shape:
    named: dict[str, dict[str, Any]] = {}
    for value in values:
        if not isinstance(value, (list, dict)):
            whole = isinstance(value, float) and value.is_integer()
            named.setdefault(_kind(value), {})[json.dumps(int(value) if whole else value)] = value
    scalars = {kind: Scalar() if kind == "null" else Scalar(found, open=False) for kind, found in named.items()}
    inner = tuple(_opaque({"enum": value}) for value in values if isinstance(value, (list, dict)))
    return Shape(scalars=scalars, opaque=inner)


def _kind(value: Any) -> str:
    if value is None or isinstance(value, bool):
        return "null" if value is None else "boolean"
    return "string" if isinstance(value, str) else "number"


def _default(schema: Any) -> Any:
    return schema.get("default") if isinstance(schema, dict) else None


def _labelled(shape: Shape, name: str) -> Shape:
    if len(shape.objects) != 1:
        return shape
    return replace(shape, objects=(replace(shape.objects[0], name=name),))


def _opaque(schema: Any) -> Opaque:
    return Opaque(json.dumps(bare(schema), sort_keys=True), tuple(sorted(set(references_in(schema)))))
