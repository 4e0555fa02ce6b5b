"""Places in a stream: from what a scenario says to a position among its events."""

from __future__ import annotations

from collections.abc import Sequence

from codex_mockserver.faults._beats import Event
from codex_mockserver.faults._fault import At

__all__ = ["CALL_PLACES", "describe", "locate", "split"]

#: The places around the work of a call; all others are in its stream.
CALL_PLACES = ("request", "answer")


def locate(events: Sequence[Event], at: int | str | At | None, span: int) -> int | None:
    """Return the position of a place, or None when the stream is too short for it.

    Args:
        events: The events of the stream.
        at: The place.
        span: How many events there must be from that place on.
    """
    position = _position(events, at)
    return position if position is not None and 0 <= position <= len(events) - span else None


def _position(events: Sequence[Event], at: int | str | At | None) -> int | None:
    if isinstance(at, int):
        return at
    if isinstance(at, str):
        return len(events) - (at == "last")
    if at is None:
        return None
    if at.event is None:
        return at.number
    found = (index for index, event in enumerate(events) if event.name == at.event)
    return next((index for count, index in enumerate(found, 1) if count == at.occurrence), None)


def split(event: Event, byte: int | str) -> tuple[Event, Event] | None:
    """Return what passes of an event and what is left of it, or None when it has no such byte."""
    wire = event.wire
    position = _inside_character(wire) if isinstance(byte, str) else byte
    if position is None or not 0 < position < len(wire):
        return None
    return Event(wire[:position], b"", b""), Event(wire[position:], b"", b"")


def _inside_character(wire: bytes) -> int | None:
    """Return the position after the first byte of the first character that has several."""
    return next((index + 1 for index, byte in enumerate(wire) if byte > 0x7F), None)  # noqa: PLR2004 (the last ASCII byte)


def describe(at: int | str | At | None) -> str:
    """Return a place in words, for the journal."""
    if not isinstance(at, At):
        return f"event {at}" if isinstance(at, int) else str(at)
    event = f"event {at.number}" if at.event is None else at.event
    which = f" number {at.occurrence}" if at.occurrence > 1 else ""
    return event + which + (f", byte {at.byte}" if at.byte is not None else "")
