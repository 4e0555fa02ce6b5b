"""Deciding whether a message fits a schema, and saying why not.

Two libraries share the work. ``jsonschema_rs`` answers yes or no in microseconds and is
asked first; only for a refused message does ``jsonschema`` explain. Tagged unions are
followed to the branch that the tag names, so a wrong field gives one clear violation
and not one for each branch of the union.
"""

from __future__ import annotations

import json
from functools import cached_property
from typing import Any

from codex_schemas._document import Json, resolve
from codex_schemas._violation import ContractError, Violation

__all__ = ["Validator", "shorten"]

#: A ``jsonschema.ValidationError``, whose published types are too loose to be of use.
Error = Any

_LONGEST = 80


def shorten(value: Any) -> str:
    """Return a value as one short line of JSON, for messages."""
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 3]}..."


class Validator:
    """Checks messages against one schema of a document.

    Args:
        document: The whole document, for its references.
        schema: The schema to check against; its references are local to ``document``.
        name: What to call the schema in violations.
    """

    def __init__(self, document: Json, schema: Json, name: str) -> None:
        self._document = document
        self._schema = schema
        self.name = name

    def is_valid(self, message: Any) -> bool:
        """Tell whether the message fits, without saying why."""
        accepted: bool = self._fast.is_valid(message)
        return accepted

    def violations(self, message: Any) -> list[Violation]:
        """Return what is wrong with the message, the most telling first; empty when it fits."""
        if self.is_valid(message):
            return []
        schema, name = self._branch(message)
        errors = sorted(self._slow(schema).iter_errors(message), key=lambda error: len(error.absolute_path))
        found = [_violation(name, leaf) for error in errors for leaf in self._leaves(error)]
        return found or [Violation(name, "", "a message that fits the schema", shorten(message))]

    def check(self, message: Any) -> None:
        """Raise :class:`ContractError` unless the message fits."""
        if violations := self.violations(message):
            raise ContractError(violations[0].where, violations)

    @cached_property
    def _fast(self) -> Any:
        import jsonschema_rs  # noqa: PLC0415 (heavy, and not needed by every user of a contract)

        return jsonschema_rs.Draft202012Validator(self._rooted(self._schema))

    def _slow(self, schema: Json) -> Any:
        import jsonschema  # noqa: PLC0415 (100 ms that only a refused message needs)

        return jsonschema.Draft202012Validator(self._rooted(schema))

    def _rooted(self, schema: Json) -> Json:
        """Give the schema the document's components, so that its local references resolve."""
        return {**schema, "components": self._document.get("components", {})}

    def _branch(self, message: Any) -> tuple[Json, str]:
        """Follow references and tags down to the schema that the message means to fit."""
        schema, name = self._schema, self.name
        while reference := schema.get("$ref") or _tagged(schema, message):
            schema, name = resolve(self._document, reference), reference.rsplit("/", 1)[-1]
        return schema, name

    def _leaves(self, error: Error) -> list[Error]:
        """Replace a failed union by what its tagged branch says, or by its closest branch."""
        if error.validator not in ("oneOf", "anyOf") or not error.context:
            return [error]
        target = _tagged(error.schema, error.instance)
        if target is not None:
            branches = [str(branch.get("$ref", "")) for branch in error.validator_value]
            named = [e for e in error.context if branches[int(e.schema_path[0])] == target]
            return [leaf for e in named for leaf in self._leaves(e)] or [error]
        if "discriminator" in error.schema and isinstance(error.instance, dict):
            return [error]
        deepest = max(error.context, key=lambda e: (len(e.absolute_path), e.validator != "type"))
        return self._leaves(deepest)


def _tagged(schema: Any, message: Any) -> str | None:
    """Return the reference that the message's tag names in a tagged union, if there is one."""
    if not isinstance(schema, dict) or not isinstance(message, dict):
        return None
    tag = schema.get("discriminator")
    if not tag:
        return None
    value = message.get(tag["propertyName"])
    target: str | None = tag.get("mapping", {}).get(value) if isinstance(value, str) else None
    return target


def _violation(name: str, error: Error) -> Violation:
    pointer = "".join(f"/{step}" for step in error.absolute_path)
    return Violation(name, pointer, _expectation(error), _finding(error))


def _expectation(error: Error) -> str:
    """Say what the failed keyword wants, in words."""
    value: Any = error.validator_value
    phrases = {
        "type": lambda: " or ".join(value) if isinstance(value, list) else str(value),
        "enum": lambda: "one of " + shorten(value),
        "const": lambda: shorten(value),
        "required": lambda: f"the field {error.message.split(' ', 1)[0]}",
        "additionalProperties": lambda: "no other fields than " + shorten(sorted(error.schema.get("properties", {}))),
        "pattern": lambda: f"text that matches {value}",
    }
    if tag := error.schema.get("discriminator"):
        return f"a {tag['propertyName']} of " + shorten(sorted(tag["mapping"]))
    phrase = phrases.get(str(error.validator))
    return phrase() if phrase else f"{error.validator} {shorten(value)}"


def _finding(error: Error) -> str:
    if error.validator == "required":
        return "only " + shorten(sorted(error.instance))
    if error.validator == "additionalProperties":
        return "also " + shorten(sorted(set(error.instance) - set(error.schema.get("properties", {}))))
    return shorten(error.instance)
