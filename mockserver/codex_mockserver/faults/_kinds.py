"""The kinds of faults: where each can strike, and what it does there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from codex_mockserver.faults._beats import Act, Beat, Event, event_of
from codex_mockserver.faults._fault import At, Chunk, Fault, Heartbeat

__all__ = ["KINDS", "Kind", "Slot", "transports_of"]


@dataclass(slots=True)
class Slot:
    """One place on the way to a client: what happens before it, and the events that stand in it."""

    before: list[Beat] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)


#: Changes the slots at a position, as the argument of the fault says.
Change = Callable[[list[Slot], int, Any], None]


class Kind(NamedTuple):
    """One kind of fault."""

    change: Change
    #: The kinds of places that ``at`` may name: ``call``, ``stream``, and ``byte`` for a place inside an event.
    places: frozenset[str] = frozenset()
    #: The place without ``at``; None where ``at`` is needed, ``every`` for every event.
    default: int | str | None = None
    #: How many events there must be from the place on.
    span: int = 0
    #: The transports that it can strike: ``http`` and ``websocket``.
    transports: frozenset[str] = frozenset({"http", "websocket"})
    #: What is lost of a response: the ``rest`` from the place on, the ``event`` there, or nothing.
    loses: str = ""


def _do(act: Act) -> Change:
    """Return the change that lets an act happen before a place."""

    def change(slots: list[Slot], index: int, argument: Any) -> None:
        slots[index].before.append(Beat(act, argument))

    return change


def _idle(slots: list[Slot], index: int, seconds: bool | float) -> None:  # noqa: FBT001 (true means without end)
    slots[index].before.append(Beat("pause", None if seconds is True else seconds))


def _heartbeat(slots: list[Slot], index: int, heartbeat: Heartbeat) -> None:
    sign = _comment_line("heartbeat") if heartbeat.event is None else event_of(heartbeat.event)
    slots[index].before += [Beat("pause", heartbeat.every), Beat("emit", sign)] * heartbeat.times


def _insert(slots: list[Slot], index: int, value: dict[str, Any] | str) -> None:
    slots[index].before.append(Beat("emit", event_of(value)))


def _comment(slots: list[Slot], index: int, text: str) -> None:
    slots[index].before.append(Beat("emit", _comment_line(text)))


def _comment_line(text: str) -> Event:
    return Event(b"", f": {text}".encode())


def _drop(slots: list[Slot], index: int, _: object) -> None:
    slots[index].events.clear()


def _duplicate(slots: list[Slot], index: int, _: object) -> None:
    slots[index].events *= 2


def _swap(slots: list[Slot], index: int, _: object) -> None:
    this, following = slots[index], slots[index + 1]
    this.events, following.events = following.events, this.events


def _replace(slots: list[Slot], index: int, value: dict[str, Any] | str) -> None:
    """Put other data in the place of an event; text keeps the event's own type in front of it."""
    new = event_of(value)
    heads = [event.head for event in slots[index].events]
    slots[index].events = [new._replace(head=head) if isinstance(value, str) else new for head in heads]


def _no_blank_line(slots: list[Slot], index: int, _: object) -> None:
    slots[index].events = [event._replace(tail=b"\n") for event in slots[index].events]


#: How lines can end in server-sent events.
_LINE_ENDS = {"crlf": b"\r\n", "cr": b"\r"}


def _line_ends(slots: list[Slot], index: int, name: str) -> None:
    end = _LINE_ENDS[name]
    slots[index].events = [
        event._replace(head=event.head.replace(b"\n", end), tail=event.tail.replace(b"\n", end))
        for event in slots[index].events
    ]


def _bom(slots: list[Slot], index: int, _: object) -> None:
    slots[index].before.append(Beat("emit", Event(b"", b"\xef\xbb\xbf", b"")))


def _chunk(slots: list[Slot], index: int, size: int | Chunk) -> None:
    slots[index].before.append(Beat("cut_up", Chunk(size) if isinstance(size, int) else size))


def transports_of(fault: Fault) -> frozenset[str]:
    """Return the transports that a fault can strike: only server-sent events have a place inside an event."""
    (name,) = fault.kinds
    is_inside = isinstance(fault.at, At) and fault.at.byte is not None
    return KINDS[name].transports & _HTTP if is_inside else KINDS[name].transports


_CALL = frozenset({"call"})
_STREAM = frozenset({"stream"})
_ANYWHERE = frozenset({"call", "stream", "byte"})
_HTTP = frozenset({"http"})
_WEBSOCKET = frozenset({"websocket"})

#: Every kind of fault by its key in a scenario.
KINDS: dict[str, Kind] = {
    "answer": Kind(_do("answer"), default="request", loses="rest"),
    "delay": Kind(_do("pause"), _CALL, default="request"),
    "hold": Kind(_do("hold"), _ANYWHERE, default="request"),
    "reset": Kind(_do("reset"), _ANYWHERE, default="request", loses="rest"),
    "cut": Kind(_do("cut"), _ANYWHERE, default="request", loses="rest"),
    "half_close": Kind(_do("half_close"), _ANYWHERE, default="request", loses="rest"),
    "end": Kind(_do("end"), frozenset({"stream", "byte"}), loses="rest"),
    "close": Kind(_do("close"), _STREAM, transports=_WEBSOCKET, loses="rest"),
    "idle": Kind(_idle, frozenset({"stream", "byte"})),
    "heartbeat": Kind(_heartbeat, _STREAM),
    "insert": Kind(_insert, _STREAM),
    "comment": Kind(_comment, _STREAM, transports=_HTTP),
    "drop": Kind(_drop, _STREAM, span=1, loses="event"),
    "duplicate": Kind(_duplicate, _STREAM, span=1),
    "swap": Kind(_swap, _STREAM, span=2),
    "replace": Kind(_replace, _STREAM, span=1, loses="event"),
    "no_blank_line": Kind(_no_blank_line, _STREAM, span=1, transports=_HTTP, loses="event"),
    "line_ends": Kind(_line_ends, _STREAM, default="every", span=1, transports=_HTTP),
    "bom": Kind(_bom, default=0, transports=_HTTP),
    "chunk": Kind(_chunk, default="answer", transports=_HTTP),
    "ignore_pings": Kind(_do("ignore_pings"), default="request", transports=_WEBSOCKET),
}
