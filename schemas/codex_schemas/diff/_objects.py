"""Comparing objects: their fields, and the variants of unions of objects."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

from codex_schemas.diff._difference import VALUES, Difference, Path, Step
from codex_schemas.diff._names import pair_renamed
from codex_schemas.diff._shape import ANYTHING, NOTHING, Field, Object, Shape
from codex_schemas.diff._variants import Variants, label, sort_variants

if TYPE_CHECKING:
    from codex_schemas.diff._walk import Walk

__all__ = ["compare_objects"]

#: More than this share of fields two variants without a name have in common when one became the other.
_AKIN = 0.5
#: More pairs of variants without a name than this are not looked at one by one.
_MOST_PAIRS = 10_000


def compare_objects(walk: Walk, old: Shape, new: Shape, path: Path) -> None:
    """Compare the objects of two shapes: one with one, or variant by variant."""
    if len(old.objects) == len(new.objects) == 1 and not (old.scalars.keys() | new.scalars.keys()) & {"string"}:
        _compare(walk, old.objects[0], new.objects[0], path)
        return
    variants = sort_variants(old, new, (walk.old, walk.new))
    if variants is None:
        walk.report("tagging-changed", path, old.schema, new.schema)
        return
    before, after = variants
    if _became_union(before, after) or _became_union(after, before):
        rule = "split-into-variants" if after.named else "merged-from-variants"
        names = tuple(sorted(before.named | after.named))
        walk.report(rule, path, old.schema, new.schema, variants=names)
        return
    if before.any_other != after.any_other:
        walk.report("values-opened" if after.any_other else "values-closed", path, old.schema, new.schema)
    _named(walk, before, after, path)
    _loose(walk, before, after, path)


def _became_union(one: Variants, other: Variants) -> bool:
    """Return whether one plain object stands against variants that have names."""
    flat = len(one.loose) == 1 and not one.named
    return flat and len(other.named) > 1 and not (other.loose or one.any_other or other.any_other)


def _named(walk: Walk, before: Variants, after: Variants, path: Path) -> None:
    shared = [name for name in before.named if name in after.named]
    start = len(walk.found)
    for name in shared:
        walk.shapes(before.named[name].shape, after.named[name].shape, (*path, Step("variant", name)))
    found = walk.found[start:]
    del walk.found[start:]
    walk.found += _grouped(found, len(path), shared)
    removed = {name: variant for name, variant in before.named.items() if name not in after.named}
    added = {name: variant for name, variant in after.named.items() if name not in before.named}

    if removed or added:
        walk.expect_difference()
    for one, other in _renamed_variants(walk, before, after, removed, added):
        del removed[one], added[other]
        place = (*path, Step("variant", one))
        walk.report("variant-renamed", place, one, other)
        walk.shapes(before.named[one].shape, after.named[other].shape, place)
    for name, variant in removed.items():
        _report_variant(walk, "removed", name, variant.schema, path, foreseen=after.any_other)
    for name, variant in added.items():
        _report_variant(walk, "added", name, variant.schema, path, foreseen=before.any_other)


def _report_variant(walk: Walk, what: str, name: str, schema: object, path: Path, *, foreseen: bool) -> None:
    rule = f"foreseen-{what}" if foreseen else f"variant-{what}"
    old, new = (schema, None) if what == "removed" else (None, schema)
    walk.report(rule, (*path, Step("variant", name)), old, new)


def _renamed_variants(
    walk: Walk, before: Variants, after: Variants, removed: Iterable[str], added: Iterable[str]
) -> list[tuple[str, str]]:
    """Return the variants that have another name now, known by what they say besides."""

    def alike(one: str, other: str) -> bool:
        shape = before.named[one].shape
        says_something = bool(shape.references) or any(item.fields for item in shape.objects)
        return says_something and walk.same(shape, after.named[other].shape)

    def distinctive(one: str) -> bool:
        """Return whether no second variant of a side says the same."""
        return max(count[repr(before.named[one].shape)] for count in counts) == 1

    counts = [Counter(repr(variant.shape) for variant in side.named.values()) for side in (before, after)]
    return pair_renamed([*removed], [*added], alike, distinctive)


def _grouped(found: list[Difference], position: int, variants: list[str]) -> list[Difference]:
    """Report what is the same in several variants once: at the union if all have it, else with their names."""
    groups: dict[str, list[Difference]] = {}
    for difference in found:
        rest = (*difference.path[:position], *difference.path[position + 1 :])
        groups.setdefault(repr(replace(difference, path=rest, variants=())), []).append(difference)
    return [_merged(group, position, everywhere=len(group) == len(variants)) for group in groups.values()]


def _merged(group: list[Difference], position: int, *, everywhere: bool) -> Difference:
    first = group[0]
    if len(group) == 1:
        return first
    names = tuple(sorted(difference.path[position].name for difference in group))
    step = () if everywhere else (Step("variant", "|".join(names)),)
    path = (*first.path[:position], *step, *first.path[position + 1 :])
    return replace(first, path=path, variants=names)


def _loose(walk: Walk, before: Variants, after: Variants, path: Path) -> None:
    old, new = list(before.loose), list(after.loose)
    everything = [*old, *new]
    # One object that others join, or that they leave behind, is still spoken of as the whole.
    alone = min(len(old), len(new)) == 1 and not (before.named or after.named)
    for one, other in _pairs(old, new, any_pair=alone and len(old) == len(new)):
        step = () if alone else (Step("variant", min(label(one, everything), label(other, everything))),)
        _compare(walk, one, other, (*path, *step))
        old = [item for item in old if item is not one]
        new = [item for item in new if item is not other]
    for item in old:
        _report_variant(walk, "removed", label(item, everything), item.schema, path, foreseen=after.any_other)
    for item in new:
        _report_variant(walk, "added", label(item, everything), item.schema, path, foreseen=before.any_other)


def _pairs(old: list[Object], new: list[Object], *, any_pair: bool) -> list[tuple[Object, Object]]:
    """Pair the objects without a name: those that are the same, then those that are most akin."""
    if len(old) * len(new) > _MOST_PAIRS:
        return []
    scored = [(_kinship(one, other), one, other) for one in old for other in new]
    pairs: list[tuple[Object, Object]] = []
    for score, one, other in sorted(scored, key=lambda row: (-row[0], sorted(map(label, row[1:])))):
        free = all(one is not taken and other is not gone for taken, gone in pairs)
        if free and (score > _AKIN or any_pair):
            pairs.append((one, other))
    return pairs


def _kinship(one: Object, other: Object) -> float:
    """Return how much two objects have in common: by what they must have, else by what they may have."""
    if one == other:
        return 3.0
    if one.name is not None and one.name == other.name:
        return 2.0
    names = [{name for name, inner in item.fields.items() if inner.required} or {*item.fields} for item in (one, other)]
    return len(names[0] & names[1]) / max(len(names[0] | names[1]), 1)


def _compare(walk: Walk, old: Object, new: Object, path: Path) -> None:
    walk.limits(old.limits, new.limits, path, (old.schema, new.schema))
    if (old.additional == NOTHING) != (new.additional == NOTHING):
        rule = "additional-fields-forbidden" if new.additional == NOTHING else "additional-fields-allowed"
        walk.report(rule, path, old.schema, new.schema)
    else:
        walk.shapes(old.additional, new.additional, (*path, VALUES))
    for name in old.fields:
        if name in new.fields:
            _field(walk, old, new, name, path)
    if old.fields.keys() != new.fields.keys():
        walk.expect_difference()
        _changed_names(walk, old, new, path)


def _field(walk: Walk, old: Object, new: Object, name: str, path: Path) -> None:
    before, after, place = old.fields[name], new.fields[name], (*path, Step("field", name))
    schemas = (before.shape.schema, after.shape.schema)
    if before.required != after.required:
        walk.report("field-became-required" if after.required else "field-became-optional", place, *schemas)
    elif not after.required and repr(before.default) != repr(after.default):
        kind = "added" if before.default is None else "removed" if after.default is None else "changed"
        walk.report(f"default-{kind}", place, before.default, after.default)
    walk.shapes(before.shape, after.shape, place)


def _changed_names(walk: Walk, old: Object, new: Object, path: Path) -> None:
    removed = [name for name in old.fields if name not in new.fields]
    added = [name for name in new.fields if name not in old.fields]
    for one, other in _renamed(walk, old, new, removed, added):
        removed.remove(one)
        added.remove(other)
        before, after = old.fields[one], new.fields[other]
        rule = "field-renamed" if before.required else "optional-field-renamed"
        closed = {"new_closed": _refuses(walk, new, before), "old_closed": _refuses(walk, old, after)}
        walk.report(rule, (*path, Step("field", one)), one, other, **closed)
        walk.shapes(before.shape, after.shape, (*path, Step("field", one)))
    for name in removed:
        field, place = old.fields[name], (*path, Step("field", name))
        if _is_other_value(walk, new, field):
            walk.shapes(field.shape, new.additional, place)
        else:
            rule = f"{'required' if field.required else 'optional'}-field-removed"
            walk.report(rule, place, old=field.shape.schema, new_closed=_refuses(walk, new, field))
    for name in added:
        field, place = new.fields[name], (*path, Step("field", name))
        if _is_other_value(walk, old, field):
            walk.shapes(old.additional, field.shape, place)
        else:
            rule = f"{'required' if field.required else 'optional'}-field-added"
            walk.report(rule, place, new=field.shape.schema, old_closed=_refuses(walk, old, field))


def _renamed(walk: Walk, old: Object, new: Object, removed: list[str], added: list[str]) -> list[tuple[str, str]]:
    def alike(one: str, other: str) -> bool:
        before, after = old.fields[one], new.fields[other]
        return (
            before.required == after.required
            and (distinctive(one) or walk.old.names(before.shape) == walk.new.names(after.shape))
            and walk.same(before.shape, after.shape)
        )

    def distinctive(one: str) -> bool:
        """Return whether the values of a field are known by more than their type."""
        shape = walk.old.expand(old.fields[one].shape)
        return any(item.fields for item in shape.objects) or any(not texts.open for texts in shape.scalars.values())

    return pair_renamed(removed, added, alike, distinctive)


def _refuses(walk: Walk, reader: Object, field: Field) -> bool:
    """Return whether an object's own schema refuses a field that it does not name."""
    return reader.additional != ANYTHING and not walk.same(reader.additional, field.shape)


def _is_other_value(walk: Walk, mapping: Object, field: Field) -> bool:
    """Return whether an optional field of one side has a name that the other's map gives to values of another shape."""
    return not field.required and mapping.additional != NOTHING and _refuses(walk, mapping, field)
