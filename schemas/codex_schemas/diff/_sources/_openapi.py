"""OpenAPI documents as protocols: every operation is a request with its answers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from codex_schemas.diff._protocol import Message, Part, Protocol, Side
from codex_schemas.diff._sources._bounds import malformed
from codex_schemas.diff._sources._library import Library
from codex_schemas.diff._sources._node import Node
from codex_schemas.diff._sources._places import Place

__all__ = ["read_openapi"]

_METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
#: Where a parameter may stand: each is a part of the message, an object of all that stand there.
_PARAMETERS = ("path", "query", "header", "cookie")
_OTHER_SIDE: dict[Side, Side] = {"client": "server", "server": "client"}


def read_openapi(source: str, document: dict[str, Any]) -> Protocol:
    """Return the protocol that an OpenAPI document of version 3.0 or 3.1 describes.

    Raises:
        Problem: It is of another version, malformed, or refers to what is not there.
    """
    version = str(document["openapi"])
    if not version.startswith(("3.0", "3.1")):
        raise malformed(source, "OpenAPI 3.0 or 3.1", f"version {version}", "Convert the document to OpenAPI 3.1.")
    library = Library(source, {"": document}, nullable=version.startswith("3.0"))
    root = Node(library, Place())
    for schema in root.field("components").field("schemas").fields():
        library.define(schema.place)
    messages = {message.name: message for message in _messages(root)}
    return Protocol(source, {str(place): schema for place, schema in library.definitions().items()}, messages)


def _messages(root: Node) -> Iterator[Message]:
    for path in root.field("paths").fields():
        for operation in path.fields(_METHODS):
            message = _message(path.name, path, operation, "client")
            yield message
            # What a callback of a callback would be, nobody knows.
            for callback in operation.field("callbacks").fields():
                for url in callback.fields():
                    for answer in url.fields(_METHODS):
                        yield _message(f"{url.name} after {message.name}", url, answer, "server")
    for hook in root.field("webhooks").fields():
        for operation in hook.fields(_METHODS):
            yield _message(f"webhook {hook.name}", hook, operation, "server")


def _message(path: str, item: Node, operation: Node, sender: Side) -> Message:
    parts = dict(_parts(item, operation, sender))
    return Message(f"{operation.name.upper()} {path}", "request", sender, parts)


def _parts(item: Node, operation: Node, sender: Side) -> Iterator[tuple[str, Part]]:
    # What the operation says of a parameter replaces what the path says of it.
    parameters = [*item.field("parameters").items(), *operation.field("parameters").items()]
    for where in _PARAMETERS:
        fields = {_spelling(where, node.text("name")): node for node in parameters if node.text("in") == where}
        yield where, Part(_object(fields), sender)
    body = operation.field("requestBody")
    types = body.field("content").fields()
    for media in types:
        # With a choice of media types the message is complete without this one.
        yield f"body {media.name}", Part(media.schema(), sender, required=body.flag("required") and len(types) == 1)
    for response in operation.field("responses").fields():
        for role, schema in _answers(response):
            yield f"{response.name}{role}", Part(schema, _OTHER_SIDE[sender], required=False)


def _answers(response: Node) -> Iterator[tuple[str, Any]]:
    """Yield what an answer of one status may consist of."""
    headers = {_spelling("header", node.name): node for node in response.field("headers").fields()}
    if headers:
        yield " header", _object(headers)
    content = response.field("content").fields()
    for media in content:
        yield f" {media.name}", media.schema()
    if not content:
        yield "", True


def _spelling(where: str, name: str) -> str:
    """Return the name of a parameter as it is compared: the case of a header's name means nothing."""
    return name.lower() if where == "header" else name


def _object(fields: dict[str, Node]) -> dict[str, Any]:
    """Return the schema of an object of parameters or headers."""
    return {
        "type": "object",
        "properties": {name: _schema(node) for name, node in fields.items()},
        "required": sorted(name for name, node in fields.items() if node.flag("required")),
    }


def _schema(parameter: Node) -> Any:
    content = parameter.field("content").fields()
    return content[0].schema() if content else parameter.schema()
