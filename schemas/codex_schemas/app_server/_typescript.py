"""What the TypeScript output of a release says beyond its JSON bundle.

The bundle leaves some members of the unions of messages out: deprecated requests such as
``getAuthStatus``, notifications such as ``rawResponseItem/completed``. They are read here, with
the types that the bundle lacks for them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from codex_schemas._problem import Problem
from codex_schemas.app_server._typescript_parser import parse
from codex_schemas.app_server.normal_form import UNIONS, reference_to
from codex_schemas.app_server.results import result_name

__all__ = ["read_typescript"]

Json = dict[str, Any]

#: The file of any JSON value, which the bundle writes as the schema that accepts everything.
_ANYTHING = "serde_json/JsonValue"


def read_typescript(files: Mapping[str, str], definitions: Mapping[str, Any]) -> Json:
    """Return the messages that only the TypeScript output has, and the definitions that they need.

    Args:
        files: The text of each file by its path without the ending, such as ``v2/Turn``.
        definitions: What the JSON bundle of the same release and channel defines, normalised.

    Returns:
        ``messages``: by union and method, each as a branch of the union.
        ``definitions``: by name. References lead to these or to the bundle's.

    Raises:
        Problem: A file is missing, or not what ts-rs writes.
    """
    reader = _Reader(files, definitions)
    messages = {union: dict(sorted(reader.missing_messages(union))) for union in UNIONS}
    return {
        "messages": {union: branches for union, branches in messages.items() if branches},
        "definitions": dict(sorted(reader.converted.items())),
    }


class _Reader:
    def __init__(self, files: Mapping[str, str], definitions: Mapping[str, Any]) -> None:
        self._files = files
        self._definitions = definitions
        #: The types that the bundle lacks.
        self.converted: Json = {}

    def missing_messages(self, union: str) -> Iterator[tuple[str, Json]]:
        """Yield the branches of a union that the bundle does not have, by their methods."""
        known = {_method(branch) for branch in self._definitions[union]["oneOf"]}
        schema = self._parsed(union)
        alternatives = schema.get("anyOf") if isinstance(schema, dict) else None
        for branch in alternatives or [schema]:
            if (method := _method(branch)) not in known:
                yield method, self._resolved(branch)
                if union.endswith("Request"):
                    self._convert_result(method, branch["properties"].get("params"))

    def _convert_result(self, method: str, params: Any) -> None:
        """Convert the result of a request, to which nothing refers."""
        path = params.get("$ref") if isinstance(params, dict) else None
        if result := result_name(method, path, self._files.__contains__):
            self._name(result)

    def _parsed(self, path: str) -> Any:
        if path not in self._files:
            raise _unread(f"a file {path}.ts", "none")
        return parse(path, self._files[path])

    def _resolved(self, schema: Any) -> Any:
        """Lead the references of a schema from files to definitions."""
        if isinstance(schema, list):
            return [self._resolved(item) for item in schema]
        if not isinstance(schema, dict):
            return schema
        if isinstance(path := schema.get("$ref"), str):
            return True if path == _ANYTHING else {"$ref": reference_to(self._name(path))}
        resolved = {key: self._resolved(value) for key, value in schema.items()}
        return True if True in resolved.get("anyOf", ()) else resolved

    def _name(self, path: str) -> str:
        """Return the name of the definition of a type, converted first where the bundle lacks it."""
        for name in (path, self._elsewhere(path)):
            if name in self._definitions or name in self.converted:
                return name
        self.converted[path] = None  # It may refer to itself.
        self.converted[path] = self._resolved(self._parsed(path))
        return path

    def _elsewhere(self, path: str) -> str:
        """Return the name of a type in the other namespace, unless TypeScript has another type there."""
        other = path.removeprefix("v2/") if path.startswith("v2/") else f"v2/{path}"
        return path if other in self._files else other


def _method(branch: Any) -> str:
    try:
        return str(branch["properties"]["method"]["enum"][0])
    except (KeyError, TypeError):
        raise _unread("unions of messages, each with the literal of its method", repr(branch)[:60]) from None


def _unread(expected: str, found: str) -> Problem:
    return Problem(
        "reading the TypeScript output of a codex release",
        expected=expected,
        found=found,
        advice="Import the release again; if that repeats, report it.",
    )
