"""Reading one file of the TypeScript output: the declaration of a type, as a JSON Schema.

The grammar is what ts-rs writes::

    file          import* "export" "type" NAME "=" union ";"
    union         "|"? intersection ("|" intersection)*
    intersection  array ("&" array)*
    array         primary ("[" "]")*
    primary       "(" union ")" | "[" union,* "]" | "{" member,* "}" | literal | NAME ("<" union,* ">")?
    member        (NAME | STRING) "?"? ":" union | "[" NAME ("in" | ":") union "]" "?"? ":" union

The schemas are those that codex itself writes for such types, as far as TypeScript knows them: what
may be null may also be missing, and a number is a number, whether it is an integer or not.
"""

from __future__ import annotations

import json
import posixpath
import re
from collections.abc import Callable, Mapping
from typing import Any

from codex_schemas._problem import Problem

__all__ = ["parse"]

_TOKEN = re.compile(
    r"""(?: \s | //[^\n]* | /\*.*?\*/ )*  # space and comments
        (?P<token> "(?:[^"\\]|\\.)*" | -?\d+(?:\.\d+)? | [A-Za-z_$][\w$]* | \S | \Z )""",
    re.VERBOSE | re.DOTALL,
)
_IMPORT = re.compile(r'^import type \{ (\w+) \} from "([^"]+)";', re.MULTILINE)
_DECLARATION = re.compile(r"^export type (\w+) ?=", re.MULTILINE)
_NULL = {"type": "null"}
#: What no value has: the type of params that are not sent, and of the members of an empty object.
_NOTHING: dict[str, Any] = {"not": {}}
_KEYWORDS: dict[str, Any] = {
    "bigint": {"type": "integer"},
    "boolean": {"type": "boolean"},
    "never": _NOTHING,
    "null": _NULL,
    "number": {"type": "number"},
    "string": {"type": "string"},
    "undefined": _NOTHING,
    "unknown": True,
}


def parse(path: str, text: str) -> Any:
    """Return the schema of the type that a file declares.

    Args:
        path: Where the file lies among the others, without its ending: ``v2/Turn``.
        text: The content of the file.

    Returns:
        The schema; its references are the paths of other files.

    Raises:
        Problem: It is not what ts-rs writes.
    """
    found = _DECLARATION.search(text)
    if found is None:
        raise _misread(path, "`export type NAME = TYPE;`", text[:60])
    folder = posixpath.dirname(path)
    paths = {name: posixpath.normpath(posixpath.join(folder, source)) for name, source in _IMPORT.findall(text)}
    try:
        return _Parser(path, text[found.end() :], {**paths, found[1]: path}).declaration()
    except RecursionError:
        raise _misread(path, "types that are nested a few times", "far more") from None


def _misread(path: str, expected: str, found: str) -> Problem:
    return Problem(
        f"reading {path}.ts of the TypeScript output",
        expected=expected,
        found=repr(found),
        advice="Report this release: codex_schemas must learn to read it.",
    )


