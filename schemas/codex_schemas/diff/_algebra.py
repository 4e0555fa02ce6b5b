"""Unions and intersections of shapes: a schema is the intersection of what its keywords say."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import reduce
from itertools import combinations, product
from typing import TypeVar

from codex_schemas.diff._limits import both_limits, either_limits, refuses, undecided
from codex_schemas.diff._shape import ANYTHING, NOTHING, Array, Field, Object, Opaque, Scalar, Shape, mentioned

__all__ = ["all_of", "any_of", "apart"]

_Item = TypeVar("_Item")

#: More alternatives than this are not told apart one by one.
_MOST_OBJECTS = 1_000


def any_of(shapes: Sequence[Shape]) -> Shape:
    """Return the shape of the values that fit at least one of the shapes."""
    if len(shapes) == 1:
        return shapes[0]
    if any(shape.anything and not shape.opaque for shape in shapes):
        return ANYTHING
    # What limits one of them in a way that is not understood does not limit the others.
    opaque = (_unsolved("any of", shapes),) if any(shape.opaque for shape in shapes) else ()
    if any(shape.anything for shape in shapes):
        return replace(ANYTHING, opaque=opaque)
    scalars: dict[str, Scalar] = {}
    for shape in shapes:
        for kind, scalar in shape.scalars.items():
            scalars[kind] = _either(scalars[kind], scalar) if kind in scalars else scalar
    return Shape(
        scalars=scalars,
        arrays=_distinct(array for shape in shapes for array in shape.arrays),
        objects=_distinct(item for shape in shapes for item in shape.objects),
        references=tuple(dict.fromkeys(name for shape in shapes for name in shape.references)),
        opaque=opaque,
    )


def all_of(shapes: Iterable[Shape]) -> Shape:
    """Return the shape of the values that fit each of the shapes, of which only a lone one may have references."""
    return reduce(_both, shapes, ANYTHING)


def apart(shapes: Sequence[Shape]) -> bool:
    """Return whether no value can fit two of the shapes, as far as one can tell."""
    return len(shapes) <= _MOST_OBJECTS and all(_two_apart(one, other) for one, other in combinations(shapes, 2))


def _distinct(items: Iterable[_Item]) -> tuple[_Item, ...]:
    return tuple({repr(item): item for item in items}.values())


def _either(one: Scalar, other: Scalar) -> Scalar:
    values = {**one.values, **other.values}
    if one.open and other.open:
        return Scalar(values, open=True, limits=either_limits(one.limits, other.limits))
    return Scalar(values, open=one.open or other.open, limits=one.limits if one.open else other.limits)


def _both(one: Shape, other: Shape) -> Shape:
    opaque = tuple(dict.fromkeys([*one.opaque, *other.opaque]))
    if one.anything or other.anything or one == other:
        said = other if one.anything else one
        return replace(said, opaque=opaque) if opaque else said
    if one.references or other.references or len(one.objects) * len(other.objects) > _MOST_OBJECTS:
        return Shape(opaque=(*opaque, _unsolved("all of", [one, other])))
    shared = {kind: (scalar, other.scalars[kind]) for kind, scalar in one.scalars.items() if kind in other.scalars}
    scalars = {kind: _both_scalars(*pair) for kind, pair in shared.items()}
    return Shape(
        scalars={kind: scalar for kind, scalar in scalars.items() if scalar.open or scalar.values},
        arrays=tuple(_both_arrays(*pair) for pair in product(one.arrays, other.arrays)),
        objects=tuple(filter(_is_possible, (_both_objects(*pair) for pair in product(one.objects, other.objects)))),
        opaque=(*opaque, *(part for pair in shared.values() for part in _undecided(*pair))),
    )


def _unsolved(words: str, shapes: Sequence[Shape]) -> Opaque:
    """Return a union or an intersection that is only like itself."""
    texts = sorted(map(repr, shapes))
    return Opaque(f"{words} {texts}", tuple(sorted({name for shape in shapes for name in mentioned(shape)})))


def _both_scalars(one: Scalar, other: Scalar) -> Scalar:
    if one.open and other.open:
        return Scalar({**one.values, **other.values}, open=True, limits=both_limits(one.limits, other.limits))
    if one.open:
        one, other = other, one
    kept = {
        key: value
        for key, value in one.values.items()
        if (not refuses(other.limits, value) if other.open else key in other.values)
    }
    return Scalar(kept, open=False)


def _undecided(one: Scalar, other: Scalar) -> list[Opaque]:
    """Return the limits of which one cannot tell whether they forbid a value that the other side names."""
    if one.open == other.open:
        return []
    limits = undecided(one.limits if one.open else other.limits)
    return [Opaque(json.dumps(limits, sort_keys=True))] if limits else []


def _both_arrays(one: Array, other: Array) -> Array:
    return Array(_both(one.items, other.items), both_limits(one.limits, other.limits), other.schema or one.schema)


def _both_objects(one: Object, other: Object) -> Object:
    fields = {name: _both_fields(name, one, other) for name in {**one.fields, **other.fields}}
    return Object(
        fields,
        _both(one.additional, other.additional),
        both_limits(one.limits, other.limits),
        other.name or one.name,
        other.schema or one.schema,
    )


def _is_possible(item: Object) -> bool:
    """Return whether there is a value for each field that must be there."""
    return not any(field.required and field.shape == NOTHING for field in item.fields.values())


def _both_fields(name: str, one: Object, other: Object) -> Field:
    first = one.fields.get(name, Field(one.additional))
    second = other.fields.get(name, Field(other.additional))
    return Field(
        _both(first.shape, second.shape),
        first.required or second.required,
        first.default if second.default is None else second.default,
    )


def _two_apart(one: Shape, other: Shape) -> bool:
    if any(shape.anything or shape.references or shape.opaque for shape in (one, other)):
        return False
    scalars = ((scalar, other.scalars[kind]) for kind, scalar in one.scalars.items() if kind in other.scalars)
    return (
        not (one.arrays and other.arrays)
        and not any(first.open or second.open or first.values.keys() & second.values for first, second in scalars)
        and all(_objects_apart(first, second) for first in one.objects for second in other.objects)
    )


def _objects_apart(one: Object, other: Object) -> bool:
    return any(
        _forbids(other, name)
        or (name in other.fields and other.fields[name].required and _values_apart(name, one, other))
        for name, field in one.fields.items()
        if field.required
    )


def _forbids(item: Object, name: str) -> bool:
    return name not in item.fields and item.additional == NOTHING


def _values_apart(name: str, one: Object, other: Object) -> bool:
    return _two_apart(one.fields[name].shape, other.fields[name].shape)
