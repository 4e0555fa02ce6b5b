"""Small values that fit: params for each method, made from their schemas."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from codex_schemas.app_server.contract import AppServerContract

__all__ = ["example_params", "param_names"]

#: The value of each type that stands for all others.
_VALUES: dict[str, Any] = {"string": "x", "integer": 1, "number": 1, "boolean": True, "null": None}

#: Types whose text has a form.
_TEXTS = {"AbsolutePathBuf": "/x"}


def example_params(contract: AppServerContract, method: str) -> Any:
    """Return the smallest params of a method: what is required, and nothing else; None where it has none.

    Raises:
        Problem: The release has no such method.
    """
    return _example(contract, contract.method(method).params)


def param_names(contract: AppServerContract, method: str) -> list[str]:
    """Return every field that the params of a method may have.

    Raises:
        Problem: The release has no such method.
    """
    return list(dict.fromkeys(_names(contract, contract.method(method).params)))


def _names(contract: AppServerContract, schema: Any) -> list[str]:
    whole = _resolved(contract, schema)
    parts = [part for union in ("oneOf", "anyOf", "allOf") for part in whole.get(union, ())]
    return [*whole.get("properties", {}), *(name for part in parts for name in _names(contract, part))]


def _example(contract: AppServerContract, schema: Any) -> Any:
    if isinstance(schema, dict) and (name := schema.get("$ref", "").rpartition("/")[2]) in _TEXTS:
        return _TEXTS[name]
    whole = _resolved(contract, schema)
    if "enum" in whole:
        return whole["enum"][0]
    properties = {key: _example(contract, whole["properties"][key]) for key in whole.get("required", ())}
    for union in ("oneOf", "anyOf", "allOf"):
        if union in whole:
            first = _example(contract, next(part for part in whole[union] if part.get("type") != "null"))
            return {**first, **properties} if isinstance(first, dict) else first
    kind = whole.get("type", "object")
    kind = kind[0] if isinstance(kind, list) else kind
    return properties if kind == "object" else [] if kind == "array" else _VALUES[kind]


def _resolved(contract: AppServerContract, schema: Any) -> Any:
    while isinstance(schema, dict) and "$ref" in schema:
        schema = contract.definitions[schema["$ref"].removeprefix("#/definitions/")]
    return schema if isinstance(schema, dict) else {}
