"""Deciding whether a message fits a schema, and saying why not.

Two libraries share the work. ``jsonschema_rs`` answers yes or no in microseconds and is
asked first; only for a refused message does ``jsonschema`` explain. A union is explained by the
branch that the message means, so a wrong field gives one clear violation and not one for each branch.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cached_property
from typing import Any

from codex_schemas._openness import Openness
from codex_schemas._references import references
from codex_schemas._unions import Branch, Stray, meant
from codex_schemas._violation import ContractError, Violation
from codex_schemas._wording import one_of, shorten
from codex_schemas.document import Json, resolve

__all__ = ["Validator"]

#: A ``jsonschema.ValidationError``, whose published types are too loose to be of use.
Error = Any

#: The parts of a document that its schemas refer to, and the draft that they are written in.
_SHARED = ("$schema", "components", "definitions")


class Validator:
    """Checks messages against one schema of a document.

    Args:
        document: The whole document, for its references; without ``$schema`` it is of the draft 2020-12.
        schema: The schema to check against; its references are local to ``document``.
        name: What to call the schema in violations.
    """

    def __init__(self, document: Json, schema: Json, name: str) -> None:
        self._document = document
        self._rooted = {**{key: document[key] for key in _SHARED if key in document}, **schema}
        self.name = name

    def is_valid(self, message: Any) -> bool:
        """Tell whether the message fits, without saying why."""
        accepted: bool = self._fast.is_valid(message)
        return accepted

    def violations(self, message: Any) -> list[Violation]:
        """Return what is wrong with the message, the most telling first; empty when it fits."""
        if self.is_valid(message):
            return []
        found = [each for error in self._slow.iter_errors(message) for each in self._explained(error, self.name)]
        found.sort(key=lambda violation: violation.path.count("/"))
        return found or [Violation(self.name, "", "a message that fits the schema", shorten(message))]

    def check(self, message: Any) -> None:
        """Raise :class:`ContractError` unless the message fits."""
        if violations := self.violations(message):
            raise ContractError(violations[0].where, violations)

    def widened(self, message: Any, *, with_members: bool = True) -> Any:
        """Return the message with fields, and members of open enumerations, that nobody knows; it fits as before."""
        return Openness(self._document, with_members=with_members).widened(self._rooted, message)

    @cached_property
    def _fast(self) -> Any:
        import jsonschema_rs  # noqa: PLC0415 (heavy, and not needed by every user of a contract)

        return jsonschema_rs.validator_for(self._rooted)

    @cached_property
    def _slow(self) -> Any:
        import jsonschema  # noqa: PLC0415 (100 ms that only a refused message needs)

        draft = jsonschema.validators.validator_for(self._rooted, default=jsonschema.Draft202012Validator)
        return draft(self._rooted)

    def _explained(self, error: Error, where: str) -> Iterator[Violation]:
        """Replace a failed union by what the branch that the message means says, or its closest branch."""
        if error.validator not in ("oneOf", "anyOf") or not error.context:
            pointer, keyword = _pointer(error), str(error.validator or "")
            yield Violation(where, pointer, _expectation(error), _finding(error), keyword, _field(error))
            return
        choice = meant(self._document, error.schema, error.validator_value, error.instance)
        match choice:
            case Stray():
                if isinstance(error.instance, dict) and choice.keyword != "type":
                    where = self._name_of(error.schema) or where
                pointer = _pointer(error) + choice.path
                yield Violation(where, pointer, choice.expected, choice.found, choice.keyword, choice.field)
            case Branch():
                where = self._branch_name(error, choice) or where
                for inner in error.context:
                    if inner.schema_path[0] == choice.index:
                        yield from self._explained(inner, where)
            case None:
                deepest = max(error.context, key=lambda inner: (len(inner.absolute_path), inner.validator != "type"))
                yield from self._explained(deepest, where)

    def _branch_name(self, union: Error, branch: Branch) -> str | None:
        """Name a branch: by its own name, or by the union's name and the tag; None where it has neither."""
        schema = union.validator_value[branch.index]
        if not branch.tag:
            return None
        if "$ref" in schema:
            return _last_step(schema["$ref"])
        name = self._name_of(union.schema)
        return f"{name}[{branch.tag}]" if name else None

    def _name_of(self, schema: Json) -> str | None:
        """Return the name of the definition that this very schema is; others may look alike."""
        return next((name for name, known in self._definitions if known is schema), None)

    @cached_property
    def _definitions(self) -> list[tuple[str, Any]]:
        """Every definition that something in the document refers to, with its short name."""
        known = sorted(set(references(self._document)))
        return [(_last_step(reference), resolve(self._document, reference)) for reference in known]


def _last_step(reference: str) -> str:
    return reference.rsplit("/", 1)[-1]


def _pointer(error: Error) -> str:
    return "".join(f"/{step}" for step in error.absolute_path)


def _expectation(error: Error) -> str:
    """Say what the failed keyword wants, in words."""
    value: Any = error.validator_value
    phrases: dict[str, Callable[[], str]] = {
        "type": lambda: " or ".join(value) if isinstance(value, list) else str(value),
        "enum": lambda: one_of(value) if len(value) > 1 else shorten(value[0]),
        "const": lambda: shorten(value),
        "required": lambda: f"the field {error.message.split(' ', 1)[0]}",
        "additionalProperties": lambda: "no other fields than " + shorten(sorted(error.schema.get("properties", {}))),
        "pattern": lambda: f"text that matches {value}",
        "minimum": lambda: f"at least {value:g}",
        "oneOf": lambda: "exactly one of its forms",
        "not": lambda: f"not {shorten(value)}" if value else "nothing here",
    }
    phrase = phrases.get(str(error.validator))
    return phrase() if phrase else f"{error.validator} {shorten(value)}"


def _field(error: Error) -> str:
    """Return the field that is missing, or the first that the schema does not know."""
    if error.validator == "required":
        return str(error.message.split("'")[1])
    if error.validator == "additionalProperties":
        return next(iter(_unknown_fields(error)), "")
    return ""


def _finding(error: Error) -> str:
    if error.validator == "required":
        return "only " + shorten(sorted(error.instance))
    if error.validator == "additionalProperties":
        return "also " + shorten(sorted(_unknown_fields(error)))
    return shorten(error.instance)


def _unknown_fields(error: Error) -> list[str]:
    return [name for name in error.instance if name not in error.schema.get("properties", {})]
