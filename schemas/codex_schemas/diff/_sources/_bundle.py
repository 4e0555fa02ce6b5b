"""What ``codex app-server generate-json-schema`` writes, as a protocol."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from codex_schemas.diff._protocol import Message, Part, Protocol
from codex_schemas.diff._sources._library import Library
from codex_schemas.diff._sources._places import Place

__all__ = ["BUNDLE", "is_bundle", "read_bundle"]

Json = dict[str, Any]

#: The file with all definitions of a release, among many that repeat some of them.
BUNDLE = "codex_app_server_protocol.schemas.json"
_TITLE = "CodexAppServerProtocol"


def is_bundle(document: Any) -> bool:
    """Return whether a document is such a file, whatever its name."""
    return isinstance(document, dict) and document.get("title") == _TITLE


def read_bundle(source: str, document: Json) -> Protocol:
    """Return the protocol of the release that wrote a bundle.

    Raises:
        Problem: It is not as codex writes it.
    """
    from codex_schemas.app_server.normal_form import UNIONS, normalise, reference_to  # noqa: PLC0415 (it imports this package)
    from codex_schemas.app_server.references import document_of  # noqa: PLC0415 (as above)

    definitions = normalise(document, source)
    messages = {message.name: message for message in _messages(definitions)}
    for union in UNIONS:
        # What all messages of the union share; each message is compared by itself.
        del definitions[union]["oneOf"]
    library = Library(source, {"": document_of(definitions)})
    for name in definitions:
        library.define(Place("", tuple(reference_to(name).split("/")[1:])))
    return Protocol(source, {str(place): schema for place, schema in library.definitions().items()}, messages)


def _messages(definitions: Json) -> Iterator[Message]:
    from codex_schemas.app_server.contract import KINDS, params_name  # noqa: PLC0415 (it imports this package)
    from codex_schemas.app_server.normal_form import reference_to  # noqa: PLC0415 (as above)
    from codex_schemas.app_server.results import result_name  # noqa: PLC0415 (as above)

    for union, (kind, sender) in KINDS.items():
        for branch in definitions[union]["oneOf"]:
            method, params = branch["properties"]["method"]["enum"][0], branch["properties"].get("params")
            parts: dict[str, Part] = {}
            if params is not None:
                parts["params"] = Part(params, sender, "params" in branch.get("required", ()))
            result = result_name(method, params_name(params), definitions.__contains__) if kind == "request" else None
            if result is not None:
                parts["result"] = Part({"$ref": reference_to(result)}, "server" if sender == "client" else "client")
            yield Message(method, kind, sender, parts)
