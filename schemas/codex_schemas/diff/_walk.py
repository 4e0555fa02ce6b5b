"""Comparing two shapes: what differs, and which definitions are to be compared in turn."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, NoReturn

from codex_schemas.diff._definitions import Definitions, name_of
from codex_schemas.diff._difference import ITEMS, Difference, Link, Path
from codex_schemas.diff._limits import admits, compare_limits
from codex_schemas.diff._names import pair_renamed, same_letters
from codex_schemas.diff._objects import compare_objects
from codex_schemas.diff._shape import Array, Scalar, Shape, kinds
from codex_schemas.diff._variants import are_listed

__all__ = ["Walk"]

Json = dict[str, Any]

_CLOSED = Scalar(open=False)


class Walk:
    """Goes through two shapes side by side, as far as the references to definitions."""

    def __init__(self, old: Definitions, new: Definitions) -> None:
        self.old = old
        self.new = new
        self.found: list[Difference] = []
        #: The definitions that the shapes refer to, with the places that do.
        self.links: dict[Link, list[Path]] = {}
        #: The shapes that are being compared further up.
        self._open: set[tuple[int, int]] = set()
        #: Whether two definitions of different name say the same.
        self._alike: dict[Link, bool] = {}

    def report(self, rule: str, path: Path, old: Any = None, new: Any = None, **more: Any) -> None:
        """Note a difference."""
        self.found.append(Difference(rule, path, old, new, **more))

    def expect_difference(self) -> None:
        """Say that there is a difference here, whatever a closer look will tell of it."""

    def same(self, old: Shape, new: Shape) -> bool:
        """Return whether two shapes allow the same, definitions of one name taken for alike."""
        trial = _Trial(self)
        try:
            trial.shapes(old, new, ())
        except _Differ:
            return False
        return all(self._same_definitions(link) for link in trial.links)

    def shapes(self, old: Shape, new: Shape, path: Path) -> None:
        """Compare what two schemas allow at one place."""
        if not (old.references or new.references):
            self._values(old, new, path)
            return
        place = (id(old), id(new))
        if place not in self._open:
            self._open.add(place)
            try:
                self._references(old, new, path)
            finally:
                self._open.remove(place)

    def _references(self, old: Shape, new: Shape, path: Path) -> None:
        """Link the definitions that both sides refer to, and compare the others with what stands against them."""
        if _only_reference(old) and _is_inline(new):
            new = _named(new, self.new)
        elif _only_reference(new) and _is_inline(old):
            old = _named(old, self.old)
        before = [self.old.target(name) for name in old.references]
        after = [self.new.target(name) for name in new.references]
        pairs = [(before[0], after[0])] if _only_reference(old) and _only_reference(new) else _namesakes(before, after)
        for pair in pairs:
            self.links.setdefault(Link(*pair), []).append(path)
        left_old = tuple(name for name in before if all(name != one for one, _ in pairs))
        left_new = tuple(name for name in after if all(name != other for _, other in pairs))
        self._values(
            self.old.expand(replace(old, references=left_old)),
            self.new.expand(replace(new, references=left_new)),
            path,
            pairs,
        )

    def limits(self, old: Mapping[str, Any], new: Mapping[str, Any], path: Path, schemas: tuple[Any, Any]) -> None:
        """Compare the constraints on values of one kind."""
        directions = compare_limits(old, new) if old != new else {}
        whole = directions.pop("integer", None)
        if whole:
            self.report("type-narrowed" if whole == "tightened" else "type-widened", path, *schemas)
        others = set(directions.values()) - {whole}
        if others:
            self.report(f"constraint-{others.pop() if len(others) == 1 else 'changed'}", path, *schemas)

    def _same_definitions(self, link: Link) -> bool:
        if name_of(link.old) == name_of(link.new):
            return True
        if link not in self._alike:
            self._alike[link] = True
            self._alike[link] = self.same(self.old.shape(link.old), self.new.shape(link.new))
        return self._alike[link]

    def _opaque(self, old: Shape, new: Shape, path: Path) -> None:
        if {part.text for part in old.opaque} != {part.text for part in new.opaque}:
            self.report("schema-changed", path, old.schema, new.schema)
        mentioned = {name for part in old.opaque for name in part.references}
        for name in sorted(mentioned & {name for part in new.opaque for name in part.references}):
            link = Link(self.old.target(name), self.new.target(name), any_direction=True)
            self.links.setdefault(link, []).append(path)

    def _values(self, old: Shape, new: Shape, path: Path, shared: Sequence[tuple[str, str]] = ()) -> None:
        """Compare shapes without references; ``shared`` are those that both sides had in common."""
        self._opaque(old, new, path)
        if old.anything or new.anything:
            if old.anything != new.anything:
                self.report("type-narrowed" if old.anything else "type-widened", path, old.schema, new.schema)
            return
        listed = are_listed(old, new)
        variants = {"string", "object"} if listed else self._shared_objects(old, new, shared)
        if not shared and _nothing_in_common(old, new, variants):
            self.report("type-changed", path, old.schema, new.schema)
            return
        self._kinds(old, new, path, variants)
        for kind in ("boolean", "number", "string"):
            if (kind in old.scalars and kind in new.scalars) or kind in variants:
                self._scalars(old, new, kind, path)
        if old.arrays and new.arrays:
            self._arrays(old, new, path)
        if (old.objects and new.objects) or "object" in variants:
            compare_objects(self, old, new, path)

    def _shared_objects(self, old: Shape, new: Shape, shared: Sequence[tuple[str, str]]) -> set[str]:
        """Return whether objects are among what both sides refer to, so that others are variants besides them."""
        if not shared or not (old.objects or new.objects):
            return set()
        before, after = zip(*shared, strict=True)
        common = kinds(self.old.expand(Shape(references=before))) & kinds(self.new.expand(Shape(references=after)))
        return common & {"object"}

    def _kinds(self, old: Shape, new: Shape, path: Path, variants: set[str]) -> None:
        """Compare which kinds of values there are, leaving out those whose variants are compared."""
        before, after = kinds(old) - variants, kinds(new) - variants
        schemas = (old.schema, new.schema)
        for lost, rule in ((before - after, "type-narrowed"), (after - before, "type-widened")):
            if lost - {"null"}:
                self.report(rule, path, *schemas)
        if ("null" in before) != ("null" in after):
            self.report("null-allowed" if "null" in after else "null-forbidden", path, *schemas)

    def _scalars(self, old: Shape, new: Shape, kind: str, path: Path) -> None:
        one, other = old.scalars.get(kind, _CLOSED), new.scalars.get(kind, _CLOSED)
        schemas = (old.schema, new.schema)
        removed = {key: value for key, value in one.values.items() if key not in other.values}
        added = {key: value for key, value in other.values.items() if key not in one.values}
        if one.open and other.open:
            self.limits(one.limits, other.limits, path, schemas)
        elif one.open or other.open:
            self.report("values-closed" if one.open else "values-opened", path, *schemas)
        elif kind == "string":
            for before, after in pair_renamed(removed, added, same_letters):
                self.report("enum-value-renamed", path, removed.pop(before), added.pop(after))
        for value in removed.values():
            self._value("removed", path, {"old": value}, (one, other))
        for value in added.values():
            self._value("added", path, {"new": value}, (other, one))

    def _value(self, what: str, path: Path, value: Json, sides: tuple[Scalar, Scalar]) -> None:
        """Report a value that only the first side lists; if the second allows it as any other, only as a hint."""
        lists, lacks = sides
        if not (lacks.open and admits(lacks.limits, *value.values())):
            self.report(f"enum-value-{what}", path, **value)
        elif lists.open:
            self.report(f"foreseen-{what}", path, **value)

    def _arrays(self, old: Shape, new: Shape, path: Path) -> None:
        """Compare lists; of several alternatives, those that are not the same must be one on each side."""
        before, after = list(old.arrays), list(new.arrays)
        if len(before) > 1 or len(after) > 1:
            twins = [(one, other) for one in before for other in after if one == other]
            before = [one for one in before if one not in after]
            after = [other for other in after if other not in old.arrays]
            for twin in twins:
                self._array(*twin, path)
        if len(before) == len(after) == 1:
            self._array(before[0], after[0], path)
            return
        if before:
            self.report("type-narrowed", path, old.schema, new.schema)
        if after:
            self.report("type-widened", path, old.schema, new.schema)

    def _array(self, old: Array, new: Array, path: Path) -> None:
        self.limits(old.limits, new.limits, path, (old.schema, new.schema))
        self.shapes(old.items, new.items, (*path, ITEMS))


class _Differ(Exception):  # noqa: N818 (it is no error)
    """Two shapes are not the same."""


class _Trial(Walk):
    """Ends at the first difference, and shares with another walk what that knows."""

    def __init__(self, walk: Walk) -> None:
        super().__init__(walk.old, walk.new)
        self._open, self._alike = walk._open, walk._alike  # noqa: SLF001 (of its base class)

    def report(self, *_: Any, **__: Any) -> NoReturn:
        raise _Differ

    def expect_difference(self) -> NoReturn:
        raise _Differ


def _only_reference(shape: Shape) -> bool:
    """Return whether a shape is a reference, or null besides."""
    return len(shape.references) == 1 and kinds(shape) <= {"null"}


def _is_inline(shape: Shape) -> bool:
    """Return whether a shape was written where it is used, and is more than null."""
    return not (shape.references or shape.opaque) and bool(kinds(shape) - {"null"})


def _named(shape: Shape, definitions: Definitions) -> Shape:
    """Return a shape as a reference to what it says besides null, as if that had a name of its own."""
    if shape.anything:
        return Shape(references=(definitions.name_inline(shape),), schema=shape.schema)
    nulls = {kind: scalar for kind, scalar in shape.scalars.items() if kind == "null"}
    rest = {kind: scalar for kind, scalar in shape.scalars.items() if kind != "null"}
    name = definitions.name_inline(replace(shape, scalars=rest))
    return Shape(scalars=nulls, references=(name,), schema=shape.schema)


def _namesakes(before: Sequence[str], after: Sequence[str]) -> list[tuple[str, str]]:
    """Pair definitions of the same reference or else of the same name."""
    names = {name_of(name): name for name in after}
    found = [(name, name if name in after else names.get(name_of(name))) for name in before]
    return [(name, other) for name, other in found if other is not None]


def _nothing_in_common(old: Shape, new: Shape, variants: set[str]) -> bool:
    before, after = kinds(old) - {"null"}, kinds(new) - {"null"}
    return bool(before and after and before.isdisjoint(after) and not variants)
