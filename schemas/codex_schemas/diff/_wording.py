"""Telling a change in one plain sentence."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from codex_schemas.diff._difference import Difference, Step, written
from codex_schemas.diff._limits import LIMITS
from codex_schemas.diff._protocol import Side, short_name

__all__ = ["describe", "sentence"]

Json = dict[str, Any]

#: How many names a list shows before it says how many more there are.
_SHOWN = 6
_LIMITING = tuple(dict.fromkeys(keyword for keywords in LIMITS.values() for keyword in keywords))


def sentence(wording: str, difference: Difference, root: str, sender: Side | None = None) -> str:
    """Return what a difference says, by the wording of its rule.

    Args:
        wording: With the placeholders ``owner`` and ``name`` (of a field or variant), ``place`` (both),
            ``old`` and ``new`` (schemas in words), ``old_value``, ``new_value``, ``old_limits``,
            ``new_limits``, ``variants``, ``sender``, and for what may be a value or a variant
            ``item`` and ``union``.
        difference: What was found.
        root: The type or message to which its path belongs.
        sender: Who sends the message.
    """
    old, new = difference.old, difference.new
    several = Step("variant", "|".join(difference.variants))
    path = tuple(step for step in difference.path if step != several)
    is_variant = bool(path) and path[-1].kind == "variant"
    owner, place = root + written(path[:-1]), root + written(path)
    name = path[-1].name if path else root
    told = wording.format(
        sender=sender,
        owner=owner,
        place=place,
        name=name,
        union=owner if is_variant else place,
        item=name if is_variant else _value(new if old is None else old),
        old=describe(old),
        new=describe(new),
        old_value=_value(old),
        new_value=_value(new),
        old_limits=_limits(old),
        new_limits=_limits(new),
        variants=_listed(difference.variants),
    )
    if not difference.variants or "{variants}" in wording:
        return told
    which = f"the variants {_listed(difference.variants)}" if several in difference.path else "each of its variants"
    return f"{told.removesuffix('.')} (in {which})."


def describe(schema: Any) -> str:
    """Return a schema in a few words, such as ``list of Turn``."""
    if not isinstance(schema, dict):
        return "nothing" if schema is False else "anything"
    if "$ref" in schema:
        return short_name(schema["$ref"])
    told = next((tell(schema[keyword]) for keyword, tell in _TOLD.items() if keyword in schema), None)
    return told or _types(schema)


def _types(schema: Json) -> str:
    types = schema.get("type", [])
    named = [types] if isinstance(types, str) else types
    return " or ".join(_type(name, schema) for name in named) or "anything"


def _type(name: str, schema: Json) -> str:
    if name == "array":
        return f"list of {describe(schema.get('items'))}"
    if name == "object" and "properties" in schema:
        return f"object with {_listed(tuple(schema['properties']))}"
    if name == "object" and isinstance(schema.get("additionalProperties"), dict):
        return f"map of {describe(schema['additionalProperties'])}"
    limited = [str(schema["format"])] if "format" in schema and name in ("string", "integer", "number") else []
    return f"{name} ({limited[0]})" if limited else name


def _alternatives(members: list[Any]) -> str:
    tags = [next(_tags(member), None) if isinstance(member, dict) else None for member in members]
    if len(tags) > 1 and None not in tags:
        return f"one of the variants {_listed(tuple(filter(None, tags)))}"
    told = list(dict.fromkeys(map(describe, members)))
    return " or ".join(told) if len(told) <= _SHOWN // 2 else f"one of {len(told)} alternatives"


def _tags(schema: Json) -> Iterator[str]:
    """Return the values of fields that can only have this one."""
    for inner in schema.get("properties", {}).values():
        if isinstance(inner, dict):
            values = [inner["const"]] if "const" in inner else inner.get("enum", [])
            yield from map(_value, values if len(values) == 1 else [])


def _value(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def _limits(schema: Any) -> str:
    limits = [f"{key} {_value(schema[key])}" for key in _LIMITING if key in schema] if isinstance(schema, dict) else []
    return ", ".join(limits) or "none"


def _listed(names: tuple[str, ...], word: str = "and") -> str:
    if len(names) > _SHOWN:
        return ", ".join(names[: _SHOWN - 1]) + f" {word} {len(names) - _SHOWN + 1} more"
    return f" {word} ".join(filter(None, [", ".join(names[:-1]), names[-1] if names else "no fields"]))


#: How a schema is told by the first of these keywords that it has.
_TOLD: Mapping[str, Callable[[Any], str]] = {
    "const": _value,
    "enum": lambda values: _listed(tuple(map(_value, values)), "or"),
    "anyOf": _alternatives,
    "oneOf": _alternatives,
    "allOf": _alternatives,
}
