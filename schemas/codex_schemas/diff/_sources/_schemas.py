"""Files of JSON Schemas as a protocol without messages."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

from codex_schemas._wording import shorten
from codex_schemas.diff._protocol import Protocol
from codex_schemas.diff._sources._bounds import malformed
from codex_schemas.diff._sources._keywords import DEFINITIONS, KEYWORDS, SILENT
from codex_schemas.diff._sources._library import Library
from codex_schemas.diff._sources._places import Place

__all__ = ["check_schema", "read_schemas"]

#: What other documents in JSON call themselves, by their first key.
_OTHERS = {"swagger": "OpenAPI 2", "asyncapi": "AsyncAPI", "openrpc": "OpenRPC", "arazzo": "Arazzo"}


def check_schema(source: str, document: Any) -> None:
    """Raise a Problem unless a whole document is a JSON Schema."""
    expected, advice = "a JSON Schema or an OpenAPI document", "Name one."
    if not isinstance(document, (dict, bool)):
        raise malformed(source, expected, shorten(document), advice)
    keywords = document if isinstance(document, dict) else {}
    if keywords and not KEYWORDS & keywords.keys():
        known = next((_OTHERS[key] for key in _OTHERS if key in keywords), None)
        raise malformed(source, expected, known or f"an object with {shorten(sorted(keywords))}", advice)
    for keyword in sorted(DEFINITIONS & keywords.keys()):
        if not isinstance(keywords[keyword], dict):
            raise malformed(source, f"an object of schemas in {keyword!r}", shorten(keywords[keyword]))


def read_schemas(source: str, documents: Mapping[str, Any]) -> Protocol:
    """Return every schema of some documents that refer to each other.

    Args:
        source: What they are called in problems.
        documents: Each document by its file, relative to the folder; the file is empty where there is only one.

    Raises:
        Problem: One is malformed, or refers to what is not there.
    """
    library = Library(source, documents)
    for file, document in documents.items():
        for place in _named_places(file, document):
            library.define(place)
    return Protocol(source, _by_name(source, library.definitions()))


def _named_places(file: str, document: Any) -> Iterator[Place]:
    """Yield the places of the definitions of a document, and its own where it is more than those."""
    keywords = document if isinstance(document, dict) else {}
    if not keywords or keywords.keys() - SILENT - DEFINITIONS:
        yield Place(file)
    for keyword in keywords.keys() & DEFINITIONS:
        yield from (Place(file, (keyword, name)) for name in keywords[keyword])


def _by_name(source: str, definitions: Mapping[Place, Any]) -> dict[str, Any]:
    """Return the definitions by the shortest names that tell them apart.

    Many tools repeat a definition in every file that needs it. Where all say the same it is one
    definition; where they differ, each keeps the name of its file.
    """
    names = {place: _short(place) for place in definitions}
    while True:
        keys = {str(place): name for place, name in names.items()}
        found: dict[str, dict[str, list[Place]]] = defaultdict(lambda: defaultdict(list))
        for place, schema in definitions.items():
            renamed = _renamed(schema, keys)
            found[names[place]][json.dumps(renamed, sort_keys=True)].append(place)
        ambiguous = [
            [place for places in texts.values() for place in places] for texts in found.values() if len(texts) > 1
        ]
        if not ambiguous:
            return {name: json.loads(text) for name, texts in found.items() for text in texts}
        for places in ambiguous:
            if all(names[place] == _long(place) for place in places):
                raise malformed(source, "one file for each name", " and ".join(place.file for place in places))
            names |= {place: _long(place) for place in places}


def _short(place: Place) -> str:
    is_definition = len(place.steps) == 2 and place.steps[0] in DEFINITIONS  # noqa: PLR2004 (keyword and name)
    return str(Place("", ("definitions", place.steps[1]))) if is_definition else _long(place)


def _long(place: Place) -> str:
    folders_and_stem = tuple(filter(None, place.file.rpartition(".")[0].split("/")))
    return str(Place("", folders_and_stem + place.steps))


def _renamed(schema: Any, keys: Mapping[str, str]) -> Any:
    """Return a schema whose references are names instead of keys."""
    if isinstance(schema, list):
        return [_renamed(item, keys) for item in schema]
    if not isinstance(schema, dict):
        return schema
    renamed = {key: _renamed(value, keys) for key, value in schema.items()}
    if isinstance(schema.get("$ref"), str):
        renamed["$ref"] = keys.get(schema["$ref"], schema["$ref"])
    return renamed
