"""Calls of tools, as the model makes them."""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import dataclass
from typing import Any, TypeVar

import msgspec

from codex_mockserver.app_server._tasks import Wait
from codex_mockserver.app_server.turns.active import ActiveTurn
from codex_mockserver.model import Outcome

__all__ = ["BadCall", "Output", "Tool", "ToolCall"]

Json = dict[str, Any]
T = TypeVar("T", bound=msgspec.Struct)

#: What the model is told: a text, or content items.
Output = str | list[Json]

#: Does what a call asks for, and returns what the model is told.
Tool = Callable[["ActiveTurn", "ToolCall"], Generator[Wait, Any, Output]]


class BadCall(Exception):  # noqa: N818 (the model's mistake, not ours)
    """A call cannot be carried out; the text is what the model is told."""


@dataclass(frozen=True)
class ToolCall:
    """One call of a tool."""

    #: The item of the response.
    item: Json
    #: What the scenario says of how it goes.
    outcome: Outcome

    @property
    def id(self) -> str:
        """The id of the call."""
        identifier: str = self.item["call_id"]
        return identifier

    @property
    def name(self) -> str:
        """The name of the tool, without its namespace."""
        return str(self.item.get("name", ""))

    @property
    def namespace(self) -> str | None:
        """The namespace of the tool; None for a bare name."""
        namespace: str | None = self.item.get("namespace")
        return namespace

    @property
    def text(self) -> str:
        """The arguments as they were sent."""
        return str(self.item.get("arguments", self.item.get("input", "")))

    def arguments(self, *required: str) -> Json:
        """Return the arguments, whatever they are.

        Args:
            required: Those that must be there.

        Raises:
            BadCall: They are no object, or one of them is missing.
        """
        try:
            arguments: Json = msgspec.json.decode(self.text or "{}", type=dict[str, Any])
        except msgspec.MsgspecError as error:
            raise _unreadable(str(error)) from None
        for name in required:
            if name not in arguments:
                raise _unreadable(f"missing field `{name}` at line 1 column {len(self.text)}")
        return arguments

    def read(self, kind: type[T]) -> T:
        """Return the arguments as a struct that says what they must be; it leaves out what it does not know.

        Raises:
            BadCall: They are something else.
        """
        required = [field.encode_name for field in msgspec.structs.fields(kind) if field.required]
        try:
            return msgspec.convert(self.arguments(*required), kind)
        except msgspec.ValidationError as error:
            raise _unreadable(str(error)) from None


def _unreadable(why: str) -> BadCall:
    return BadCall(f"failed to parse function arguments: {why}")
