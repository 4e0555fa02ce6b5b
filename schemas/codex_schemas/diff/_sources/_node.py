"""Walking a document that is more than schemas."""

from __future__ import annotations

from collections.abc import Container
from typing import Any

from codex_schemas._problem import Problem
from codex_schemas._wording import shorten
from codex_schemas.diff._sources._bounds import malformed
from codex_schemas.diff._sources._library import Library
from codex_schemas.diff._sources._places import Place

__all__ = ["Node"]


class Node:
    """A part of a document, behind all references; a missing part is an empty one.

    Args:
        library: The document.
        place: Where the part stands.
    """

    def __init__(self, library: Library, place: Place) -> None:
        self._library = library
        #: The name under which it was found.
        self.name = place.steps[-1] if place.steps else ""
        #: Where it stands.
        self.place = place
        self._value = library.find(place)
        passed = {place}
        while isinstance(self._value, dict) and isinstance(self._value.get("$ref"), str):
            self.place = library.resolve(self._value["$ref"], self.place)
            if self.place in passed:
                raise self._refuse("references that end", self._value)
            passed.add(self.place)
            self._value = library.find(self.place)

    def field(self, name: str) -> Node:
        """Return a field of this object."""
        self._object()
        return Node(self._library, self.place.below(name))

    def fields(self, wanted: Container[str] | None = None) -> list[Node]:
        """Return the fields with certain names, or all but the extensions."""
        return [self.field(name) for name in self._object() if (name in wanted if wanted else name[:2] != "x-")]

    def items(self) -> list[Node]:
        """Return the items of this list."""
        value = [] if self._value is None else self._value
        if not isinstance(value, list):
            raise self._refuse("a list", value)
        return [Node(self._library, self.place.below(str(index))) for index in range(len(value))]

    def text(self, name: str) -> str:
        """Return a field that has to be text."""
        value = self._object().get(name)
        if not isinstance(value, str):
            raise self._refuse(f"an object with the text {name!r}", self._value)
        return value

    def flag(self, name: str) -> bool:
        """Return whether a field is true."""
        return self._object().get(name) is True

    def schema(self) -> Any:
        """Return the field ``schema`` in the form that is compared; every value fits where there is none."""
        return self._library.schema(self.place.below("schema")) if "schema" in self._object() else True

    def _object(self) -> dict[str, Any]:
        value = {} if self._value is None else self._value
        if not isinstance(value, dict):
            raise self._refuse("an object", value)
        return value

    def _refuse(self, expected: str, found: Any) -> Problem:
        return malformed(f"{self._library.source} at {self.place}", expected, shorten(found))
