"""What the store has of a method or type, moment by moment.

A moment is one channel of one release. What is known of a method or type are its elements at each
moment; turned around, that is what is known of each element.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from itertools import combinations
from typing import Any, NamedTuple, TypeAlias, TypeVar

from codex_schemas.app_server._outline import Element, in_words, outline
from codex_schemas.app_server.contract import params_name
from codex_schemas.app_server.normal_form import UNIONS
from codex_schemas.app_server.release_numbers import members
from codex_schemas.app_server.results import result_name
from codex_schemas.app_server.store import DEFINITIONS, TYPESCRIPT, Store, Variant

__all__ = ["Chronicle", "Known", "Moment"]


class Moment(NamedTuple):
    """One channel of one release."""

    #: The place of the release in the order of the store.
    position: int
    experimental: bool


class Source(NamedTuple):
    """A schema, and where it is from."""

    schema: Any
    typescript: bool


T = TypeVar("T")
#: What is known at each moment; where one is missing, there is nothing.
Known: TypeAlias = dict[Moment, T]
#: The elements of a definition by their paths.
Outline: TypeAlias = dict[str, Element]

_NO_PARAMS = {"type": "null"}


class Chronicle:
    """The elements of every method and type, computed when they are asked for."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._read_definitions: dict[str, Known[Outline]] = {}
        #: By the identity of the schema, which the store keeps.
        self._outlines: dict[int, Outline] = {}

    @cached_property
    def methods(self) -> Mapping[str, str]:
        """The union that each method belongs to, by method."""
        return {method: union for union in UNIONS for method in self._names(union)}

    @cached_property
    def types(self) -> Mapping[str, Sequence[Sequence[str]]]:
        """The definitions of each short name: one group for each type, with several names if it moved."""
        grouped = defaultdict(list)
        for name in self._names(DEFINITIONS):
            grouped[name.rpartition("/")[2]].append(name)
        return {short: self._types(names) for short, names in grouped.items()}

    def paths(self, names: Sequence[str]) -> Iterable[str]:
        """Return the paths of all elements that a type ever had."""
        sources = (source for name in names for _, source in self._variants(DEFINITIONS, name))
        return dict.fromkeys(path for source in sources for path in self._outline(source) if path)

    def of_type(self, names: Sequence[str]) -> Mapping[str, Known[Element]]:
        """Return what is known of each element of a type, by path."""
        merged: Known[Outline] = {}
        for name in names:
            merged = self._definition(name) | merged
        return _by_path(merged)

    def of_method(self, name: str) -> Mapping[str, Known[Element]]:
        """Return what is known of a method, of its params and result and of their elements, by path."""
        union = self.methods[name]
        return _by_path({
            moment: self._message(name, source, moment, answered=union.endswith("Request"))
            for moment, source in self._read(union, name).items()
        })  # fmt: skip

    def _message(self, method: str, source: Source, moment: Moment, *, answered: bool) -> Outline:
        branch = source.schema
        params = branch["properties"].get("params", _NO_PARAMS)
        name = params_name(params)
        elements = {"": Element("", "type", typescript=source.typescript)}
        if params != _NO_PARAMS:
            whole = Element("", "field", in_words(params), "params" in branch.get("required", ()), source.typescript)
            elements |= self._part(".params", whole, name, moment)
        if answered and (result := result_name(method, name, lambda result: moment in self._definition(result))):
            whole = Element("", "field", result.rpartition("/")[2], required=True, typescript=source.typescript)
            elements |= self._part(".result", whole, result, moment)
        return elements

    def _part(self, path: str, whole: Element, name: str | None, moment: Moment) -> Outline:
        """Return the elements of the params or the result of a message."""
        inside = self._definition(name).get(moment, {}) if name else {}
        return {path + below: replace(known, path=path + below) for below, known in {**inside, "": whole}.items()}

    def _types(self, names: Sequence[str]) -> Sequence[Sequence[str]]:
        """Tell definitions of one short name that had different shapes at once from a type that moved."""
        known = [self._definition(name) for name in names] if len(names) > 1 else []
        differ = any(
            one[moment] != other[moment] and one[moment][""].typescript == other[moment][""].typescript
            for one, other in combinations(known, 2)
            for moment in one.keys() & other.keys()
        )
        return [[name] for name in names] if differ else [names]

    def _definition(self, name: str) -> Known[Outline]:
        if name not in self._read_definitions:
            known = {moment: self._outline(source) for moment, source in self._read(DEFINITIONS, name).items()}
            self._read_definitions[name] = self._with_messages(name, known) if name in UNIONS else known
        return self._read_definitions[name]

    def _with_messages(self, union: str, known: Known[Outline]) -> Known[Outline]:
        """Add the messages of a union, which the store keeps beside it, as its variants."""
        for method in [method for method, where in self.methods.items() if where == union]:
            for moment, (branch, typescript) in self._read(union, method).items():
                words = in_words(branch["properties"].get("params", _NO_PARAMS))
                variant = Element(f"[{method}]", "variant", words, typescript=typescript)
                known[moment] = {**known[moment], variant.path: variant}
        return known

    def _outline(self, source: Source) -> Outline:
        key = id(source.schema)
        if key not in self._outlines:
            elements = outline(source.schema)
            if source.typescript:
                elements = {path: replace(element, typescript=True) for path, element in elements.items()}
            self._outlines[key] = elements
        return self._outlines[key]

    def _names(self, kind: str) -> Sequence[str]:
        return sorted({name for table in _tables(kind) for name in self._store.tables.get(table, ())}, reverse=True)

    def _variants(self, kind: str, name: str) -> Iterator[tuple[Variant, Source]]:
        for table in _tables(kind):
            for variant in self._store.tables.get(table, {}).get(name, ()):
                yield variant, Source(variant.schema, table.startswith(TYPESCRIPT))

    def _read(self, kind: str, name: str) -> Known[Source]:
        """Return the schema of a type, or the branch of a method in its union, at each moment."""
        known: Known[Source] = {}
        for variant, source in self._variants(kind, name):
            for experimental in (False, True):
                runs = members(variant.ranges(experimental=experimental), self._store.order)
                known.update((Moment(position, experimental), source) for run in runs for position in run)
        return known


def _tables(kind: str) -> tuple[str, str]:
    """Return the tables of the types or of a union's messages; what the second has counts more."""
    return f"{TYPESCRIPT}/{kind}", DEFINITIONS if kind == DEFINITIONS else f"messages/{kind}"


def _by_path(known: Known[Outline]) -> Mapping[str, Known[Element]]:
    elements: dict[str, Known[Element]] = defaultdict(dict)
    for moment, there in known.items():
        for path, element in there.items():
            elements[path][moment] = element
    return elements
