"""The variants of a union of objects, and by what they are told apart."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from codex_schemas.diff._algebra import any_of
from codex_schemas.diff._definitions import Definitions
from codex_schemas.diff._shape import ANYTHING, NOTHING, Object, Shape, kinds

__all__ = ["Variant", "Variants", "are_listed", "label", "sort_variants", "stands_for"]


#: For each object the fields that can only be one of some named texts, with these.
_Tags = Mapping[str, tuple[str, ...]]

#: Stands for variants that are named by the only field of an object around them; no field has this name.
_OUTSIDE = ""


@dataclass(frozen=True, slots=True)
class Variant:
    """A variant that has a name: the value of a tag, or the only field of an object around it."""

    #: What the variant says besides its name.
    shape: Shape
    #: The schema as it was written.
    schema: Any


@dataclass(slots=True)
class Variants:
    """The objects of one side of a comparison."""

    named: dict[str, Variant] = field(default_factory=dict)
    #: Those that nothing names.
    loose: list[Object] = field(default_factory=list)
    #: Whether any other object is allowed besides.
    any_other: bool = False


def sort_variants(
    old: Shape, new: Shape, definitions: tuple[Definitions, Definitions]
) -> tuple[Variants, Variants] | None:
    """Name the variants of two unions in the same way; return None where they are told apart in different ways."""
    tags = [
        [_tags(item, known) for item in shape.objects] for shape, known in zip((old, new), definitions, strict=True)
    ]
    ways = [_ways(shape.objects, found) for shape, found in zip((old, new), tags, strict=True)]
    shared = ways[0].keys() & ways[1].keys()
    if all(ways) and not shared:
        return None
    counts = ways[0] + ways[1]
    way = max(sorted(shared or counts), key=lambda name: (counts[name], name == "type"), default=_OUTSIDE)
    return _sort(old.objects, tags[0], way), _sort(new.objects, tags[1], way)


def are_listed(old: Shape, new: Shape) -> bool:
    """Return whether two shapes are lists of names, some of which are names of an object inside.

    The first form is ``"never"``, the second ``{"granular": {...}}``; a name may go from one to the other.
    """
    several = max(len(kinds(shape) - {"null"}) + len(shape.objects) for shape in (old, new))
    return several > 2 and _is_listed(old) and _is_listed(new)  # noqa: PLR2004 (one object alone counts as two)


def label(item: Object, others: Iterable[Object] = ()) -> str:
    """Return what a variant without a name is called: by the fields that it must have, unlike others."""
    required = _required(item)
    common = set.intersection(required, *map(_required, others))
    return item.name or "+".join(sorted(required - common or required or item.fields)) or "object"


def stands_for(item: Object, name: str, definitions: Definitions) -> Shape | None:
    """Return what an object says as the variant of that name; None if it is not that variant."""
    if _outside_name(item) == name:
        return item.fields[name].shape
    tagged = any(name in texts for texts in _tags(item, definitions).values())
    return Shape(objects=(item,)) if tagged or item.name == name or {*name.split("+")} <= _required(item) else None


def _required(item: Object) -> set[str]:
    return {name for name, inner in item.fields.items() if inner.required}


def _is_listed(shape: Shape) -> bool:
    texts = shape.scalars.get("string")
    return (
        kinds(shape) <= {"null", "string", "object"}
        and not (texts and texts.open)
        and all(_outside_name(item) is not None for item in shape.objects)
    )


def _outside_name(item: Object) -> str | None:
    """Return the only field of an object that has, and must have, this one field."""
    if len(item.fields) != 1 or item.additional != NOTHING or item.limits:
        return None
    [(name, inner)] = item.fields.items()
    return name if inner.required else None


def _tags(item: Object, definitions: Definitions) -> dict[str, tuple[str, ...]]:
    """Return the fields that can only be one of some named texts, with these."""
    found = {}
    for name, inner in item.fields.items():
        if inner.required and (inner.shape.references or "string" in inner.shape.scalars):
            shape = definitions.expand(inner.shape)
            texts = shape.scalars.get("string")
            if texts and not texts.open and kinds(shape) == {"string"} and not shape.opaque:
                found[name] = tuple(sorted(texts.values.values()))
    return found


def _ways(objects: Sequence[Object], tags: Sequence[_Tags]) -> Counter[str]:
    """Return by what several objects can be told apart: by a field, or from outside; with how many have it."""
    found: Counter[str] = Counter()
    if len(objects) > 1:
        for name in {name for tagged in tags for name in tagged}:
            texts = {tagged[name] for tagged in tags if name in tagged}
            if len(texts) > 1 and len({text for one in texts for text in one}) == sum(map(len, texts)):
                found[name] = sum(name in tagged for tagged in tags)
    outside = sum(_outside_name(item) is not None for item in objects)
    return found or Counter({_OUTSIDE: outside} if len(objects) > 1 and outside else {})


def _sort(objects: Sequence[Object], tags: Sequence[_Tags], way: str) -> Variants:
    found = Variants()
    for item, named in zip(objects, tags, strict=True):
        outside = _outside_name(item) if way == _OUTSIDE else None
        if not item.fields and item.additional == ANYTHING and not item.limits:
            found.any_other = True
        elif outside is not None:
            _add(found, outside, item.fields[outside].shape, item.schema)
        elif way in named:
            rest = {name: inner for name, inner in item.fields.items() if name != way}
            for text in named[way]:
                _add(found, text, Shape(objects=(replace(item, fields=rest),)), item.schema)
        else:
            found.loose.append(item)
    return found


def _add(variants: Variants, name: str, shape: Shape, schema: Any) -> None:
    if name in variants.named:
        shape = any_of([variants.named[name].shape, shape])
    variants.named[name] = Variant(shape, schema)
