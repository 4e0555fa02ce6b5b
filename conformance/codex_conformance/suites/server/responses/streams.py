"""A stream of events, taken apart."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from itertools import groupby
from typing import Any, NamedTuple

import msgspec

from codex_conformance.probes import Answer, Unmet, at, require
from codex_schemas.document import read_data

__all__ = ["Frame", "Stream", "call_of", "json_of", "require_text", "texts_of"]

Json = dict[str, Any]

_ORDER = read_data("responses", "order.json")
#: The events that end a stream, and those that may stand anywhere and say nothing of the response.
_TERMINAL = frozenset(_ORDER["terminal"])
_ASIDE = frozenset(_ORDER["anywhere"])


class Frame(NamedTuple):
    """One server-sent event as it came: its name, empty without one, and its data."""

    name: str
    data: str


class Stream:
    """The events of one response, in order.

    Args:
        events: The events.
        frames: The same as they came, where they came as server-sent events.
    """

    def __init__(self, events: Sequence[Json], frames: Sequence[Frame] = ()) -> None:
        self.events = events
        self.frames = frames

    @classmethod
    def of(cls, answer: Answer) -> Stream:
        """Return the events of an answer.

        Raises:
            Unmet: It is no stream.
        """
        answer.require_status(200)
        require(answer.events, expected="server-sent events", found=f"{answer.media_type}: {answer.text[:200]}")
        return cls(answer.events, _frames(answer.text))

    @property
    def kinds(self) -> list[str]:
        """The types of all events."""
        return [str(event.get("type")) for event in self.events]

    @property
    def in_short(self) -> str:
        """The types of all events for a reader, those that follow each other as one with their number."""
        runs = ((kind, len(list(run))) for kind, run in groupby(self.kinds))
        return ", ".join(kind if count == 1 else f"{count} x {kind}" for kind, count in runs) or "no events"

    @property
    def own(self) -> list[Json]:
        """The events that say something of the response.

        Raises:
            Unmet: None does.
        """
        found = [event for event in self.events if event.get("type") not in _ASIDE]
        require(found, expected="events of a response", found=self.in_short)
        return found

    @property
    def ends(self) -> list[int]:
        """Where the events that end a stream stand among its own."""
        return [index for index, event in enumerate(self.own) if event.get("type") in _TERMINAL]

    @cached_property
    def response(self) -> Json:
        """The response as the last event has it.

        Raises:
            Unmet: No event ends the stream.
        """
        require(self.ends, expected="an event that ends the stream", found=self.in_short)
        last: Json = at(self.own[self.ends[0]], "/response", dict)
        return last

    @property
    def items(self) -> list[Json]:
        """The items as their last event has them.

        Raises:
            Unmet: There are none.
        """
        done = [at(event, "/item", dict) for event in self.of_kind("response.output_item.done")]
        require(done, expected="output items", found=self.in_short)
        return done

    def of_kind(self, *kinds: str) -> list[Json]:
        """Return the events of some types."""
        return [event for event in self.events if event.get("type") in kinds]

    def joined(self, kind: str, **where: Any) -> str:
        """Return the deltas of a type at a place, in one."""
        chosen = [event for event in self.of_kind(kind) if all(event.get(name) == each for name, each in where.items())]
        return "".join(at(event, "/delta", str) for event in chosen)


def texts_of(items: Sequence[Any]) -> list[str]:
    """Return the texts that the messages among some items say."""
    messages = [item for item in items if at(item, "/type") == "message"]
    parts = [part for item in messages for part in at(item, "/content", list)]
    return [at(part, "/text", str) for part in parts if at(part, "/type") == "output_text"]


def require_text(items: Sequence[Any]) -> str:
    """Return all text that some items say.

    Raises:
        Unmet: They say nothing.
    """
    text = "".join(texts_of(items))
    require(text, expected="a message with text", found=items)
    return text


def json_of(text: str) -> Any:
    """Return the value of a JSON text.

    Raises:
        Unmet: It is none.
    """
    try:
        return msgspec.json.decode(text)
    except msgspec.DecodeError:
        raise Unmet(expected="JSON", found=text) from None


def call_of(items: Sequence[Any], kind: str = "function_call") -> Json:
    """Return the only call of a tool among some items.

    Raises:
        Unmet: There is none, or several.
    """
    calls = [item for item in items if at(item, "/type") == kind]
    require(len(calls) == 1, expected=f"one {kind}", found=items)
    call: Json = calls[0]
    at(call, "/call_id", str)
    return call


def _frames(text: str) -> list[Frame]:
    blocks = text.replace("\r\n", "\n").replace("\r", "\n").split("\n\n")
    found = [Frame(_field(block, "event"), _field(block, "data")) for block in blocks]
    return [frame for frame in found if frame.data]


def _field(block: str, name: str) -> str:
    """Return the value of a field of one event; several lines of it make one value."""
    lines = [line.partition(":")[2].removeprefix(" ") for line in block.split("\n") if line.startswith(f"{name}:")]
    return "\n".join(lines)
