"""The keywords of JSON Schema, of every draft and of OpenAPI, by what their values are."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from codex_schemas.diff._sources._places import Place

__all__ = ["CHECKS", "DEFINITIONS", "KEYWORDS", "LISTS", "MAPS", "REFERENCES", "SCHEMAS", "SILENT", "inner_schemas"]

#: Keywords whose values are definitions by name.
DEFINITIONS = frozenset({"$defs", "definitions"})
#: Keywords whose values name another schema.
REFERENCES = frozenset({"$dynamicRef", "$recursiveRef", "$ref"})
#: Keywords whose values are schemas by name.
MAPS = frozenset({"dependencies", "dependentSchemas", "patternProperties", "properties"})
#: Keywords whose values are lists of schemas; ``items`` is one in older drafts.
LISTS = frozenset({"allOf", "anyOf", "items", "oneOf", "prefixItems"})
#: Keywords whose values are a schema.
SCHEMAS = frozenset({
    "additionalItems", "additionalProperties", "contains", "contentSchema", "else", "if", "items", "not",
    "propertyNames", "then", "unevaluatedItems", "unevaluatedProperties",
})  # fmt: skip
#: Keywords that no message shows.
SILENT = frozenset({
    "$anchor", "$comment", "$dynamicAnchor", "$id", "$recursiveAnchor", "$schema", "$vocabulary", "description",
    "example", "examples", "externalDocs", "markdownDescription", "title", "xml",
})  # fmt: skip


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _are_texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _is_count(value: Any) -> bool:
    return _is_number(value) and value >= 0 and value == int(value)


#: For the keywords with other values: what they are, how to tell, and the keywords.
_KINDS: tuple[tuple[str, Callable[[Any], bool], Iterable[str]], ...] = (
    ("text", _is_text, (*REFERENCES, "contentEncoding", "contentMediaType", "format", "pattern")),
    ("a list of names", _are_texts, ("required",)),
    ("the name of a type or a list of them", lambda value: _is_text(value) or _are_texts(value), ("type",)),
    ("a list of values", lambda value: isinstance(value, list), ("enum",)),
    ("a number", _is_number, ("maximum", "minimum", "multipleOf")),
    ("a number", lambda value: isinstance(value, (int, float)), ("exclusiveMaximum", "exclusiveMinimum")),
    ("true or false", lambda value: isinstance(value, bool), ("nullable", "uniqueItems")),
    ("an object", lambda value: isinstance(value, dict), (*DEFINITIONS, *MAPS, "dependentRequired", "discriminator")),
    (
        "a whole number from 0",
        _is_count,
        [f"{end}{what}" for end in ("max", "min") for what in ("Contains", "Items", "Length", "Properties")],
    ),
    ("a list of schemas", lambda value: isinstance(value, list), LISTS - SCHEMAS),
)  # fmt: skip
#: What the value of a keyword has to be, in words and as a test.
CHECKS = {keyword: (words, fits) for words, fits, keywords in _KINDS for keyword in keywords}

#: Every keyword by which an object is known as a schema.
KEYWORDS = frozenset({*CHECKS, *SCHEMAS, "$schema", "$id", "const"})


def inner_schemas(schema: dict[str, Any], place: Place) -> Iterator[tuple[Place, Any]]:
    """Yield the schemas directly inside a schema, named definitions too, with their places."""
    for keyword, value in schema.items():
        at = place.below(keyword)
        if keyword in LISTS and isinstance(value, list):
            yield from ((at.below(str(index)), inner) for index, inner in enumerate(value))
        elif keyword in MAPS | DEFINITIONS and isinstance(value, dict):
            yield from ((at.below(name), inner) for name, inner in value.items())
        elif keyword in SCHEMAS:
            yield at, value
