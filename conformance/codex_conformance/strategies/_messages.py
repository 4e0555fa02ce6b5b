"""What a client of the app-server and of the Responses socket sends."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from codex_conformance.strategies._sample import part_of
from codex_schemas import Contract, Violation, load, load_events
from codex_schemas.app_server import AppServerContract, Method

__all__ = ["AnswerForm", "FrameForm", "MessageForm", "answer_forms", "frame_forms", "message_forms"]

Json = dict[str, Any]

_DEFINITIONS = "#/definitions/"


@dataclass(frozen=True)
class _AppServerForm:
    """A message to the app-server of one release."""

    contract: AppServerContract
    method: Method

    textual = ()

    @property
    def name(self) -> str:
        """The method."""
        return self.method.name

    def lookup(self, reference: str) -> Any:
        """Return the type that a reference names."""
        return self.contract.true_definitions[reference.removeprefix(_DEFINITIONS)]


@dataclass(frozen=True)
class MessageForm(_AppServerForm):
    """The requests, or the notifications, of one method; whoever sends a request gives it its id."""

    @cached_property
    def schema(self) -> Json:
        """The schema of the message without its id."""
        properties = {"method": {"const": self.method.name}}
        if self.method.params is not None:
            properties["params"] = self.method.params
        required = ["method", "params"] if self.method.params_required else ["method"]
        return {"type": "object", "properties": properties, "required": required, "additionalProperties": False}

    def violations(self, value: Any) -> list[Violation]:
        """Return what is wrong with a message."""
        identified = {"id": 0, **value} if self.method.kind == "request" else value
        return self.contract.validate(identified, "client")


@dataclass(frozen=True)
class AnswerForm(_AppServerForm):
    """The answers to a request of the server; whoever answers gives the id."""

    @cached_property
    def schema(self) -> Json:
        """The schema of the answer without its id."""
        result = {"$ref": f"{_DEFINITIONS}{self.method.result}"}
        return {
            "type": "object",
            "properties": {"result": result},
            "required": ["result"],
            "additionalProperties": False,
        }

    def violations(self, value: Any) -> list[Violation]:
        """Return what is wrong with an answer."""
        return self.contract.validate({"id": 0, **value}, "client", answers=self.method.name)


@dataclass(frozen=True)
class FrameForm:
    """The frames of one type that a client sends over the Responses socket of a service."""

    contract: Contract
    type: str
    #: ``codex`` or ``public``.
    service: str
    schema: Json

    textual = ()

    @property
    def name(self) -> str:
        """Such as ``response.create codex``."""
        return f"{self.type} {self.service}"

    def lookup(self, reference: str) -> Any:
        """Return the part of the document that a reference names."""
        return part_of(self.contract.document, reference)

    def violations(self, value: Any) -> list[Violation]:
        """Return what is wrong with a frame."""
        validator = load_events().frame_validator(self.type, self.service)
        assert validator is not None
        return validator.violations(value)


def message_forms(contract: AppServerContract) -> Iterator[MessageForm]:
    """Yield the form of every method of the client."""
    yield from (MessageForm(contract, each) for each in contract.methods.values() if each.sender == "client")


def answer_forms(contract: AppServerContract) -> Iterator[AnswerForm]:
    """Yield the form of the client's answers to every request of the server."""
    server = (each for each in contract.methods.values() if each.sender == "server" and each.kind == "request")
    yield from (AnswerForm(contract, each) for each in server)


def frame_forms() -> Iterator[FrameForm]:
    """Yield the form of every frame of a client."""
    contract = load("responses")
    for (frame, service), schema in load_events().client_frames.items():
        yield FrameForm(contract, frame, service, schema)
