"""The requests of the HTTP surfaces: path, query, headers and body together are one value."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import quote, urlencode

from codex_conformance.strategies._sample import PATH, part_of
from codex_schemas import Contract, Operation, Validator, Violation, load

__all__ = ["FORM", "JSON", "RequestForm", "WireRequest", "request_forms"]

Json = dict[str, Any]

JSON = "application/json"
FORM = "application/x-www-form-urlencoded"

#: The parts of a request that a parameter is in, as OpenAPI calls them.
_PARTS = (PATH, "query", "header")

#: Headers that are no part of what is asked: credentials, and what the body was packed with.
_OF_THE_CALL = ("authorization", "chatgpt-account-id", "content-encoding")

#: The services that share operations, by the prefix of their paths.
_FACES = {"/v1": "api", "/backend-api/codex": "codex"}

_PRINTABLE = "".join(map(chr, range(32, 127))).replace("%", "")


@dataclass(frozen=True)
class WireRequest:
    """What a request is made of, as texts and bytes."""

    path: Mapping[str, str]
    query: Mapping[str, Sequence[str]]
    headers: Mapping[str, str]
    content: bytes | None


@dataclass(frozen=True)
class RequestForm:
    """The requests of an operation at one of its places, with a body of one media type."""

    contract: Contract
    operation: Operation
    #: ``api`` or ``codex`` for an operation that both services have; None for the only place of another.
    face: str | None
    #: The media type of the body; None for an operation without one.
    media_type: str | None

    @property
    def name(self) -> str:
        """Such as ``createResponse api json``."""
        media = (self.media_type or "").rpartition("/")[2]
        return " ".join(filter(None, (self.operation.id, self.face, media)))

    @property
    def textual(self) -> tuple[str, ...]:
        """The parts that travel as texts."""
        return (*_PARTS, "body") if self.media_type == FORM else _PARTS

    @cached_property
    def schema(self) -> Json:
        """The schema of a whole request."""
        parts = {part: self._parameters(part) for part in _PARTS}
        if self.media_type is not None:
            parts["body"] = self._body
        required = [*_PARTS, "body"] if self.operation.body_required else _PARTS
        return {"type": "object", "properties": parts, "required": [*required], "additionalProperties": False}

    def lookup(self, reference: str) -> Any:
        """Return the part of the document that a reference names."""
        return part_of(self.contract.document, reference)

    def violations(self, value: Any) -> list[Violation]:
        """Return what is wrong with a request."""
        return self._validator.violations(value)

    def wire(self, value: Json) -> WireRequest:
        """Return a request as it is sent."""
        headers = {name: _printable(part) for name, part in value["header"].items()}
        content = self._encoded(value["body"]) if "body" in value else None
        if content is not None and self.media_type is not None:
            headers["content-type"] = self.media_type
        path = {name: _text(part) for name, part in value[PATH].items()}
        return WireRequest(path, _fields(value["query"]), headers, content)

    @cached_property
    def _validator(self) -> Validator:
        return Validator(self.contract.document, self.schema, self.operation.id)

    @property
    def _body(self) -> Any:
        """The schema of the body; two services that share an operation may differ in it."""
        by_service: Mapping[str, str] = self.operation.definition.get("x-codex-request-schemas", {})
        service = "public" if self.face == "api" else "codex"
        if service in by_service:
            return {"$ref": f"#/components/schemas/{by_service[service]}"}
        assert self.media_type is not None
        return self.operation.definition["requestBody"]["content"][self.media_type]["schema"]

    def _parameters(self, part: str) -> Json:
        """Return the schema of all parameters in a part of the request."""
        shared = self.contract.document["paths"][self.operation.path].get("parameters", ())
        listed = [*shared, *self.operation.definition.get("parameters", ())]
        resolved = [self.lookup(each["$ref"]) if "$ref" in each else each for each in listed]
        own = [each for each in resolved if each["in"] == part and each["name"].lower() not in _OF_THE_CALL]
        return {
            "type": "object",
            "properties": {each["name"]: _schema_of(each) for each in own},
            "required": [each["name"] for each in own if each.get("required")],
            # A server looks past a parameter that it does not know.
            "additionalProperties": part != PATH,
        }

    def _encoded(self, body: Any) -> bytes:
        if self.media_type == FORM:
            return urlencode(_fields(body), doseq=True).encode()
        return json.dumps(body, ensure_ascii=False).encode()


def request_forms(surface: str) -> Iterator[RequestForm]:
    """Yield every form of request of a surface, in the order of its operations."""
    contract = load(surface)
    for operation in contract.operations.values():
        if operation.websocket:
            continue
        faces: list[str | None] = [_FACES[prefix] for prefix in operation.prefixes if prefix in _FACES]
        media_types: list[str | None] = [each for each in operation.request_types if each in (JSON, FORM)]
        for face in faces or [None]:
            yield from (RequestForm(contract, operation, face, each) for each in media_types or [None])


def _schema_of(parameter: Json) -> Any:
    """Return the schema of a parameter, which may be a JSON text."""
    return parameter["schema"] if "schema" in parameter else parameter["content"][JSON]["schema"]


def _fields(fields: Any) -> dict[str, list[str]]:
    """Return the fields of a form or a query; a list is one field several times."""
    whole = fields if isinstance(fields, dict) else {}
    return {
        name: [_text(each) for each in (part if isinstance(part, list) else [part])] for name, part in whole.items()
    }


def _text(value: Any) -> str:
    """Return a value as it stands in a query: a text as it is, all else as JSON."""
    return value if isinstance(value, str) else json.dumps(value)


def _printable(value: Any) -> str:
    """Return a value as it stands in a header, whose characters are few."""
    return quote(_text(value), safe=_PRINTABLE).strip()
