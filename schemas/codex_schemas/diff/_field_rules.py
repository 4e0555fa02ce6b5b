"""The rules for the fields of objects."""

from __future__ import annotations

from typing import Any

from codex_schemas.diff._rule import Example, rule

__all__ = ["FIELD_RULES"]

_TEXT = {"type": "string"}
_NUMBER = {"type": "integer"}


def _object(*required: str, closed: bool = False, **properties: Any) -> dict[str, Any]:
    """Return the schema of an object, with a field that never changes."""
    fields = {"id": _TEXT, **properties}
    schema = {"type": "object", "properties": fields, "required": ["id", *required]}
    return {**schema, "additionalProperties": False} if closed else schema


FIELD_RULES = (
    rule(
        "required-field-added",
        "breaking/compatible",
        "An object must have a field that it did not have: what an old sender makes is refused.",
        "{owner} has a new required field {name}: {new}.",
        Example(_object(), _object("cwd", cwd=_TEXT)),
        mirror="required-field-removed",
        strict="breaking/breaking",
    ),
    rule(
        "optional-field-added",
        "compatible/compatible",
        "An object may have a new field: who does not know it leaves it aside.",
        "{owner} has a new optional field {name}: {new}.",
        Example(_object(), _object(cwd=_TEXT)),
        mirror="optional-field-removed",
        strict="compatible/breaking",
    ),
    rule(
        "required-field-removed",
        "compatible/breaking",
        "A field that an object always had is gone: who reads it misses it.",
        "{owner} no longer has its required field {name}.",
        Example(_object("cwd", cwd=_TEXT), _object()),
        mirror="required-field-added",
        strict="breaking/breaking",
    ),
    rule(
        "optional-field-removed",
        "dangerous/dangerous",
        "A field that an object might have is gone: who sends it is not heard, and who reads it finds nothing.",
        "{owner} no longer has its optional field {name}.",
        Example(_object(cwd=_TEXT), _object()),
        mirror="optional-field-added",
        strict="breaking/dangerous",
    ),
    rule(
        "field-renamed",
        "breaking/breaking",
        "A required field has another name, with the same content.",
        "The required field {old_value} of {owner} is now called {new_value}.",
        Example(_object("cwd", cwd=_TEXT), _object("cwdPath", cwdPath=_TEXT)),
    ),
    rule(
        "optional-field-renamed",
        "dangerous/dangerous",
        "An optional field has another name, with the same content.",
        "The optional field {old_value} of {owner} is now called {new_value}.",
        Example(_object(cwd=_TEXT), _object(cwdPath=_TEXT)),
        strict="breaking/breaking",
    ),
    rule(
        "field-became-required",
        "breaking/compatible",
        "A field that might be left out must now be there.",
        "The field {name} of {owner} is now required.",
        Example(_object(cwd=_TEXT), _object("cwd", cwd=_TEXT)),
        mirror="field-became-optional",
    ),
    rule(
        "field-became-optional",
        "compatible/breaking",
        "A field that was always there may now be left out.",
        "The field {name} of {owner} is now optional.",
        Example(_object("cwd", cwd=_TEXT), _object(cwd=_TEXT)),
        mirror="field-became-required",
    ),
    rule(
        "field-promoted",
        "compatible/compatible",
        "An optional field that was experimental became stable.",
        "The field {name} of {owner} is no longer experimental.",
        Example(_object(), _object(cwd=_TEXT), old_wider=_object(cwd=_TEXT)),
        mirror="field-demoted",
        strict="compatible/breaking",
    ),
    rule(
        "field-demoted",
        "breaking/dangerous",
        "A stable optional field became experimental: who sends it without asking for the experimental API is refused.",
        "The field {name} of {owner} became experimental.",
        Example(_object(cwd=_TEXT), _object(), new_wider=_object(cwd=_TEXT)),
        mirror="field-promoted",
    ),
    rule(
        "default-changed",
        "dangerous/dangerous",
        "Where a field is left out, old and new readers take different values.",
        "The default of {place} changed from {old_value} to {new_value}.",
        Example(_object(limit={**_NUMBER, "default": 10}), _object(limit={**_NUMBER, "default": 20})),
    ),
    rule(
        "default-added",
        "compatible/compatible",
        "The value that is taken where a field is left out is now stated.",
        "The default of {place} is now stated: {new_value}.",
        Example(_object(limit=_NUMBER), _object(limit={**_NUMBER, "default": 20})),
        mirror="default-removed",
    ),
    rule(
        "default-removed",
        "compatible/compatible",
        "The value that is taken where a field is left out is no longer stated.",
        "The default of {place} is no longer stated; it was {old_value}.",
        Example(_object(limit={**_NUMBER, "default": 20}), _object(limit=_NUMBER)),
        mirror="default-added",
    ),
    rule(
        "additional-fields-forbidden",
        "breaking/compatible",
        "An object may no longer have fields that it does not name.",
        "{place} no longer allows fields that it does not name.",
        Example(_object(), _object(closed=True)),
        mirror="additional-fields-allowed",
    ),
    rule(
        "additional-fields-allowed",
        "compatible/breaking",
        "An object may now have fields that it does not name.",
        "{place} now allows fields that it does not name.",
        Example(_object(closed=True), _object()),
        mirror="additional-fields-forbidden",
    ),
)
