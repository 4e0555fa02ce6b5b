"""A contract: the operations and schemas of one surface."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache, cached_property
from urllib.parse import urlsplit

from codex_schemas._problem import Problem
from codex_schemas._validator import Validator
from codex_schemas.document import CONTROL, SURFACES, Json, read_data, resolve

__all__ = ["Contract", "Operation", "load"]

_METHODS = ("get", "post", "put", "patch", "delete", "head")


@dataclass(frozen=True)
class Operation:
    """One thing that a client can ask of a surface."""

    #: The surface: ``oauth``, ``wham``, ``responses`` or ``chat``.
    surface: str
    #: The operation id, such as ``createResponse``.
    id: str
    #: The HTTP method in capitals.
    method: str
    #: The path template below each prefix, such as ``/tasks/{task_id}``.
    path: str
    #: The path prefixes that it is served under, ``""`` for the root of the host.
    prefixes: tuple[str, ...]
    #: The names of the security schemes of which one is needed; empty when it is public.
    security: tuple[str, ...]
    #: Whether the operation upgrades to a WebSocket.
    websocket: bool
    #: The schema of each query parameter, by its name.
    query: Json
    #: The operation object of the OpenAPI document.
    definition: Json

    @cached_property
    def request_types(self) -> tuple[str, ...]:
        """The media types that a request body may have; empty when there is no body."""
        return tuple(self.definition.get("requestBody", {}).get("content", {}))

    @property
    def body_required(self) -> bool:
        """Whether a request without a body is refused."""
        return bool(self.definition.get("requestBody", {}).get("required", False))


class Contract:
    """The operations and schemas of one surface, read from its OpenAPI document."""

    def __init__(self, surface: str) -> None:
        self.surface = surface
        #: The whole OpenAPI document; treat it as read-only.
        self.document = read_data(surface, "openapi.json")
        self._validators: dict[str, Validator] = {}

    @cached_property
    def operations(self) -> dict[str, Operation]:
        """Every operation by its id, in the order of the document."""
        return {operation.id: operation for operation in self._read_operations()}

    def operation(self, operation_id: str) -> Operation:
        """Return the operation with this id.

        Raises:
            Problem: There is none; the closest ids are named.
        """
        found = self.operations.get(operation_id)
        if found is None:
            raise self._unknown("operation", operation_id, list(self.operations))
        return found

    def validator(self, schema: str) -> Validator:
        """Return the validator of a named schema, such as ``RateLimitStatusPayload``.

        Raises:
            Problem: There is no schema of that name; the closest are named.
        """
        if schema not in self._validators:
            names = self.document["components"]["schemas"]
            if schema not in names:
                raise self._unknown("schema", schema, list(names))
            reference = {"$ref": f"#/components/schemas/{schema}"}
            self._validators[schema] = Validator(self.document, reference, schema)
        return self._validators[schema]

    def request_validator(self, operation: Operation, media_type: str) -> Validator:
        """Return the validator of a request body of that media type."""
        return self._body_validator(operation, "request", operation.definition["requestBody"], media_type)

    def response_validator(self, operation: Operation, status: int, media_type: str) -> Validator | None:
        """Return the validator of an answer, or None where the contract leaves the body free."""
        responses = operation.definition["responses"]
        response = responses.get(str(status)) or responses.get(f"{status // 100}XX") or responses.get("default")
        response = self._resolved(response) if response is not None else {}
        if media_type not in response.get("content", {}):
            return None
        return self._body_validator(operation, str(status), response, media_type)

    def _body_validator(self, operation: Operation, part: str, holder: Json, media_type: str) -> Validator:
        key = f"{operation.id} {part} {media_type}"
        if key not in self._validators:
            schema = holder["content"][media_type].get("schema", {})
            self._validators[key] = Validator(self.document, schema, f"{operation.id} {part}")
        return self._validators[key]

    def _read_operations(self) -> Iterator[Operation]:
        for path, item in self.document["paths"].items():
            for method in _METHODS:
                if method in item:
                    yield self._read_operation(path, method, item, item[method])

    def _read_operation(self, path: str, method: str, item: Json, definition: Json) -> Operation:
        nearest: Json = {**self.document, **item, **definition}
        servers: list[Json] = nearest["servers"]
        security: list[Json] = nearest.get("security", [])
        parameters = [self._resolved(parameter) for parameter in nearest.get("parameters", ())]
        return Operation(
            surface=self.surface,
            id=definition["operationId"],
            method=method.upper(),
            path=path,
            prefixes=tuple(dict.fromkeys(urlsplit(server["url"]).path.rstrip("/") for server in servers)),
            # An empty requirement among others means that credentials are welcome but not needed.
            security=() if {} in security else tuple(name for requirement in security for name in requirement),
            websocket=bool(definition.get("x-websocket", False)),
            query={parameter["name"]: parameter["schema"] for parameter in parameters if parameter["in"] == "query"},
            definition=definition,
        )

    def _resolved(self, part: Json) -> Json:
        return resolve(self.document, part["$ref"]) if "$ref" in part else part

    def _unknown(self, kind: str, name: str, known: list[str]) -> Problem:
        close = ", ".join(get_close_matches(name, known, n=3, cutoff=0.4)) or "nothing close"
        return Problem(
            f"looking up a {kind} of the {self.surface} contract",
            expected=f"the name of one of its {len(known)} {kind}s",
            found=repr(name),
            advice=f"Closest: {close}.",
        )


@cache
def load(surface: str) -> Contract:
    """Return the contract of a surface: ``oauth``, ``wham``, ``responses`` or ``chat``.

    Raises:
        Problem: There is no such surface.
    """
    if surface not in (*SURFACES, CONTROL):
        raise Problem(
            "loading a contract",
            expected="one of " + ", ".join(SURFACES),
            found=repr(surface),
            advice="Name one of these surfaces.",
        )
    return Contract(surface)