class _Parser:
    """A recursive descent over the tokens of one type."""

    def __init__(self, path: str, text: str, paths: Mapping[str, str]) -> None:
        self._path = path
        #: The files of the types that this one may name.
        self._paths = paths
        self._tokens = [match["token"] for match in _TOKEN.finditer(text)]
        self._at = 0

    def declaration(self) -> Any:
        schema = self._union()
        self._expect(";")
        return schema

    def _next(self) -> str:
        token = self._tokens[self._at]
        # The empty token at the end of the text stays, whoever asks for more.
        self._at = min(self._at + 1, len(self._tokens) - 1)
        return token

    def _accept(self, token: str) -> bool:
        accepted = self._tokens[self._at] == token
        if accepted:
            self._next()
        return accepted

    def _expect(self, token: str) -> None:
        if not self._accept(token):
            raise _misread(self._path, f"`{token}`", " ".join(self._tokens[self._at : self._at + 8]))

    def _list(self, end: str, read: Callable[[], None]) -> None:
        """Read what stands between commas up to a closing token; the last comma may follow it."""
        while not self._accept(end):
            read()
            if not self._accept(","):
                self._expect(end)
                return

    def _types(self, end: str) -> list[Any]:
        types: list[Any] = []
        self._list(end, lambda: types.append(self._union()))
        return types

    def _union(self) -> Any:
        self._accept("|")
        branches = [self._intersection()]
        while self._accept("|"):
            branches.append(self._intersection())
        return _either(branches)

    def _intersection(self) -> Any:
        parts = [self._array()]
        while self._accept("&"):
            parts.append(self._array())
        return parts[0] if len(parts) == 1 else {"allOf": parts}

    def _array(self) -> Any:
        schema = self._primary()
        while self._accept("["):
            self._expect("]")
            schema = {"type": "array", "items": schema}
        return schema

    def _primary(self) -> Any:
        match self._next():
            case "(":
                schema = self._union()
                self._expect(")")
                return schema
            case "[":
                items = self._types("]")
                return {"type": "array", "items": items, "minItems": len(items), "maxItems": len(items)}
            case "{":
                return self._map() if self._accept("[") else self._object()
            case name if name in _KEYWORDS:
                return _KEYWORDS[name]
            case name if name in self._paths or name in {"Array", "Record"}:
                return self._named(name)
            case token:
                return self._literal(token)

    def _named(self, name: str) -> Any:
        match name, self._types(">") if self._accept("<") else []:
            case "Array", [items]:
                return {"type": "array", "items": items}
            case "Record", [_, values]:
                return {"type": "object"} if values == _NOTHING else {"type": "object", "additionalProperties": values}
            case _, [] if name in self._paths:
                return {"$ref": self._paths[name]}
            case _, arguments:
                raise _misread(
                    self._path, "Array<T>, Record<K, V> or the name of a type", f"{name} of {len(arguments)}"
                )

    def _literal(self, token: str) -> Any:
        try:
            value = json.loads(token)
        except ValueError:
            raise _misread(self._path, "a type", token) from None
        return {"type": "string" if isinstance(value, str) else "number", "enum": [value]}

    def _object(self) -> Any:
        properties: dict[str, Any] = {}
        required: list[str] = []

        def member() -> None:
            name = self._next().strip('"')
            optional = self._accept("?")
            self._expect(":")
            schema = self._union()
            if schema != _NOTHING:
                properties[name] = schema
                if not optional and not _nullable(schema):
                    required.append(name)

        self._list("}", member)
        schema: dict[str, Any] = {"type": "object"}
        return (
            schema | ({"properties": properties} if properties else {}) | ({"required": required} if required else {})
        )

    def _map(self) -> Any:
        self._next()
        if not self._accept("in"):
            self._expect(":")
        self._union()
        self._expect("]")
        self._accept("?")
        self._expect(":")
        schema = {"type": "object", "additionalProperties": self._union()}
        self._accept(",")
        self._expect("}")
        return schema


def _either(branches: list[Any]) -> Any:
    """Return the schema of a union in the form that codex gives it."""
    words = [branch["enum"][0] for branch in branches if _is_word(branch)]
    rest = [branch for branch in branches if not _is_word(branch) and branch not in (_NULL, _NOTHING)]
    present = [*([{"type": "string", "enum": words}] if words else []), *rest]
    if not present:
        return branches[0]
    schema = present[0] if len(present) == 1 else {"anyOf": present}
    if _NULL not in branches:
        return schema
    if isinstance(schema, dict) and isinstance(kind := schema.get("type"), str) and "enum" not in schema:
        return {**schema, "type": [kind, "null"]}
    return {"anyOf": [schema, _NULL]}


def _is_word(schema: Any) -> bool:
    return isinstance(schema, dict) and "enum" in schema and schema["type"] == "string"


def _nullable(schema: Any) -> bool:
    return isinstance(schema, dict) and (
        schema == _NULL or "null" in schema.get("type", ()) or _NULL in schema.get("anyOf", ())
    )
