"""Whether what changed belongs to the stable or to the experimental part of a protocol."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from codex_schemas.diff._definitions import Definitions
from codex_schemas.diff._difference import Difference, Path, Step
from codex_schemas.diff._protocol import Protocol
from codex_schemas.diff._shape import Shape
from codex_schemas.diff._variants import stands_for

__all__ = ["Anchor", "Stability", "settled"]

#: Where a path begins: at a definition by its reference, or at a part of a message by both names.
Anchor = str | tuple[str, str]

_PROMOTED: Mapping[str, str] = {
    "optional-field-added": "field-promoted",
    "enum-value-added": "enum-value-promoted",
    "variant-added": "variant-promoted",
}
_DEMOTED: Mapping[str, str] = {
    "optional-field-removed": "field-demoted",
    "enum-value-removed": "enum-value-demoted",
    "variant-removed": "variant-demoted",
}
_VALUES = "enum-value-"


class _Places:
    """Looks places up in a protocol."""

    def __init__(self, protocol: Protocol, definitions: Definitions | None = None) -> None:
        self._protocol = protocol
        self._definitions = definitions or Definitions(protocol.definitions)

    def has(self, anchor: Anchor, difference: Difference) -> bool:
        """Return whether the place of a difference exists, and the value that it is about."""
        shapes = [self._definitions.expand(shape) for shape in self._at(anchor, difference.path)]
        if not difference.rule.startswith(_VALUES):
            return bool(shapes)
        value = json.dumps(difference.new if difference.old is None else difference.old)
        return any(value in scalar.values for shape in shapes for scalar in shape.scalars.values())

    def _at(self, anchor: Anchor, path: Path) -> list[Shape]:
        shapes = list(self._root(anchor))
        for step in path:
            shapes = [
                inner for shape in shapes for inner in _inside(self._definitions.expand(shape), step, self._definitions)
            ]
        return shapes

    def _root(self, anchor: Anchor) -> Iterator[Shape]:
        if isinstance(anchor, str):
            if anchor in self._definitions.schemas:
                yield self._definitions.shape(anchor)
        elif (message := self._protocol.messages.get(anchor[0])) and anchor[1] in message.parts:
            yield self._definitions.read(message.parts[anchor[1]].schema)


class Stability:
    """Tells what is experimental in a protocol, by the other form of the same release."""

    def __init__(self, protocol: Protocol, definitions: Definitions) -> None:
        self._own = _Places(protocol, definitions)
        self._wider = _Places(protocol.wider) if protocol.wider else None
        self._narrower = _Places(protocol.narrower) if protocol.narrower else None

    def is_experimental(self, anchor: Anchor, difference: Difference) -> bool:
        """Return whether the stable protocol lacks what the same release has as experimental."""
        wider, own = self._wider, self._own
        return wider is not None and wider.has(anchor, difference) and not own.has(anchor, difference)

    def has_stable(self, anchor: Anchor, difference: Difference) -> bool | None:
        """Return whether the stable part of a whole protocol has something; None if that part is unknown."""
        return None if self._narrower is None else self._narrower.has(anchor, difference)


def settled(difference: Difference, anchors: tuple[Anchor, Anchor], sides: Sequence[Stability]) -> Difference:
    """Return a difference as promotion or demotion, where the other side has the same as experimental."""
    for table, anchor, side in zip((_PROMOTED, _DEMOTED), anchors, sides, strict=True):
        if difference.rule in table and side.is_experimental(anchor, difference):
            return replace(difference, rule=table[difference.rule])
    return difference


def _inside(shape: Shape, step: Step, definitions: Definitions) -> Iterator[Shape]:
    """Return what stands one step further in."""
    if step.kind == "items":
        yield from (array.items for array in shape.arrays)
    for item in shape.objects:
        if step.kind == "values":
            yield item.additional
        elif step.kind == "field" and step.name in item.fields:
            yield item.fields[step.name].shape
        elif step.kind == "variant":
            found = (stands_for(item, name, definitions) for name in step.name.split("|"))
            yield from filter(None, found)
