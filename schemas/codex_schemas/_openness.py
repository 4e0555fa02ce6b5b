"""Messages that use what their schema leaves open: fields and members of enumerations that nobody knows yet."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from codex_schemas._unions import Branch, meant
from codex_schemas.document import Json, resolve

__all__ = ["UNKNOWN", "Openness"]

#: The name of every unknown field and member.
UNKNOWN = "testkit_unknown"

#: What an unknown field holds: values of every kind.
_ANYTHING = {"text": "", "number": 0.5, "flag": True, "list": [None], "object": {}}

#: A schema that allows nothing more.
_CLOSED: Json = {"additionalProperties": False}


class Openness:
    """Widens messages of one document.

    Args:
        document: What the references of its schemas lead into.
        with_members: Whether enumerations are widened too, and not only objects.
    """

    def __init__(self, document: Json, *, with_members: bool) -> None:
        self._document = document
        self._with_members = with_members

    def widened(self, schema: Json, value: Any) -> Any:
        """Return a value with an unknown field in each object, and an unknown member for each open enumeration.

        It stays as it is where its schema does not allow more, so what fits the schema still does.
        """
        views = list(self._views(schema, value))
        if isinstance(value, dict):
            known = {name: self._through(_of_field(views, name), part) for name, part in value.items()}
            return {**known, UNKNOWN: _ANYTHING} if all(map(_is_open, views)) else known
        if isinstance(value, list):
            items = [view["items"] for view in views if isinstance(view.get("items"), dict)]
            return [self._through(items, part) for part in value]
        if self._with_members and isinstance(value, str) and any("x-open-enum" in view for view in views):
            return UNKNOWN
        return value

    def _through(self, schemas: list[Json], value: Any) -> Any:
        """Return a value widened as all of these schemas together let it."""
        return self.widened({"allOf": schemas}, value) if schemas else value

    def _views(self, schema: Json, value: Any) -> Iterator[Json]:
        """Yield every schema that a value has to fit, behind references and in its branches."""
        if not isinstance(schema, dict):
            return
        yield schema
        if "$ref" in schema:
            yield from self._views(resolve(self._document, schema["$ref"]), value)
        for part in schema.get("allOf", ()):
            yield from self._views(part, value)
        for keyword in ("oneOf", "anyOf"):
            if keyword in schema:
                yield from self._views(self._branch(schema, schema[keyword], value), value)

    def _branch(self, union: Json, branches: list[Json], value: Any) -> Json:
        """Return the branch that a value means, or the first that it fits."""
        choice = meant(self._document, union, branches, value)
        if isinstance(choice, Branch):
            return branches[choice.index]
        from codex_schemas._validator import Validator  # noqa: PLC0415 (the validator offers this module's work)

        fitting = (branch for branch in branches if Validator(self._document, branch, "").is_valid(value))
        return next(fitting, _CLOSED)


def _is_open(view: Json) -> bool:
    """Tell whether a schema lets an object have any further field."""
    return view.get("additionalProperties", True) is True and "propertyNames" not in view


def _of_field(views: list[Json], name: str) -> list[Json]:
    """Return what the schemas of an object say of one of its fields."""
    own = [view["properties"][name] for view in views if name in view.get("properties", {})]
    return own or [view["additionalProperties"] for view in views if isinstance(view.get("additionalProperties"), dict)]
