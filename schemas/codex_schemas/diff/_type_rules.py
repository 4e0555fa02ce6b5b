"""The rules for types, null and constraints."""

from __future__ import annotations

from codex_schemas.diff._rule import Example, rule

__all__ = ["TYPE_RULES"]

_TEXT = {"type": "string"}
_NULLABLE = {"type": ["string", "null"]}
_FORMATTED = {"type": "string", "format": "uuid"}
_PLAN = {"type": "string", "enum": ["free", "plus"]}

TYPE_RULES = (
    rule(
        "type-changed",
        "breaking/breaking",
        "Old and new values are of different types.",
        "{place} changed from {old} to {new}.",
        Example(_TEXT, {"type": "integer"}),
    ),
    rule(
        "type-widened",
        "compatible/breaking",
        "Values of more types are allowed than before.",
        "{place} allows more than before: it was {old}, and is {new}.",
        Example(_TEXT, {"type": ["string", "integer"]}),
        mirror="type-narrowed",
    ),
    rule(
        "type-narrowed",
        "breaking/compatible",
        "Values of fewer types are allowed than before.",
        "{place} allows less than before: it was {old}, and is {new}.",
        Example({"type": ["string", "integer"]}, _TEXT),
        mirror="type-widened",
    ),
    rule(
        "type-renamed",
        "compatible/compatible",
        "A type has another name, which no message shows.",
        "The type {old_value} is now called {new_value}.",
        Example(
            {"$ref": "#/definitions/Plan", "definitions": {"Plan": _PLAN}},
            {"$ref": "#/definitions/PlanType", "definitions": {"PlanType": _PLAN}},
        ),
    ),
    rule(
        "definition-lost",
        "dangerous/dangerous",
        "The document refers to a type that it no longer defines, so that nobody can tell what travels there.",
        "The type {name} is no longer defined, though it is referred to.",
        Example({"$ref": "#/definitions/Plan", "definitions": {"Plan": _PLAN}}, {"$ref": "#/definitions/Plan"}),
        mirror="definition-found",
    ),
    rule(
        "definition-found",
        "dangerous/dangerous",
        "The document defines a type that it only referred to before, so that nobody can tell what changed.",
        "The type {name} is now defined; before, it was only referred to.",
        Example({"$ref": "#/definitions/Plan"}, {"$ref": "#/definitions/Plan", "definitions": {"Plan": _PLAN}}),
        mirror="definition-lost",
    ),
    rule(
        "null-allowed",
        "compatible/breaking",
        "A value may now be null.",
        "{place} may now be null.",
        Example(_TEXT, _NULLABLE),
        mirror="null-forbidden",
    ),
    rule(
        "null-forbidden",
        "breaking/compatible",
        "A value may no longer be null.",
        "{place} may no longer be null.",
        Example(_NULLABLE, _TEXT),
        mirror="null-allowed",
    ),
    rule(
        "constraint-tightened",
        "breaking/compatible",
        "A limit of values is tighter than before, or new.",
        "The limits of {place} are tighter: {old_limits}, now {new_limits}.",
        Example(_TEXT, _FORMATTED),
        mirror="constraint-loosened",
    ),
    rule(
        "constraint-loosened",
        "compatible/dangerous",
        "A limit of values is looser than before, or gone: an old reader may meet values beyond it.",
        "The limits of {place} are looser: {old_limits}, now {new_limits}.",
        Example({"type": "integer", "format": "int32"}, {"type": "integer", "format": "int64"}),
        mirror="constraint-tightened",
    ),
    rule(
        "constraint-changed",
        "breaking/dangerous",
        "Limits of values changed, and are neither only tighter nor only looser.",
        "The limits of {place} changed: {old_limits}, now {new_limits}.",
        Example(_FORMATTED, {"type": "string", "format": "date-time"}),
    ),
    rule(
        "schema-changed",
        "breaking/breaking",
        "Keywords changed whose meaning the diff does not know, so that the worst is assumed.",
        "The schema of {place} changed in a way that the diff cannot judge.",
        Example({"type": "string", "not": {"enum": ["a"]}}, {"type": "string", "not": {"enum": ["b"]}}),
    ),
)
