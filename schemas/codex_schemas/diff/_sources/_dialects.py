"""Schemas of every draft and of OpenAPI, copied in one form.

What no message shows is left out, old spellings become those of draft 2020-12, references become
keys of the definitions, and every value is checked to be of its kind, so that whoever compares the
schemas can rely on it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from codex_schemas._wording import shorten
from codex_schemas.diff._sources._bounds import malformed
from codex_schemas.diff._sources._keywords import CHECKS, DEFINITIONS, LISTS, MAPS, REFERENCES, SCHEMAS, SILENT
from codex_schemas.diff._sources._places import Place

__all__ = ["Dialect"]

Json = dict[str, Any]


@dataclass(frozen=True)
class Dialect:
    """How the schemas of a source are written."""

    #: What the source is called in problems.
    source: str
    #: Returns the key of the definition that a reference means, from where it stands.
    refer: Callable[[str, Place], str]
    #: Whether ``nullable`` has the meaning that OpenAPI 3.0 gives it.
    nullable: bool = False

    def modern(self, schema: Any, place: Place) -> Any:
        """Return a schema in the one form.

        Raises:
            Problem: It is no schema, or a reference in it leads nowhere.
        """
        if isinstance(schema, bool):
            return schema
        if not isinstance(schema, dict):
            raise self._refuse(place, "a schema, which is an object, true or false", schema)
        copied: Json = {}
        for keyword, value in schema.items():
            self._check(keyword, value, place)
            if keyword in REFERENCES:
                copied["$ref"] = self.refer(value, place)
            elif keyword not in SILENT | DEFINITIONS:
                copied[keyword] = self._copied(keyword, value, place.below(keyword))
        for spelling in (_modern_bounds, _modern_items, *([_modern_null] if self.nullable else [])):
            copied = spelling(copied)
        return copied

    def _check(self, keyword: str, value: Any, place: Place) -> None:
        words, fits = CHECKS.get(keyword, ("", lambda _: True))
        if not fits(value):
            raise self._refuse(place.below(keyword), words, value)

    def _copied(self, keyword: str, value: Any, place: Place) -> Any:
        if keyword in LISTS and isinstance(value, list):
            return [self.modern(inner, place.below(str(index))) for index, inner in enumerate(value)]
        if keyword in MAPS:
            return {name: self._named(keyword, inner, place.below(name)) for name, inner in value.items()}
        return self.modern(value, place) if keyword in SCHEMAS else value

    def _named(self, keyword: str, value: Any, place: Place) -> Any:
        # Older drafts let a name depend on other names, which are no schema.
        is_names = keyword == "dependencies" and isinstance(value, list)
        return value if is_names else self.modern(value, place)

    def _refuse(self, place: Place, expected: str, found: Any) -> Exception:
        return malformed(f"{self.source} at {place}", expected, shorten(found))


def _modern_bounds(schema: Json) -> Json:
    """Draft 4 says with true or false whether a bound is excluded."""
    for bound, excluded in (("minimum", "exclusiveMinimum"), ("maximum", "exclusiveMaximum")):
        if isinstance(schema.get(excluded), bool):
            is_excluded = schema.pop(excluded)
            if is_excluded and bound in schema:
                schema[excluded] = schema.pop(bound)
    return schema


def _modern_items(schema: Json) -> Json:
    """Before 2020-12 a list of ``items`` was a tuple, and ``additionalItems`` came after it."""
    rest = schema.pop("additionalItems", None)
    if isinstance(schema.get("items"), list):
        schema["prefixItems"] = schema.pop("items")
        if rest is not None:
            schema["items"] = rest
    return schema


def _modern_null(schema: Json) -> Json:
    """OpenAPI 3.0 has no type null."""
    if not schema.pop("nullable", False):
        return schema
    if "type" not in schema:
        return {"anyOf": [schema, {"type": "null"}]}
    types = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    schema["type"] = [*types, "null"]
    if "enum" in schema and None not in schema["enum"]:
        schema["enum"] = [*schema["enum"], None]
    return schema
