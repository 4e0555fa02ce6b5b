"""Pacing: when each event of a stream leaves, by a plan that is made before the first one does."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Sequence

import msgspec

from codex_mockserver.faults import At, Event, locate

__all__ = ["Pacing", "Pause", "moments"]


class Pause(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """A pause in a stream."""

    #: The event before which it comes.
    at: int | str | At
    seconds: float


class Pacing(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """How fast a stream leaves, in real seconds whatever the world's clock says."""

    #: Seconds from the headers to the first event.
    first_token: float = 0.0
    #: Deltas a second; every other event leaves with its neighbour.
    tokens_per_second: float | None = None
    #: Events a second, whatever they are.
    events_per_second: float | None = None
    #: How much of the time of one token or event each may be late, by chance from the seed: 0 to 1.
    jitter: float = 0.0
    seed: int = 0
    pauses: list[Pause] = []


def moments(pacing: Pacing, events: Sequence[Event]) -> list[float]:
    """Return the second at which each event leaves, counted from the headers.

    A token takes its time and the next event leaves after it, so that a stream of n tokens
    ends n / rate seconds after the first token began.
    """
    rate = pacing.tokens_per_second or pacing.events_per_second
    step = 1 / rate if rate else 0.0
    chance = random.Random(pacing.seed)  # noqa: S311 (the same lateness in every run is the point)
    now, planned = pacing.first_token, []
    pauses = _pauses(pacing, events)
    for index, event in enumerate(events):
        now += pauses.get(index, 0.0)
        if pacing.tokens_per_second is None or _is_token(event):
            planned.append(now + step * pacing.jitter * chance.random())
            now += step
        else:
            planned.append(now)
    return planned


def _pauses(pacing: Pacing, events: Sequence[Event]) -> dict[int | None, float]:
    """Return the seconds that pass before events, by their position."""
    pauses: defaultdict[int | None, float] = defaultdict(float)
    for pause in pacing.pauses:
        pauses[locate(events, pause.at, 0)] += pause.seconds
    return pauses


def _is_token(event: Event) -> bool:
    """Tell whether an event brings a token: a delta, or any event of a stream whose events have no names."""
    return b".delta\n" in event.head or not event.head.startswith(b"event:")
