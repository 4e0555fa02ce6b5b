"""From schemas to the values that fit them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, TypeVar

from hypothesis import strategies as st

from codex_conformance.strategies._hints import Known, hinted_texts
from codex_conformance.strategies._scalars import anything, integers, numbers, texts
from codex_conformance.strategies._shape import Lookup, Shape, flattened

__all__ = ["Values"]

Json = dict[str, Any]
Strategy = st.SearchStrategy[Any]
T = TypeVar("T")

#: How many fields that may be absent, and how many items that need not be there, a value has at most at each depth.
_SPARE = (8, 8, 6, 3, 2, 1, 0)


class Values:
    """Makes the strategies of one document's schemas.

    Args:
        lookup: Returns the schema that a reference names.
        known: Values that mean something to the server, by field.
    """

    def __init__(self, lookup: Lookup, known: Known) -> None:
        self._lookup = lookup
        self._known = known
        #: By the identity of the schemas, which are kept so that it stays theirs.
        self._made: dict[tuple[Any, ...], tuple[tuple[Any, ...], Strategy]] = {}
        self._by_type: Mapping[str, Callable[[Shape, str, int], Strategy]] = {
            "null": lambda _shape, _field, _depth: st.none(),
            "boolean": lambda _shape, _field, _depth: st.booleans(),
            "integer": lambda shape, _field, _depth: integers(shape),
            "number": lambda shape, _field, _depth: numbers(shape),
            "string": lambda shape, field, _depth: hinted_texts(shape, field, self._known),
            "array": self._arrays,
            "object": lambda shape, _field, depth: self._objects(shape, depth),
        }

    def of(self, *schemas: Any, field: str = "", depth: int = 0) -> Strategy:
        """Return the values that fit all of some schemas.

        Args:
            schemas: The schemas.
            field: The field that holds the value, for what is known of it.
            depth: How deep in a message the value is; the deeper, the smaller.
        """
        depth = min(depth, len(_SPARE) - 1)
        key = (field, depth, *map(id, schemas))
        if key not in self._made:
            self._made[key] = (schemas, self._make(schemas, field, depth))
        return self._made[key][1]

    def _make(self, schemas: tuple[Any, ...], field: str, depth: int) -> Strategy:
        shape, unions = flattened(self._lookup, schemas)
        if shape.is_impossible:
            return st.nothing()
        if unions:
            whole = list(self._whole_branches(shape, unions))
            return _branches(whole, lambda each: self.of(*each, field=field, depth=depth)) if whole else st.nothing()
        if (choices := shape.choices) is not None:
            return st.sampled_from(choices)
        if (types := shape.types) is None:
            return anything()
        # In the order of the table the simplest type comes first, and a failure shrinks towards it.
        return st.one_of([make(shape, field, depth) for name, make in self._by_type.items() if name in types])

    def _whole_branches(self, shape: Shape, unions: Sequence[Sequence[Any]]) -> Iterator[tuple[Any, ...]]:
        """Yield each branch of the first union that is possible, with all else that is said."""
        rest = [*map(_followed, shape.schemas), *({"anyOf": branches} for branches in unions[1:])]
        for branch in unions[0]:
            if not flattened(self._lookup, (*rest, branch))[0].is_impossible:
                yield (*rest, branch)

    def _arrays(self, shape: Shape, field: str, depth: int) -> Strategy:
        least = shape.least("minItems", 0)
        most = min(shape.most("maxItems", float("inf")), least + min(_SPARE[depth], 3))
        # An item may hold such an array in turn, so it is made when it is drawn.
        items = st.deferred(lambda: self.of(*shape.said("items"), field=field, depth=depth + 1))
        unique_by = json.dumps if any(shape.said("uniqueItems")) else None
        return st.lists(items, min_size=least, max_size=int(most), unique_by=unique_by)

    def _objects(self, shape: Shape, depth: int) -> Strategy:
        names, required = shape.names, shape.required
        schemas = {name: shape.field(name) for name in names}
        spare = [name for name in names if name not in required and False not in schemas[name]]
        chosen = st.lists(st.sampled_from(spare), unique=True, max_size=_SPARE[depth]) if spare else st.just([])
        present = chosen.map(lambda more: [name for name in names if name in required or name in more])
        return _objects(
            present,
            lambda name: self.of(*schemas[name], field=name, depth=depth + 1),
            self._further_fields(shape, depth),
        )

    def _further_fields(self, shape: Shape, depth: int) -> st.SearchStrategy[Json]:
        """Return the fields that no schema names, for objects that are maps; what is merely open stays as it is."""
        if False in shape.further or (shape.said("properties") and not shape.further):
            return st.just({})
        names = texts(Shape(tuple(shape.said("propertyNames"))))
        most = min(shape.most("maxProperties", float("inf")), _SPARE[depth], 3)
        values = st.deferred(lambda: self.of(*shape.further, depth=depth + 1))
        return st.dictionaries(names, values, max_size=int(most))


@st.composite
def _branches(draw: st.DrawFn, branches: Sequence[T], values: Callable[[T], Strategy]) -> Any:
    """Draw from one branch of a union; the strategies of the others are not made."""
    return draw(values(draw(st.sampled_from(branches))))


@st.composite
def _objects(
    draw: st.DrawFn,
    present: st.SearchStrategy[Sequence[str]],
    values: Callable[[str], Strategy],
    further: st.SearchStrategy[Json],
) -> Json:
    """Draw an object; the strategy of a field is made when the field is there, for a type may contain itself."""
    known = {name: draw(values(name)) for name in draw(present)}
    return {**draw(further), **known}


def _followed(schema: Json) -> Json:
    """Return a schema without the references and unions that were followed."""
    gone = {"$ref", "allOf", "anyOf", "oneOf"} | ({"not"} if "required" in schema.get("not", {}) else set())
    return {keyword: said for keyword, said in schema.items() if keyword not in gone}
