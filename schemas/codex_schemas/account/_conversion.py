"""The interpreter of the mapping table."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from codex_schemas.account._mapping import Conversion, Row, mapping
from codex_schemas.account._rules import RULES
from codex_schemas.app_server import AppServerContract
from codex_schemas.app_server.normal_form import name_of
from codex_schemas.app_server.release_numbers import within

__all__ = ["Scope"]

Json = dict[str, Any]


class Scope:
    """What one conversion reads from, for one release.

    Args:
        contract: The contract of the release, with its experimental part.
        conversion: What is being made.
        sources: The WHAM values by their schemas; what is not there reads as null.
    """

    def __init__(self, contract: AppServerContract, conversion: Conversion, sources: Mapping[str, Any]) -> None:
        self._contract = contract
        self._conversion = conversion
        self._sources = sources

    def read(self, schema: str, path: str) -> Any:
        """Return a part of a source by its path; None where there is nothing.

        Args:
            schema: The schema of the source; empty for that of the conversion.
            path: The names of fields with dots between them; empty for the whole.
        """
        value = self._sources.get(schema or self._conversion.schema)
        for step in path.split(".") if path else ():
            value = value.get(step) if isinstance(value, dict) else None
        return value

    def convert(self, name: str, value: Any = None) -> Json:
        """Make an object by a conversion, out of the same sources and perhaps a value of that conversion's schema."""
        conversion = mapping().conversions[name]
        sources = self._sources if value is None else {**self._sources, conversion.schema: value}
        return Scope(self._contract, conversion, sources).made()

    def made(self) -> Json:
        """Return the object that the rows make."""
        made: Json = {}
        for row in self.rows():
            earlier = made.get(row.field)
            if earlier is None or row.key:
                value = RULES[row.rule](self.read(row.schema, row.source), row, self)
                made[row.field] = {**(earlier or {}), **_keyed(value, row.key)} if row.key else value
        return made

    def rows(self) -> Iterator[Row]:
        """Yield the rows that hold for the release."""
        return (row for row in self._conversion.rows if within(self._contract.version, row.since, row.until))

    def literals(self, field: str) -> list[str]:
        """Return the values that the release knows for a field."""
        schema = self._contract.definitions[f"v2/{self._conversion.type}"]
        variants = [schema, *schema.get("oneOf", ())]
        properties = next(variant["properties"] for variant in variants if self._is_made(variant))
        return list(self._literals(properties[field]))

    def _is_made(self, variant: Json) -> bool:
        properties = variant.get("properties", {})
        return bool(properties) and self._conversion.variant in ("", *properties.get("type", {}).get("enum", ()))

    def _literals(self, schema: Json) -> Iterator[str]:
        yield from schema.get("enum", ())
        if "$ref" in schema:
            yield from self._literals(self._contract.definitions[name_of(schema["$ref"])])
        for keyword in ("allOf", "anyOf", "oneOf"):
            for branch in schema.get(keyword, ()):
                yield from self._literals(branch)


def _keyed(value: Any, key: str) -> Json:
    """Put an object or a list of them into a map."""
    objects = value if isinstance(value, list) else [value]
    return {each[key]: each for each in objects if each is not None}
