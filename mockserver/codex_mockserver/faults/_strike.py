"""A fault that strikes one call, and what becomes of the call."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import zip_longest
from typing import Any

from codex_mockserver.faults._beats import Beat, Event
from codex_mockserver.faults._fault import At, Fault
from codex_mockserver.faults._kinds import KINDS, Kind, Slot
from codex_mockserver.faults._places import CALL_PLACES, describe, locate, split
from codex_schemas import load_events

__all__ = ["Arrangement", "Strike", "around", "arrange", "is_lost"]


@dataclass(frozen=True)
class Strike:
    """A fault that strikes one call."""

    fault: Fault
    #: What the journal calls the fault.
    label: str

    @cached_property
    def name(self) -> str:
        """The name of the kind."""
        return next(iter(self.fault.kinds))

    @property
    def argument(self) -> Any:
        """What the fault says about its kind."""
        return self.fault.kinds[self.name]

    @property
    def kind(self) -> Kind:
        """The kind of the fault."""
        return KINDS[self.name]

    @property
    def place(self) -> int | str | At | None:
        """Where it strikes."""
        return self.kind.default if self.fault.at is None else self.fault.at

    @property
    def is_in_stream(self) -> bool:
        """Whether it strikes in a stream, and not around the work of the call."""
        return self.place not in CALL_PLACES

    @property
    def report(self) -> str:
        """What the journal says of it."""
        return f"{self.label}: {self.name} at {describe(self.place)}"

    @property
    def loses_response(self) -> bool:
        """Whether the client cannot get the end of its response."""
        if self.fault.idle is True or self.kind.loses == "rest":
            return self.place != "end"
        is_terminal = isinstance(self.place, At) and load_events().is_terminal(str(self.place.event))
        return self.kind.loses == "event" and (is_terminal or self.place == "last")

    def strike(self, slots: list[Slot], index: int) -> None:
        """Change the slots at a position, and let the journal know when it comes to that."""
        slots[index].before.append(Beat("report", self.report))
        self.kind.change(slots, index, self.argument)


def around(strikes: Iterable[Strike], place: str) -> list[Beat]:
    """Return what happens at one of the places around the work of a call: ``request`` or ``answer``."""
    slot = Slot()
    for strike in strikes:
        if strike.place == place:
            strike.strike([slot], 0)
    return slot.before


def is_lost(strikes: Iterable[Strike]) -> bool:
    """Tell whether a response will not reach its client whole."""
    return any(strike.loses_response for strike in strikes)


@dataclass(frozen=True)
class Arrangement:
    """What happens in a stream under the faults that strike it."""

    beats: list[Beat]
    #: The strikes that did not find their place in the stream.
    missed: list[Strike]


def arrange(events: Sequence[Event], strikes: Iterable[Strike], moments: Sequence[float] | None = None) -> Arrangement:
    """Return what happens in a stream.

    Args:
        events: The events of the stream.
        strikes: The faults that strike the call; those around its work are left out.
        moments: When each event leaves, in seconds of the stream's time; at once without.
    """
    slots = [*(Slot(events=[event]) for event in events), Slot()]
    missed = [strike for strike in strikes if strike.is_in_stream and not _strike_stream(strike, events, slots)]
    return Arrangement(list(_flatten(slots, moments or ())), missed)


def _strike_stream(strike: Strike, events: Sequence[Event], slots: list[Slot]) -> bool:
    """Change the slots where a fault strikes; tell whether there is such a place."""
    if strike.place == "every":
        for index in range(1, len(events)):
            strike.kind.change(slots, index, strike.argument)
    position = locate(events, 0 if strike.place == "every" else strike.place, strike.kind.span)
    if position is None or not _open_event(strike.place, slots[position]):
        return False
    strike.strike(slots, position)
    return True


def _open_event(place: int | str | At | None, slot: Slot) -> bool:
    """Let the first part of an event pass when the place is inside it; tell whether that can be."""
    if not isinstance(place, At) or place.byte is None:
        return True
    parts = split(slot.events[0], place.byte) if slot.events else None
    if parts is None:
        return False
    slot.before.append(Beat("emit", parts[0]))
    slot.events[0] = parts[1]
    return True


def _flatten(slots: Iterable[Slot], moments: Sequence[float]) -> Iterator[Beat]:
    """Yield the beats of all slots; a wait stands only where time passes."""
    now = 0.0
    for slot, moment in zip_longest(slots, moments, fillvalue=None):
        assert slot is not None, "there are no more moments than events"
        if moment is not None and moment > now:
            now = moment
            yield Beat("wait_until", moment)
        yield from slot.before
        for event in slot.events:
            yield Beat("emit", event)
