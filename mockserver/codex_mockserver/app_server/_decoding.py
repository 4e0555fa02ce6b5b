"""Reading params as the app-server does: its schemas, in the words of the real one's errors."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from importlib.resources import files
from typing import Any

import msgspec

from codex_mockserver.app_server._decode_words import PATH, SCALARS, DecodeError, mistyped, too_short, word
from codex_mockserver.app_server._errors import RpcError

__all__ = ["Decoder"]

Json = dict[str, Any]
Check = Callable[[Json, Any, str], None]

#: The type whose values are absolute paths.
_ABSOLUTE_PATH = "AbsolutePathBuf"


class _Facts(msgspec.Struct):
    """What the schemas do not say, since they sort fields and variants and a path is any text to them."""

    #: The required fields of a type in the order in which a missing one is found, where that is not the sorted one.
    fields: dict[str, list[str]]
    #: The variants of a union in the order in which errors list them.
    variants: dict[str, list[str]]
    #: Variants that are taken and not in the schemas.
    hidden: dict[str, list[str]]
    #: The tag that a value without one has, by type.
    default_tags: dict[str, str]
    #: What errors call a type.
    names: dict[str, str]
    #: What errors call the part of a variant that has several forms, by tag.
    references: dict[str, str]
    #: The fields that hold paths, and by field the types in which it is any text.
    paths: frozenset[str]
    texts: dict[str, frozenset[str]]


class Decoder:
    """Checks values against the types of a release.

    Args:
        definitions: Every type by its name, such as ``v2/Turn``.
    """

    def __init__(self, definitions: Mapping[str, Any]) -> None:
        self._definitions = definitions
        self._checks: Mapping[str, Check] = {**SCALARS, "array": self._array, "object": self._object}

    def check(self, schema: Any, value: Any) -> None:
        """Refuse a value that does not fit a schema.

        Raises:
            RpcError: It does not; the message names the first misfit.
        """
        try:
            self._check(schema, value, "")
        except DecodeError as error:
            raise RpcError(f"Invalid request: {error}") from None

    def _check(self, schema: Any, value: Any, name: str) -> None:
        if schema is True or not schema:
            return
        if (reference := schema.get("$ref")) is not None:
            self._named(reference.removeprefix("#/definitions/"), value)
            return
        for part in schema.get("allOf", ()):
            self._check(part, value, name)
        for union in ("oneOf", "anyOf"):
            if union in schema:
                self._union(schema[union], value, name)
        if "enum" in schema:
            _variant(value, schema["enum"], {}, name)
        elif "type" in schema:
            self._typed(schema, value, name)

    def _named(self, full: str, value: Any) -> None:
        name = full.rpartition("/")[2]
        if name != _ABSOLUTE_PATH:
            self._check(self._definitions[full], value, name)
            return
        SCALARS["string"](PATH, value, name)
        if not value.startswith("/"):
            raise DecodeError("AbsolutePathBuf deserialized without a base path")

    def _typed(self, schema: Json, value: Any, name: str) -> None:
        kinds = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
        if value is None and "null" in kinds:
            return
        self._checks[next((kind for kind in kinds if kind != "null"), "null")](schema, value, name)

    def _union(self, branches: list[Json], value: Any, name: str) -> None:
        forms = [branch for branch in branches if branch.get("type") != "null"]
        if value is None and len(forms) < len(branches):
            return
        tagged = {tag: branch for branch in forms for tag in _tags(branch)}
        if len(forms) == 1:
            self._check(forms[0], value, name)
        elif len(tagged) >= len(forms):
            value = _with_tag(value, name)
            branch = tagged[_tag(value, tagged, name)]
            self._object(branch, value, name)
            if "anyOf" in branch:
                self._union(branch["anyOf"], value, _facts().references.get(value["type"], name))
        elif all("enum" in branch or _is_keyed(branch) for branch in forms):
            words = [word for branch in forms for word in branch.get("enum", ())]
            contents = {key: part for branch in forms for key, part in branch.get("properties", {}).items()}
            if (key := _variant(value, [*words, *contents], contents, name)) is not None:
                self._check(contents[key], value[key], "")
        elif not any(self._fits(branch, value) for branch in forms):
            raise DecodeError(f"data did not match any variant of untagged enum {name}")

    def _fits(self, schema: Any, value: Any) -> bool:
        try:
            self._check(schema, value, "")
        except DecodeError:
            return False
        return True

    def _object(self, schema: Json, value: Any, name: str) -> None:
        properties = {key: _with_path(name, key, part) for key, part in schema.get("properties", {}).items()}
        required: list[str] = schema.get("required", [])
        if isinstance(value, list) and name:
            # The real one reads a list as the fields in their order; that order is not known here.
            if value or properties:
                raise too_short(len(value), name, len(properties))
            return
        if not isinstance(value, dict):
            raise mistyped(value, f"struct {name}" if name else "a map")
        rest = schema.get("additionalProperties", True)
        for key, content in value.items():
            self._check(properties.get(key, rest), content, "")
        for key in _facts().fields.get(name, required):
            if key not in value and key in required:
                raise DecodeError(f"missing field `{key}`")

    def _array(self, schema: Json, value: Any, _name: str) -> None:
        if not isinstance(value, list):
            raise mistyped(value, "a sequence")
        for content in value:
            self._check(schema.get("items", True), content, "")


@cache
def _facts() -> _Facts:
    return msgspec.json.decode(files(__package__).joinpath("data/decoding.json").read_bytes(), type=_Facts)


def _with_path(name: str, key: str, schema: Any) -> Any:
    """Return the schema of a field, which names what holds a path."""
    facts = _facts()
    if key not in facts.paths or name in facts.texts.get(key, ()) or not isinstance(schema, dict):
        return schema
    if isinstance(schema.get("items"), dict) and schema["items"].get("type") == "string":
        return {**schema, "items": PATH}
    return {**schema, **PATH, "type": schema["type"]} if "string" in schema.get("type", ()) else schema


def _is_keyed(branch: Json) -> bool:
    """Tell whether a branch is an object whose only key names it."""
    return branch.get("additionalProperties") is False and len(branch.get("properties", {})) == 1


def _tags(branch: Json) -> list[str]:
    tags: list[str] = branch.get("properties", {}).get("type", {}).get("enum", [])
    return tags


def _with_tag(value: Any, name: str) -> Any:
    """Return a value with the tag that its type has where a client leaves it out."""
    tag = _facts().default_tags.get(name)
    return {"type": tag, **value} if tag is not None and isinstance(value, dict) else value


def _tag(value: Any, tagged: Mapping[str, Json], name: str) -> str:
    """Return the tag by which a value says which branch it is."""
    if isinstance(value, dict) and "type" in value:
        tag = value["type"]
        if isinstance(tag, int) and not isinstance(tag, bool) and tag >= 0:
            raise DecodeError(f"invalid value: integer `{tag}`, expected variant index 0 <= i < {len(tagged)}")
        if not isinstance(tag, str):
            raise mistyped(tag, "variant identifier")
        return word(tag, list(tagged))
    if isinstance(value, dict) or value == []:
        raise DecodeError("missing field `type`")
    raise mistyped(value, f"internally tagged enum {_facts().names.get(name, name)}")


def _variant(value: Any, words: list[str], contents: Mapping[str, Any], name: str) -> str | None:
    """Return the key of a value that is an object with one; None of one that is a word."""
    known = _listed(words, name)
    if not isinstance(value, dict):
        if word(value, known) in contents:
            raise DecodeError("invalid type: unit variant, expected newtype variant")
        return None
    if len(value) != 1:
        raise DecodeError("invalid value: map, expected map with a single key")
    key = word(next(iter(value)), known)
    if key not in contents:
        raise mistyped(value[key], "unit")
    return key


def _listed(words: list[str], name: str) -> list[str]:
    """Return the variants of a union as errors list them, with those that the schemas leave out."""
    facts = _facts()
    every = [*words, *facts.hidden.get(name, ())]
    order = facts.variants.get(name, [])
    # A release that spells a variant otherwise lists it after those whose order is known.
    return [*(each for each in order if each in every), *(each for each in every if each not in order)]
