"""Count simple facts between what two codex binaries emit, to check the diff against.

Usage: python tests/schemas/count_changes.py OLD_FOLDER NEW_FOLDER [--json]

A folder is what ``codex app-server generate-json-schema --out FOLDER`` wrote, with or without
``--experimental``. The script shares no code with the diff or with the store: it reads the one file
with all definitions, walks the definitions that both releases have and that a message can reach,
and counts names. Whoever doubts the diff can read this in five minutes.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

Json = dict[str, Any]

BUNDLE = "codex_app_server_protocol.schemas.json"
PREFIX = "#/definitions/"
UNIONS = {
    "ClientRequest": "requests of the client",
    "ServerRequest": "requests of the server",
    "ClientNotification": "notifications of the client",
    "ServerNotification": "notifications of the server",
}


class Release:
    """The definitions of one release, by name, and its messages, by method."""

    def __init__(self, folder: Path) -> None:
        definitions: Json = json.loads((folder / BUNDLE).read_text(encoding="utf-8"))["definitions"]
        # Definitions of the second version of the protocol stand in an object of their own.
        inner = definitions.pop("v2", {})
        self.definitions: Json = {**definitions, **{f"v2/{name}": schema for name, schema in inner.items()}}
        self.methods = {
            union: {method_of(branch): branch for branch in self.definitions[union]["oneOf"]} for union in UNIONS
        }
        self.reachable = self._reachable()

    def _reachable(self) -> set[str]:
        """Return the definitions in params or, by the name that codex gives to results, in results."""
        branches = [branch for methods in self.methods.values() for branch in methods.values()]
        found = {name for name in self.definitions if name.endswith("Response")}
        waiting = [branch["properties"].get("params") for branch in branches]
        waiting += [self.definitions[name] for name in found]
        while waiting:
            for name in references(waiting.pop()):
                if name not in found:
                    found.add(name)
                    waiting.append(self.definitions.get(name))
        return found

    def texts(self, schema: Any) -> list[str]:
        """Return the texts that a schema lists, also where it is a reference to such a list."""
        if isinstance(schema, dict) and "$ref" in schema:
            schema = self.definitions.get(schema["$ref"].removeprefix(PREFIX))
        return [text for leaf in leaves_of(schema) for text in texts_in(leaf)]


def method_of(branch: Json) -> str:
    return str(branch["properties"]["method"]["enum"][0])


def references(schema: Any) -> Iterator[str]:
    if isinstance(schema, dict):
        if isinstance(schema.get("$ref"), str):
            yield schema["$ref"].removeprefix(PREFIX)
        schema = list(schema.values())
    if isinstance(schema, list):
        for part in schema:
            yield from references(part)


class Count:
    """Counts the facts between two releases; each fact keeps the places that it was found at.

    The variants of a union count together: a field that comes in three of them counts once.
    """

    def __init__(self, old: Release, new: Release) -> None:
        self.old, self.new = old, new
        self.facts: dict[str, set[str]] = {}
        self.passed: set[tuple[str, str]] = set()
        for union, words in UNIONS.items():
            self._names(words, old.methods[union], new.methods[union], "")
        self._names("definitions", old.reachable, new.reachable, "")
        for name in sorted(old.reachable & new.reachable):
            self._schemas(old.definitions.get(name), new.definitions.get(name), name)

    def _names(self, words: str, old: Iterable[str], new: Iterable[str], place: str) -> None:
        for fact, names in ((f"{words} removed", set(old) - set(new)), (f"{words} added", set(new) - set(old))):
            self.facts.setdefault(fact, set()).update(place + name for name in names)

    def _schemas(self, old: Any, new: Any, place: str) -> None:
        """Compare two schemas of one name; what references lead to is compared by its own name."""
        was, now = Alternatives(old, self.old), Alternatives(new, self.new)
        if was.names() and now.names() and (was.values or now.values):
            self._names("enum values", was.values, now.values, f"{place} ")
            self._names("variants", was.wrapped, now.wrapped, f"{place} ")
            for name in was.wrapped.keys() & now.wrapped.keys():
                self._schemas(was.wrapped[name], now.wrapped[name], place)
        elif was.objects and now.objects:
            self._objects(was.objects, now.objects, place)
        if was.reference and now.reference and was.reference != now.reference:
            self._references(was.reference, now.reference, place)
        for inside in was.inside.keys() & now.inside.keys():
            self._schemas(was.inside[inside], now.inside[inside], place + inside)

    def _references(self, old: str, new: str, place: str) -> None:
        """Compare two definitions at the place that refers to the one after it referred to the other."""
        if (old, new) not in self.passed:
            self.passed.add((old, new))
            self._schemas(self.old.definitions.get(old), self.new.definitions.get(new), place)

    def _objects(self, old: list[Object], new: list[Object], place: str) -> None:
        if len(old) == len(new) == 1:
            self._fields(old[0], new[0], place)
            return
        tag = tag_of(old) or tag_of(new)
        shared = set.intersection(*(thing.required for thing in [*old, *new]))
        was, now = by_name(old, tag, shared), by_name(new, tag, shared)
        self._names("variants", was, now, f"{place} ")
        for name in was.keys() & now.keys():
            inner = [[without(thing, tag) for thing in side[name]] for side in (was, now)]
            self._objects(*inner, place) if tag else self._fields(was[name][0], now[name][0], place)

    def _fields(self, old: Object, new: Object, place: str) -> None:
        self._names("fields", old.fields, new.fields, f"{place}.")
        shared = old.fields.keys() & new.fields.keys()
        required, optional = ({f"{place}.{name}" for name in shared if name in side.required} for side in (new, old))
        self.facts.setdefault("fields that became required", set()).update(required - optional)
        self.facts.setdefault("fields that became optional", set()).update(optional - required)
        for name in shared:
            self._schemas(old.fields[name], new.fields[name], f"{place}.{name}")


@dataclass
class Object:
    """One kind of object that a schema allows."""

    fields: Json
    required: set[str]
    #: The texts that each field may have, where they are listed.
    texts: dict[str, list[str]]


class Alternatives:
    """What a schema may be: listed texts, objects, and what stands inside lists and maps."""

    def __init__(self, schema: Any, release: Release) -> None:
        self.values: set[str] = set()
        #: What stands in objects that consist of one field, by the name of this field.
        self.wrapped: Json = {}
        self.inside: Json = {}
        self.objects: list[Object] = []
        self.reference = only_reference(schema)
        for leaf in leaves_of(schema):
            self.values.update(texts_in(leaf))
            for keyword, sign in (("items", "[]"), ("additionalProperties", "{}")):
                if isinstance(leaf.get(keyword), dict):
                    self.inside[sign] = leaf[keyword]
            fields, required = leaf["properties"], set(leaf["required"])
            if fields or (leaf.get("type") == "object" and not isinstance(leaf.get("additionalProperties"), dict)):
                texts = {name: release.texts(field) for name, field in fields.items()}
                self.objects.append(Object(fields, required, texts))
            if leaf.get("additionalProperties") is False and len(fields) == 1:
                self.wrapped |= fields

    def names(self) -> set[str]:
        """Return the listed texts, and the fields that stand for such a text with more inside."""
        return self.values | self.wrapped.keys()


def leaves_of(schema: Any) -> Iterator[Json]:
    """Yield the alternatives of a schema, each with the fields that all of them share."""
    if not isinstance(schema, dict):
        return
    own = {"properties": schema.get("properties", {}), "required": schema.get("required", [])}
    branches = [branch for keyword in ("anyOf", "oneOf", "allOf") for branch in schema.get(keyword, ())]
    for branch in branches:
        for leaf in leaves_of(branch):
            fields = {**own["properties"], **leaf["properties"]}
            yield {**leaf, "properties": fields, "required": [*own["required"], *leaf["required"]]}
    if not branches:
        yield {**schema, **own}


def only_reference(schema: Any) -> str | None:
    """Return the definition that a schema refers to, where it is nothing else, or null besides."""
    leaves = [leaf for leaf in leaves_of(schema) if leaf.get("type") != "null"]
    reference = leaves[0].get("$ref") if len(leaves) == 1 else None
    return reference.removeprefix(PREFIX) if reference else None


def texts_in(schema: Any) -> list[str]:
    listed = schema.get("enum", ()) if isinstance(schema, dict) else ()
    return [value for value in listed if isinstance(value, str)]


def tag_of(objects: list[Object]) -> str | None:
    """Return the field by whose text several objects are told apart."""
    tags = [{name for name in thing.required if len(thing.texts.get(name, ())) == 1} for thing in objects]
    return min(set.intersection(*tags), default=None) if len(objects) > 1 else None


def by_name(objects: list[Object], tag: str | None, shared: set[str]) -> dict[str, list[Object]]:
    """Sort objects by the texts of their tag; without a tag by the fields that they alone require."""
    named: dict[str, list[Object]] = {}
    for thing in objects:
        for name in thing.texts.get(tag, ()) if tag else ["+".join(sorted(thing.required - shared))]:
            named.setdefault(name, []).append(thing)
    return named


def without(thing: Object, tag: str | None) -> Object:
    fields = {name: field for name, field in thing.fields.items() if name != tag}
    return Object(fields, thing.required - {tag}, thing.texts)


def main(arguments: list[str]) -> int:
    folders = [Path(argument) for argument in arguments if argument != "--json"]
    if len(folders) != 2:
        print(__doc__, file=sys.stderr)
        return 2
    facts = {fact: sorted(places) for fact, places in Count(*map(Release, folders)).facts.items() if places}
    if "--json" in arguments:
        print(json.dumps(facts, indent=1, sort_keys=True))
    else:
        for fact in sorted(facts):
            print(f"{len(facts[fact]):5} {fact}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
