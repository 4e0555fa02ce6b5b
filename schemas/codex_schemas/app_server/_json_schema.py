"""The protocol as JSON Schema: the whole of a release, or one method or type that stands alone."""

from __future__ import annotations

from typing import Any

from codex_schemas._validator import Validator
from codex_schemas._violation import Violation
from codex_schemas.app_server._deviations import corrected
from codex_schemas.app_server.contract import AppServerContract
from codex_schemas.app_server.normal_form import reference_to
from codex_schemas.app_server.references import closure, document_of

__all__ = ["to_json_schema", "validate_type"]


def to_json_schema(contract: AppServerContract, name: str | None = None) -> dict[str, Any]:
    """Return a release as the bundle that its binary emits, prose aside, or one method or type of it.

    A method is an object with ``params`` and ``result``. What is not the whole comes with the
    definitions that it needs, and with no others.

    Raises:
        Problem: The release has no method or type of that name; the closest are named.
    """
    if name is None:
        return document_of(contract.emitted)
    schema = _method(contract, name) if name in contract.methods else contract.definition(name)
    needed = document_of(closure(schema, contract.definitions))
    return {"$schema": needed["$schema"], "title": name, **schema, "definitions": needed["definitions"]}


def validate_type(contract: AppServerContract, value: Any, name: str) -> list[Violation]:
    """Return what is wrong with a value of a type, the most telling first; empty when it fits.

    Raises:
        Problem: The release has no type of that name; the closest are named.
    """
    contract.definition(name)
    schema = {"$ref": reference_to(name if name in contract.definitions else f"v2/{name}")}
    document = document_of(closure(schema, corrected(contract.definitions, contract.version)))
    return Validator(document, schema, name).violations(value)


def _method(contract: AppServerContract, name: str) -> dict[str, Any]:
    method = contract.methods[name]
    parts = {"params": method.params, "result": method.result and {"$ref": reference_to(method.result)}}
    required = [*(["params"] if method.params_required else []), *(["result"] if method.result else [])]
    properties = {part: schema for part, schema in parts.items() if schema is not None}
    return {"type": "object", "properties": properties, "required": required}
