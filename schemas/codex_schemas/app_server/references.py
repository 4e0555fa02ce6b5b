"""The definitions that a schema needs, and the document that its references lead into."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from codex_schemas._references import references
from codex_schemas.app_server.normal_form import name_of

__all__ = ["closure", "document_of"]

Json = dict[str, Any]

#: The draft that codex emits its schemas in.
_DRAFT = "http://json-schema.org/draft-07/schema#"


def closure(schema: Any, definitions: Mapping[str, Any]) -> Json:
    """Return the definitions that a schema refers to, those that they refer to, and so on."""
    needed: Json = {}
    waiting = [*references(schema)]
    while waiting:
        name = name_of(waiting.pop())
        if name not in needed:
            needed[name] = definitions[name]
            waiting += references(definitions[name])
    return needed


def document_of(definitions: Mapping[str, Any]) -> Json:
    """Return a document in which references such as ``#/definitions/v2/Turn`` lead to the definitions."""
    nested: Json = {}
    for name, schema in definitions.items():
        namespace, _, short = name.rpartition("/")
        (nested.setdefault(namespace, {}) if namespace else nested)[short] = schema
    return {"$schema": _DRAFT, "definitions": nested}
