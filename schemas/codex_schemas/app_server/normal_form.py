"""From the bundle that a binary emits to the form that is kept.

``codex app-server generate-json-schema`` writes one bundle of definitions, some of them in a
namespace ``v2``. Kept is what a message looks like: prose goes, keys are sorted, each definition
gets its path as name (``v2/Turn``), and references that lead nowhere in the bundle of some old
releases are led to the definition of the same name in the other namespace.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from typing import Any

from codex_schemas._problem import Problem

__all__ = ["UNIONS", "canonical", "checksum", "name_of", "normalise", "reference_to"]

Json = dict[str, Any]

#: The definitions that list every message of a kind, one branch for each method.
UNIONS = ("ClientRequest", "ServerRequest", "ClientNotification", "ServerNotification")

_PREFIX = "#/definitions/"
_NAMESPACE = re.compile(r"v\d+")
_PROSE = {"$schema", "description", "markdownDescription", "title"}
#: Keywords whose values map names to schemas: their keys are names and never prose.
_NAMED = {"definitions", "patternProperties", "properties"}
#: Keywords whose values are data and no schemas.
_DATA = {"const", "default", "enum", "examples"}


def reference_to(name: str) -> str:
    """Return the reference to a definition, ``#/definitions/v2/Turn`` for ``v2/Turn``."""
    return _PREFIX + name


def name_of(reference: str) -> str:
    """Return the name of the definition that a reference leads to."""
    return reference.removeprefix(_PREFIX)


def normalise(bundle: Any, source: str = "the schema bundle of a codex release") -> Json:
    """Return the definitions of an emitted bundle by their names, without prose and in a fixed order.

    Args:
        bundle: The parsed ``codex_app_server_protocol.schemas.json``.
        source: What a problem calls it.

    Raises:
        Problem: It is not such a bundle.
    """
    try:
        return _normalised(bundle["definitions"])
    except (AttributeError, IndexError, KeyError, RecursionError, TypeError, ValueError) as error:
        raise Problem(
            f"reading {source}",
            expected="an object with `definitions`, among them " + ", ".join(UNIONS),
            found=f"no such object: {type(error).__name__}, {error}",
            advice="Name the file codex_app_server_protocol.schemas.json, as codex wrote it.",
        ) from None


def _normalised(definitions: Json) -> Json:
    flat = dict(sorted(_flatten(definitions)))
    kept = {name: _redirected(_strip(schema), flat) for name, schema in flat.items()}
    for union in UNIONS:
        kept[union]["oneOf"] = sorted(kept[union]["oneOf"], key=_method_of)
    return kept


def canonical(value: Any) -> str:
    """Return the one JSON text that equal values have."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def checksum(definitions: Mapping[str, Any]) -> str:
    """Return the SHA-256 of normalised definitions, in hexadecimal."""
    return hashlib.sha256(canonical(dict(definitions)).encode()).hexdigest()


def _method_of(branch: Json) -> str:
    return str(branch["properties"]["method"]["enum"][0])


def _flatten(definitions: Json) -> list[tuple[str, Any]]:
    named: list[tuple[str, Any]] = []
    for name, schema in definitions.items():
        if _NAMESPACE.fullmatch(name):
            named += [(f"{name}/{inner}", below) for inner, below in schema.items()]
        else:
            named.append((name, schema))
    return named


def _strip(schema: Any) -> Any:
    """Return a schema without prose, its keys and required names sorted."""
    if isinstance(schema, list):
        return [_strip(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    return {key: _kept(key, value) for key, value in sorted(schema.items()) if key not in _PROSE}


def _kept(keyword: str, value: Any) -> Any:
    if keyword in _DATA:
        return value
    if keyword == "required":
        return sorted(value)
    if keyword in _NAMED:
        return {name: _strip(schema) for name, schema in sorted(value.items())}
    return _strip(value)


def _redirected(schema: Any, known: Mapping[str, Any]) -> Any:
    """Lead references that name nothing to the definition of that name in the other namespace."""
    if isinstance(schema, list):
        return [_redirected(item, known) for item in schema]
    if not isinstance(schema, dict):
        return schema
    target = schema.get("$ref")
    if isinstance(target, str) and (name := name_of(target)) not in known:
        other = name.rpartition("/")[2] if "/" in name else f"v2/{name}"
        if other in known:
            return {**schema, "$ref": reference_to(other)}
    return {key: value if key in _DATA else _redirected(value, known) for key, value in schema.items()}
