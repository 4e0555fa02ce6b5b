"""Which branch of a union a message means to be.

JSON Schema tries every branch of a ``oneOf`` or ``anyOf`` and says of each what is wrong. A message
means one of them, and shows which: by the kind of value, a text or a list; by a tag, such as
``"type": "agentMessage"``; or by its only field, as serde writes a variant: ``{"subagent": ...}``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from codex_schemas._wording import one_of, shorten
from codex_schemas.document import Json, resolve

__all__ = ["Branch", "Stray", "meant"]

#: The JSON types of each Python type that a parsed message is made of; an integer is a number, too.
_TYPES: dict[type, tuple[str, ...]] = {
    bool: ("boolean",),
    dict: ("object",),
    float: ("number",),
    int: ("integer", "number"),
    list: ("array",),
    str: ("string",),
    type(None): ("null",),
}


@dataclass(frozen=True, slots=True)
class Branch:
    """The one branch that a value means to be."""

    #: Its position in the union.
    index: int
    #: What tells it from the others; empty where the kind of value does.
    tag: str = ""


@dataclass(frozen=True, slots=True)
class Stray:
    """Why a value can be no branch at all."""

    #: Where it goes wrong, as the rest of a JSON pointer.
    path: str
    expected: str
    found: str
    #: The keyword that says so in a schema without branches.
    keyword: str = "enum"
    #: The field that is missing.
    field: str = ""


def meant(document: Json, union: Json, branches: list[Any], value: Any) -> Branch | Stray | None:
    """Return the branch that a value means, or why it means none; None where the branches do not show it.

    Args:
        document: What the references of the branches lead into.
        union: The schema that has the branches, with its ``discriminator`` if it has one.
        branches: The branches, as its ``oneOf`` or ``anyOf`` lists them.
        value: What fits none of them.
    """
    resolved = [_resolved(document, branch) for branch in branches]
    types = [_types(document, branch) for branch in resolved]
    own = _TYPES[type(value)]
    fitting = {index: branch for index, branch in enumerate(resolved) if not types[index] or {*own} & {*types[index]}}
    if not fitting:
        names = dict.fromkeys(name for each in types for name in each)
        return Stray("", " or ".join(names), shorten(value), "type")
    if len(fitting) == 1:
        return Branch(next(iter(fitting)))
    if isinstance(value, dict):
        return _by_discriminator(union, branches, value) or _by_tag(fitting, value) or _by_only_field(fitting, value)
    return _unknown_literal(fitting, value)


def _resolved(document: Json, branch: Any) -> Json:
    while isinstance(branch, dict) and "$ref" in branch:
        branch = resolve(document, branch["$ref"])
    return branch if isinstance(branch, dict) else {}


def _types(document: Json, branch: Json) -> list[str]:
    """Return the JSON types that a branch admits; nothing where it leaves them open."""
    named: str | list[str] = branch.get("type", [])
    if named:
        return [named] if isinstance(named, str) else named
    branches = [*branch.get("oneOf", ()), *branch.get("anyOf", ())]
    inner = [_types(document, _resolved(document, each)) for each in branches]
    return [name for names in inner for name in names] if all(inner) else []


def _literals(schema: Any) -> list[Any]:
    """Return the only values that a schema admits; nothing where it does not list them."""
    if not isinstance(schema, dict):
        return []
    return [schema["const"]] if "const" in schema else schema.get("enum", [])


def _unknown_literal(fitting: Mapping[int, Json], value: Any) -> Stray | None:
    listed = [_literals(branch) for branch in fitting.values()]
    if not all(listed):
        return None
    return Stray("", one_of([literal for literals in listed for literal in literals]), shorten(value))


def _by_discriminator(union: Json, branches: list[Any], value: Json) -> Branch | Stray | None:
    discriminator = union.get("discriminator", {})
    if "mapping" not in discriminator:
        return None
    references = [branch.get("$ref") for branch in branches]
    table = {tag: references.index(target) for tag, target in discriminator["mapping"].items() if target in references}
    return _look_up(discriminator["propertyName"], table, [], value)


def _by_tag(fitting: Mapping[int, Json], value: Json) -> Branch | Stray | None:
    """Find the property that has a text of its own in every branch."""
    tags = {index: _tags(branch) for index, branch in fitting.items()}
    for name in sorted(set.intersection(*(set(found) for found in tags.values()))):
        table = {found[name]: index for index, found in tags.items()}
        if len(table) == len(fitting):
            untagged = [index for index, branch in fitting.items() if name not in branch.get("required", ())]
            return _look_up(name, table, untagged, value)
    return None


def _tags(branch: Json) -> dict[str, str]:
    literals = {name: _literals(schema) for name, schema in branch.get("properties", {}).items()}
    return {name: found[0] for name, found in literals.items() if len(found) == 1 and isinstance(found[0], str)}


def _look_up(name: str, table: Mapping[str, int], untagged: list[int], value: Json) -> Branch | Stray:
    """Read the tag; one branch may do without it."""
    if name not in value:
        if len(untagged) == 1:
            return Branch(untagged[0])
        return Stray("", f"the field {name!r}", "only " + shorten(sorted(value)), "required", name)
    tag = value[name]
    if isinstance(tag, str) and tag in table:
        return Branch(table[tag], tag)
    return Stray(f"/{name}", one_of(sorted(table)), shorten(tag))


def _by_only_field(fitting: Mapping[int, Json], value: Json) -> Branch | Stray | None:
    """Find the branch by the one field that it consists of."""
    table = {}
    for index, branch in fitting.items():
        if list(branch.get("properties", ())) != branch.get("required") or len(branch["required"]) != 1:
            return None
        table[branch["required"][0]] = index
    present = [name for name in table if name in value]
    if not present:
        return Stray("", "a field that is " + one_of(sorted(table)), "only " + shorten(sorted(value)))
    return Branch(table[present[0]], present[0]) if len(present) == 1 else None
