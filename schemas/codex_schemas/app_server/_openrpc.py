"""A contract as an OpenRPC document, for tools that read those."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from codex_schemas.app_server.contract import AppServerContract, Method
from codex_schemas.app_server.normal_form import name_of, reference_to
from codex_schemas.app_server.references import closure

__all__ = ["to_openrpc"]

Json = dict[str, Any]

_OPENRPC = "1.3.2"
_COMPONENTS = "#/components/schemas/"
_ABOUT = (
    "Messages are JSON-RPC 2.0 without the member `jsonrpc`. Both sides send requests and notifications: "
    "`x-sender` says who sends a method, `x-kind` whether it is a request, `x-experimental` whether it needs the "
    "capability `experimentalApi`, `x-since` and `x-until` which releases have it, `x-params` its params as a whole."
)


def to_openrpc(contract: AppServerContract) -> Json:
    """Return an OpenRPC document of every message of a contract.

    OpenRPC lists params one by one. Where they are a union, each field of any variant is listed;
    the extension ``x-params`` has the exact schema.
    """
    methods = contract.methods.values()
    used = [schema for method in methods for schema in (method.params, _result(method))]
    needed = closure(used, contract.definitions)
    return {
        "openrpc": _OPENRPC,
        "info": {"title": "codex app-server", "version": contract.version, "description": _ABOUT},
        "methods": [_exported(method, needed) for method in methods],
        "components": {"schemas": _components(needed)},
    }


def _exported(method: Method, definitions: Mapping[str, Any]) -> Json:
    fields, required = _fields(method.params, definitions)
    exported = {
        "name": method.name,
        "paramStructure": "by-name",
        "params": [_descriptor(name, schemas, name in required) for name, schemas in sorted(fields.items())],
        "x-sender": method.sender,
        "x-kind": method.kind,
        "x-experimental": method.experimental,
        "x-since": method.since,
    }
    if method.until is not None:
        exported["x-until"] = method.until
    if method.params is not None:
        exported["x-params"] = _renamed(method.params)
    if method.kind == "request":
        # A method without a result is a notification.
        exported["result"] = {"name": "result", "schema": _renamed(_result(method))}
    return exported


def _result(method: Method) -> Any:
    return {"$ref": reference_to(method.result)} if method.result else True


def _descriptor(name: str, schemas: list[Any], required: bool) -> Json:  # noqa: FBT001 (a row of three columns)
    different = [schema for index, schema in enumerate(schemas) if schema not in schemas[:index]]
    schema = different[0] if len(different) == 1 else {"anyOf": different}
    return {"name": name, "required": required, "schema": _renamed(schema)}


def _fields(schema: Any, definitions: Mapping[str, Any]) -> tuple[dict[str, list[Any]], set[str]]:
    """Return the fields of params, each with its schema in every variant that has it, and what is required."""
    if not isinstance(schema, dict):
        return {}, set()
    if "$ref" in schema:
        return _fields(definitions[name_of(schema["$ref"])], definitions)
    fields = {name: [below] for name, below in schema.get("properties", {}).items()}
    required = set(schema.get("required", ()))
    for keyword in ("allOf", "anyOf", "oneOf"):
        parts = [_fields(part, definitions) for part in schema.get(keyword, ())]
        for more, _ in parts:
            for name, schemas in more.items():
                fields[name] = [*fields.get(name, ()), *schemas]
        of_parts = [names for _, names in parts]
        if of_parts:
            required |= set.union(*of_parts) if keyword == "allOf" else set.intersection(*of_parts)
    return fields, required


def _component(name: str) -> str:
    """Return the name of a definition as OpenRPC permits it: ``v2.Turn`` for ``v2/Turn``."""
    return name.replace("/", ".")


def _components(definitions: Mapping[str, Any]) -> Json:
    """Return definitions by the names that OpenRPC permits, titled as code generators shall name their types."""
    shorts = Counter(name.rpartition("/")[2] for name in definitions)
    components = {}
    for name, schema in sorted(definitions.items()):
        namespace, _, short = name.rpartition("/")
        title = short if shorts[short] == 1 else namespace.title() + short
        renamed = _renamed(schema)
        components[_component(name)] = {"title": title, **renamed} if isinstance(renamed, dict) else renamed
    return components


def _renamed(schema: Any) -> Any:
    """Lead the references of a schema to the components of the document."""
    if isinstance(schema, list):
        return [_renamed(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    return {
        key: _COMPONENTS + _component(name_of(value)) if key == "$ref" and isinstance(value, str) else _renamed(value)
        for key, value in schema.items()
    }
