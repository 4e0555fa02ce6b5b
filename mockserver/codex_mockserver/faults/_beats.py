"""What happens on the way to a client, beat by beat, whatever transport carries it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Literal, NamedTuple

import msgspec

__all__ = ["Act", "Beat", "Event", "Run", "event_of", "read_events", "take_time"]

_DATA = b"data: "
_BLANK_LINE = b"\n\n"
_NAMED = b"event: "


class Event(NamedTuple):
    """One event of a stream: its data, and what frames it as a server-sent event."""

    data: bytes
    head: bytes = _DATA
    tail: bytes = _BLANK_LINE

    @property
    def wire(self) -> bytes:
        """The bytes of the server-sent event."""
        return b"".join((self.head, self.data, self.tail))

    @property
    def name(self) -> str:
        """The type of the event; of one without, the kind of its object or else its data."""
        if self.head.startswith(_NAMED):
            return self.head[len(_NAMED) :].partition(b"\n")[0].decode()
        try:
            value = msgspec.json.decode(self.data)
        except msgspec.DecodeError:
            return self.data.decode(errors="replace")
        return str(value.get("type") or value.get("object")) if isinstance(value, dict) else ""


def read_events(body: bytes) -> list[Event]:
    """Return the events of a body of server-sent events whose data are single lines."""
    parted = [frame.partition(_DATA) for frame in body.split(_BLANK_LINE)[:-1]]
    return [Event(data, head + field) for head, field, data in parted]


def event_of(value: dict[str, Any] | str) -> Event:
    """Return the event that holds an object, or any other text, broken JSON too."""
    if isinstance(value, str):
        return Event(value.encode())
    kind = value.get("type")
    head = f"event: {kind}\ndata: ".encode() if isinstance(kind, str) else _DATA
    return Event(msgspec.json.encode(value), head)


#: What can be done; the stages that play beats have a method for each.
Act = Literal[
    "report",
    "emit",
    "run",
    "wait_until",
    "pause",
    "hold",
    "answer",
    "end",
    "cut",
    "reset",
    "half_close",
    "close",
    "cut_up",
    "ignore_pings",
]


class Run(NamedTuple):
    """Events that leave one after another, each at its moment."""

    events: Sequence[Event]
    #: In seconds of the stream's time, one for each event, never falling.
    moments: Sequence[float]


class Beat(NamedTuple):
    """One thing that happens."""

    act: Act
    argument: Any = True


#: The acts during which a client may grow tired and leave.
_SLOW = frozenset({"run", "wait_until", "pause", "hold", "half_close"})


def take_time(beats: Iterable[Beat]) -> bool:
    """Tell whether some of the beats take time."""
    return any(beat.act in _SLOW for beat in beats)
