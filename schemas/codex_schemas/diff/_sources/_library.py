"""Documents that refer to each other, and the definitions that they come to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from graphlib import CycleError, TopologicalSorter
from posixpath import dirname, join, normpath
from typing import Any
from urllib.parse import unquote, urljoin

from codex_schemas._problem import Problem
from codex_schemas.diff._sources._bounds import malformed
from codex_schemas.diff._sources._dialects import Dialect
from codex_schemas.diff._sources._keywords import inner_schemas
from codex_schemas.diff._sources._places import Place

__all__ = ["Library"]


class Library:
    """All that a reference can lead to: one document, or the files of a folder.

    Args:
        source: What it is called in problems.
        documents: Each document by its file, relative to the folder; the file is empty where there is only one.
        nullable: Whether ``nullable`` has the meaning that OpenAPI 3.0 gives it.
    """

    def __init__(self, source: str, documents: Mapping[str, Any], *, nullable: bool = False) -> None:
        #: What it is called in problems.
        self.source = source
        self._documents = documents
        self._dialect = Dialect(source, self._refer, nullable)
        self._waiting: list[Place] = []
        self._definitions: dict[Place, Any] = {}

    def define(self, place: Place) -> str:
        """Make the schema at a place a definition, and return the key by which references name it."""
        if place not in self._definitions:
            self._definitions[place] = None
            self._waiting.append(place)
        return str(place)

    def schema(self, place: Place) -> Any:
        """Return the schema at a place in the one form that is compared.

        Raises:
            Problem: It is no schema, or a reference in it leads nowhere.
        """
        return self._dialect.modern(self.find(place), place)

    def definitions(self) -> dict[Place, Any]:
        """Return what was defined, with all that it refers to, by where it stands.

        Raises:
            Problem: One is no schema, leads nowhere, or is only another name of itself.
        """
        while self._waiting:
            place = self._waiting.pop()
            self._definitions[place] = self.schema(place)
        aliases = {str(place): [schema["$ref"]] for place, schema in self._definitions.items() if _is_alias(schema)}
        try:
            TopologicalSorter(aliases).prepare()
        except CycleError as error:
            circle = " -> ".join(reversed(error.args[1]))
            raise malformed(self.source, "references that end at a schema", f"the circle {circle}") from None
        return dict(sorted(self._definitions.items()))

    def find(self, place: Place) -> Any:
        """Return what stands at a place, or None where nothing does."""
        node = self._documents[place.file]
        for step in place.steps:
            inner = node if isinstance(node, dict) else {}
            if isinstance(node, list):
                inner = {str(index): item for index, item in enumerate(node)}
            node = inner.get(step)
        return node

    def resolve(self, reference: str, place: Place) -> Place:
        """Return the place that a reference means, from where it stands.

        Raises:
            Problem: It leads nowhere, or out of the documents.
        """
        address, _, fragment = reference.partition("#")
        root, base = self._resource(place)
        if address:
            root = self._document(address, base, reference, place)
        fragment = unquote(fragment)
        if fragment and not fragment.startswith("/"):
            target = self._anchors.get((root, fragment))
        else:
            steps = (step.replace("~1", "/").replace("~0", "~") for step in fragment.split("/")[1:])
            target = root.below(*steps)
        if target is None or self.find(target) is None:
            raise self._dangling(reference, place, "nothing there")
        return target

    def _refer(self, reference: str, place: Place) -> str:
        return self.define(self.resolve(reference, place))

    def _resource(self, place: Place) -> tuple[Place, str]:
        """Return the innermost schema around a place with an address of its own, or the document, and the address."""
        root, base = Place(place.file), place.file
        for length in range(len(place.steps) + 1):
            around = Place(place.file, place.steps[:length])
            if address := _address(self.find(around)):
                root, base = around, _joined(base, address)
        return root, base

    def _document(self, address: str, base: str, reference: str, place: Place) -> Place:
        known = self._addresses.get(_joined(base, address))
        if known is not None:
            return known
        if "://" in address:
            raise self._dangling(reference, place, "the address of another document, and nothing is fetched")
        file = normpath(join(dirname(place.file), unquote(address)))
        if file in self._documents:
            return Place(file)
        is_inside = place.file and not file.startswith(("/", ".."))
        raise self._dangling(reference, place, "no such file" if is_inside else "a file outside of what is read")

    def _dangling(self, reference: str, place: Place, found: str) -> Problem:
        return malformed(
            f"{self.source} at {place}",
            f"the schema that {reference!r} names",
            found,
            "Correct the reference, or name a folder with all the files that it needs.",
        )

    @cached_property
    def _addresses(self) -> dict[str, Place]:
        found: dict[str, Place] = {}
        for place, schema in self._all_schemas:
            if _address(schema):
                address = self._resource(place)[1]
                if address in found:
                    raise malformed(self.source, f"one schema with the $id {address}", f"{found[address]} and {place}")
                found[address] = place
        return found

    @cached_property
    def _anchors(self) -> dict[tuple[Place, str], Place]:
        return {
            (self._resource(place)[0], name): place for place, schema in self._all_schemas for name in _anchors(schema)
        }

    @cached_property
    def _all_schemas(self) -> list[tuple[Place, dict[str, Any]]]:
        found: list[tuple[Place, dict[str, Any]]] = []
        waiting: list[tuple[Place, Any]] = [(Place(file), document) for file, document in self._documents.items()]
        while waiting:
            place, schema = waiting.pop()
            if isinstance(schema, dict):
                found.append((place, schema))
                waiting += inner_schemas(schema, place)
        return found


def _address(schema: Any) -> str:
    """Return the address that a schema gives itself, or nothing."""
    named = schema.get("$id") if isinstance(schema, dict) else None
    return named if isinstance(named, str) and not named.startswith("#") else ""


def _joined(base: str, address: str) -> str:
    """Return an address that may be relative to another, as a whole."""
    try:
        return urljoin(base, address).rstrip("#")
    except ValueError:
        # No address at all: it can only be meant by its own text.
        return address


def _anchors(schema: Any) -> Iterator[str]:
    """Yield the names that references can use after ``#``; before 2019-09 they were an ``$id``."""
    for keyword in ("$anchor", "$dynamicAnchor"):
        if isinstance(schema.get(keyword), str):
            yield schema[keyword]
    if isinstance(schema.get("$id"), str) and schema["$id"].startswith("#"):
        yield schema["$id"][1:]


def _is_alias(schema: Any) -> bool:
    return isinstance(schema, dict) and "$ref" in schema
