"""Giving messages the shape that a release has: no field that it does not know, none missing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any

__all__ = ["Shaper"]

Json = dict[str, Any]
Shape = Callable[[Any], Any]

#: What is left out instead of null, by type; ``*`` stands for every field.
_LEFT_OUT: dict[str, frozenset[str]] = {
    "v2/ConfigLayer": frozenset({"disabledReason"}),
    "v2/ConfigReadResponse": frozenset({"layers"}),
    "v2/EnvironmentStatusResponse": frozenset({"error"}),
    "v2/McpServerToolCallResponse": frozenset("*"),
    "v2/Resource": frozenset("*"),
    "v2/ResourceContent": frozenset({"_meta"}),
    "v2/ResourceTemplate": frozenset("*"),
    "v2/ResponseItem": frozenset("*"),
    "v2/SkillMetadata": frozenset({"dependencies", "interface", "shortDescription"}),
    "v2/ThreadItem": frozenset({"mcpAppResourceUri"}),
    "v2/Tool": frozenset("*"),
}

#: Types that hold more than the schemas say.
_OPEN = frozenset({"v2/InternalChatMessageMetadataPassthrough"})


class Shaper:
    """Shapes values to the types of a release; what a type does to a value is worked out once.

    Args:
        definitions: Every type by its name, such as ``v2/Turn``.
    """

    def __init__(self, definitions: Mapping[str, Any]) -> None:
        self._definitions = definitions
        self._named: dict[str, Shape] = {}

    def shape(self, schema: Any) -> Shape:
        """Return what gives a value the shape of a schema.

        Unknown fields go, unless the type is open. A field that is missing and may be null becomes null,
        one with a default gets it.
        """
        if not isinstance(schema, dict) or not schema:
            return _same
        if "$ref" in schema:
            return self._reference(schema["$ref"].removeprefix("#/definitions/"))
        if len(schema.get("allOf", ())) == 1:
            return self.shape(schema["allOf"][0])
        if branches := schema.get("oneOf") or schema.get("anyOf"):
            common = schema.get("properties", {})
            return self._union([self._with(common, branch) for branch in branches if branch.get("type") != "null"])
        return self._plain(schema)

    def _with(self, common: Json, branch: Json) -> Json:
        """Return a branch of a union with the fields that all its branches have."""
        if not common:
            return branch
        whole = self._resolved(branch)
        return {**whole, "properties": {**common, **whole.get("properties", {})}}

    def _reference(self, name: str) -> Shape:
        """Return the shape of a named type; it is looked up late, since a type may lead back to itself."""
        if name in _OPEN:
            return _same
        if name not in self._named:
            self._named[name] = _same
            shape = self.shape(self._definitions[name])
            self._named[name] = _without_nulls(shape, _LEFT_OUT[name]) if name in _LEFT_OUT else shape
        named = self._named

        def as_named(value: Any) -> Any:
            return named[name](value)

        return as_named

    def _plain(self, schema: Json) -> Shape:
        if "properties" in schema:
            return self._object(schema)
        if isinstance(schema.get("items"), dict):
            return _each(self.shape(schema["items"]))
        if isinstance(schema.get("additionalProperties"), dict):
            return _values(self.shape(schema["additionalProperties"]))
        return _same

    def _object(self, schema: Json) -> Shape:
        shapes = {name: self.shape(content) for name, content in schema["properties"].items()}
        is_open = schema.get("additionalProperties") is True
        blank = {name: _blank(content) for name, content in schema["properties"].items() if _has_blank(content)}

        def as_object(value: Any) -> Any:
            if not isinstance(value, dict):
                return value
            shaped = blank.copy()
            for name, content in value.items():
                if name in shapes:
                    shaped[name] = content if content is None else shapes[name](content)
                elif is_open:
                    shaped[name] = content
            return shaped

        return as_object

    def _union(self, branches: list[Json]) -> Shape:
        if len(branches) == 1:
            return self.shape(branches[0])
        resolved = [(branch, self._resolved(branch)) for branch in branches]
        tag = _tag([whole for _, whole in resolved])
        words = [(word, branch) for branch, whole in resolved for word in _words(whole.get("properties", {}).get(tag))]
        # Branches with the same word are told apart by what they need.
        counts = Counter(word for word, _ in words)
        tagged = {word: self.shape(branch) for word, branch in words if counts[word] == 1}
        keyed = [
            (frozenset(whole.get("required", ())), self.shape(branch))
            for branch, whole in resolved
            if "properties" in whole
        ]

        def as_branch(value: Any) -> Any:
            if not isinstance(value, dict):
                return value
            if (shape := tagged.get(value.get(tag))) is not None:
                return shape(value)
            return next((shape(value) for required, shape in keyed if required <= value.keys()), value)

        return as_branch

    def _resolved(self, schema: Json) -> Json:
        while "$ref" in schema:
            schema = self._definitions[schema["$ref"].removeprefix("#/definitions/")]
        return schema


def _tag(branches: list[Json]) -> str:
    """Return the field whose word tells the branches of a union apart."""
    named = [branch["properties"] for branch in branches if "properties" in branch]
    tags = [name for name in (named[0] if named else ()) if all(_words(each.get(name)) for each in named)]
    return tags[0] if tags and "type" not in tags else "type"


def _words(schema: Any) -> Any:
    """Return the words that a field may be; nothing where it may be something else."""
    return schema.get("enum", ()) if isinstance(schema, dict) else ()


def _without_nulls(shape: Shape, fields: frozenset[str]) -> Shape:
    def as_lean(value: Any) -> Any:
        shaped = shape(value)
        if not isinstance(shaped, dict):
            return shaped
        return {
            name: content
            for name, content in shaped.items()
            if content is not None or not ("*" in fields or name in fields)
        }

    return as_lean


def _same(value: Any) -> Any:
    return value


def _each(shape: Shape) -> Shape:
    return lambda value: [shape(item) for item in value] if isinstance(value, list) else value


def _values(shape: Shape) -> Shape:
    return lambda value: {name: shape(item) for name, item in value.items()} if isinstance(value, dict) else value


def _has_blank(schema: Any) -> bool:
    return isinstance(schema, dict) and ("default" in schema or _is_nullable(schema))


def _blank(schema: Json) -> Any:
    return schema.get("default")


def _is_nullable(schema: Json) -> bool:
    kinds = schema.get("type", ())
    return "null" in kinds if isinstance(kinds, list) else any(_is_null(part) for part in schema.get("anyOf", ()))


def _is_null(schema: Any) -> bool:
    return isinstance(schema, dict) and schema.get("type") == "null"
