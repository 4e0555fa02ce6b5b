"""Stream events: one schema a type, and the legal order of a stream as tables that are walked."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import Any

from codex_schemas._contract import load
from codex_schemas._validator import Validator
from codex_schemas._violation import Violation
from codex_schemas.document import Json, read_data

__all__ = ["EventContract", "StreamOrder", "load_events"]


class EventContract:
    """The events of the Responses surface, over server-sent events (``sse``) and ``websocket``."""

    def __init__(self) -> None:
        self._events = _localised(read_data("responses", "events.json"))
        self._document = load("responses").document
        self._validators: dict[tuple[str, str], Validator] = {}

    def types(self, transport: str) -> list[str]:
        """Return the event types that a transport carries."""
        named = {**self._events["events"], **self._events["websocket_events"]}
        return [name for name, entry in named.items() if transport in entry["transports"]]

    def is_terminal(self, event_type: str) -> bool:
        """Tell whether an event of that type ends its stream."""
        return bool(self._events["events"].get(event_type, {}).get("terminal", False))

    def validator(self, event_type: str, transport: str) -> Validator | None:
        """Return the validator of an event type, or None for a type that the contract does not know."""
        entry = self._events["events"].get(event_type)
        if transport == "websocket":
            entry = self._events["websocket_events"].get(event_type, entry)
        if entry is None:
            return None
        key = (event_type, transport)
        if key not in self._validators:
            self._validators[key] = Validator(self._document, entry["schema"], event_type)
        return self._validators[key]

    @property
    def client_frames(self) -> dict[tuple[str, str], Json]:
        """The schema of every WebSocket frame of a client, by its type and its base: ``codex`` or ``public``."""
        frames: Json = self._events["client_frames"]
        return {(name, base): schema for name, each in frames.items() for base, schema in each["schemas"].items()}

    def frame_validator(self, frame_type: str, base: str) -> Validator | None:
        """Return the validator of a client's WebSocket frame on a base: ``codex`` or ``public``."""
        schema = self._events["client_frames"].get(frame_type, {}).get("schemas", {}).get(base)
        if schema is None:
            return None
        key = (f"{frame_type} frame", base)
        if key not in self._validators:
            self._validators[key] = Validator(self._document, schema, frame_type)
        return self._validators[key]

    def stream_violations(self, events: Iterable[Json], transport: str = "sse") -> list[Violation]:
        """Return what is wrong with a whole stream: in single events, in their order, in their numbers."""
        found: list[Violation] = []
        order = StreamOrder()
        for number, event in enumerate(events):
            validator = self.validator(str(event.get("type")), transport)
            found += validator.violations(event) if validator else []
            if expectation := order.feed(event):
                found.append(Violation("stream order", f"/{number}", expectation, str(event.get("type"))))
        if missing := order.missing():
            found.append(Violation("stream order", "/end", missing, "the end of the stream"))
        return found


class StreamOrder:
    """Walks the tables of ``order.json``; one object follows one stream."""

    def __init__(self) -> None:
        self._tables = read_data("responses", "order.json")
        self._known = read_data("responses", "events.json")["events"]
        self._state = "start"
        self._items: dict[int, tuple[Json, str]] = {}
        self._sequence = -1

    def feed(self, event: Json) -> str | None:
        """Take the next event; return None when it is legal here, else what would have been."""
        kind, index = str(event.get("type")), event.get("output_index")
        if kind in self._tables["anywhere"] or kind not in self._known:
            return None
        if "sequence_number" in event and event["sequence_number"] != self._sequence + 1:
            return f"sequence_number {self._sequence + 1}, not {event['sequence_number']}"
        self._sequence = event.get("sequence_number", self._sequence)
        if index is None or kind == "response.output_item.added":
            expectation = self._move_stream(kind)
            if expectation is None and index is not None:
                self._open_item(index, event["item"].get("type"))
            return expectation
        return self._move_item(index, kind)

    def missing(self) -> str | None:
        """Return what must still come before the stream may end, or None."""
        return None if self._state == "ended" else " or ".join(self._tables["terminal"])

    def _move_stream(self, kind: str) -> str | None:
        row = self._tables["stream"][self._state]
        if kind not in row:
            return _one_of(row)
        still_open = [index for index, (_, state) in self._items.items() if state != "done"]
        if kind in self._tables["closes_items"] and still_open:
            return f"the end of output item {still_open[0]} first"
        self._state = row[kind]
        return None

    def _open_item(self, index: int, item_type: Any) -> None:
        machines = self._tables["items"]
        self._items[index] = (machines.get(item_type, machines["*"]), "added")

    def _move_item(self, index: int, kind: str) -> str | None:
        if index not in self._items or self._state != self._tables["item_state"]:
            return f"response.output_item.added with output_index {index} first"
        machine, state = self._items[index]
        if kind not in machine[state]:
            return _one_of(machine[state])
        self._items[index] = (machine, machine[state][kind])
        return None


@cache
def load_events() -> EventContract:
    """Return the contract of the stream events."""
    return EventContract()


def _one_of(row: Json) -> str:
    return "one of " + ", ".join(row) if row else "nothing more"


def _localised(node: Any) -> Any:
    """Point references into the OpenAPI document at the components that every validator carries."""
    if isinstance(node, dict):
        return {
            key: value.removeprefix("openapi.json") if key == "$ref" else _localised(value)
            for key, value in node.items()
        }
    return [_localised(part) for part in node] if isinstance(node, list) else node
