"""What is impossible about the faults of a scenario."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache

from codex_mockserver._contradiction import Contradiction, bad_pattern, unknown
from codex_mockserver.faults import (
    ALL,
    CALL_PLACES,
    KINDS,
    At,
    CallMatch,
    Event,
    Fault,
    Surface,
    concerns,
    locate,
    transports_of,
)
from codex_mockserver.model._rehearsal import rehearse
from codex_mockserver.model._scenario import Scenario
from codex_mockserver.world import SEEDED_NAMES
from codex_schemas import SURFACES, Operation, load, load_events
from codex_schemas.yaml_text import Path

__all__ = ["fault_contradictions"]

#: The operation whose events travel over a WebSocket too, and the one that opens it.
_RESPONSE, _HANDSHAKE = "createResponse", "connectResponses"

Check = Callable[[Path, Fault, Scenario], Iterator[Contradiction]]


def fault_contradictions(scenario: Scenario) -> Iterator[Contradiction]:
    """Yield what cannot be about the faults, in the order of the file."""
    for index, fault in enumerate(scenario.faults):
        yield from _in_fault(("faults", index), fault, scenario)
        yield from _hidden(("faults", index), fault, scenario.faults[:index])
    for index, fault in enumerate(scenario.chaos.faults if scenario.chaos else ()):
        path: Path = ("chaos", "faults", index)
        yield from _in_fault(path, fault, scenario)
        if (fault.after, fault.times, fault.every) != (0, 1, 1):
            yield Contradiction(
                path, "a fault of chaos strikes by chance", "one that counts calls", "Leave the counts out."
            )


def _in_fault(path: Path, fault: Fault, scenario: Scenario) -> Iterator[Contradiction]:
    for check in _CHECKS:
        found = list(check(path, fault, scenario))
        yield from found
        if found:
            # What follows builds on what this check has found wrong.
            return


def _names(path: Path, fault: Fault, _: Scenario) -> Iterator[Contradiction]:
    if isinstance(fault.on, str):
        yield from unknown((*path, "on"), fault.on, [ALL, *_operations()])
    elif not isinstance(fault.on, Surface):
        for index, name in enumerate(fault.on):
            yield from unknown((*path, "on", index), name, _operations())


def _kind(path: Path, fault: Fault, _: Scenario) -> Iterator[Contradiction]:
    if len(fault.kinds) != 1:
        found = " and ".join(fault.kinds) or "none"
        advice = f"Say how the call fails, by one of {', '.join(KINDS)}; several failures are several faults."
        yield Contradiction(path, "exactly one kind of failure", found, advice)


def _place(path: Path, fault: Fault, _: Scenario) -> Iterator[Contradiction]:
    (name,) = fault.kinds
    kind = KINDS[name]
    if fault.at is None:
        if kind.default is None:
            yield Contradiction(path, f"a place for {name}", "no at", "Name the event with at.")
        return
    wanted = _place_kind(fault.at)
    if wanted not in kind.places:
        places = [words for place, words in _PLACES.items() if place in kind.places]
        expected = f"{name} at " + " or ".join(places) if places else f"{name} without at"
        yield Contradiction((*path, "at"), expected, _PLACES[wanted], "Correct at, or choose another kind.")
    elif fault.at == "end" and kind.span:
        yield Contradiction((*path, "at"), f"an event for {name}", "the end of the stream", "Write last.")
    elif isinstance(fault.at, At) and (fault.at.number is None) == (fault.at.event is None):
        yield Contradiction((*path, "at"), "either a number or an event", "both or neither", "Name the event once.")


#: The kinds of places, in words.
_PLACES = {"call": "request or answer", "stream": "an event of the stream", "byte": "a byte inside an event"}


def _place_kind(at: int | str | At) -> str:
    if at in CALL_PLACES:
        return "call"
    return "byte" if isinstance(at, At) and at.byte is not None else "stream"


def _target(path: Path, fault: Fault, _: Scenario) -> Iterator[Contradiction]:
    """Yield what the named operations cannot do; a surface or ``all`` leaves out those that cannot."""
    (name,) = fault.kinds
    in_stream = (KINDS[name].default if fault.at is None else fault.at) not in CALL_PLACES
    named = [operation for operation in _operations().values() if concerns(fault, operation)]
    unable = [operation.id for operation in named if not _can(operation, fault, in_stream=in_stream)]
    is_vague = isinstance(fault.on, Surface) or fault.on == ALL
    if unable and (len(unable) == len(named) or not is_vague):
        expected = f"{name} where there is a stream" if in_stream else f"{name} where its transport is"
        advice = f"Put it on {_RESPONSE if in_stream else _HANDSHAKE}."
        yield Contradiction((*path, "on"), expected, f"{unable[0]}, which has none", advice)


def _can(operation: Operation, fault: Fault, *, in_stream: bool) -> bool:
    transports = transports_of(fault) & _transports(operation, in_stream=in_stream)
    return bool(transports) and (not in_stream or _streams(operation))


def _streams(operation: Operation) -> bool:
    return "text/event-stream" in operation.definition["responses"].get("200", {}).get("content", {})


def _transports(operation: Operation, *, in_stream: bool) -> frozenset[str]:
    """Return the transports over which an operation is answered."""
    if operation.id == _RESPONSE:
        return frozenset({"http", "websocket"} if in_stream else {"http"})
    return frozenset({"websocket" if operation.websocket else "http"})


def _event(path: Path, fault: Fault, scenario: Scenario) -> Iterator[Contradiction]:
    """Yield an event type that no stream has."""
    if isinstance(fault.at, At) and fault.at.event is not None and fault.on == _RESPONSE:
        inserted = [other.insert.get("type") for other in scenario.faults if isinstance(other.insert, dict)]
        known = [*load_events().types("sse"), *(kind for kind in inserted if isinstance(kind, str))]
        yield from unknown((*path, "at", "event"), fault.at.event, known)


def _reach(path: Path, fault: Fault, scenario: Scenario) -> Iterator[Contradiction]:
    """Yield a place that no scripted response comes to."""
    (name,) = fault.kinds
    if fault.on != _RESPONSE or fault.at is None or fault.at in CALL_PLACES:
        return
    streams = _rehearsed(scenario)
    if streams and all(locate(events, fault.at, KINDS[name].span) is None for events in streams):
        lengths = sorted({len(events) for events in streams})
        found = f"responses of {' or '.join(map(str, lengths))} events, without it"
        yield Contradiction(
            (*path, "at"), "a place that a scripted response comes to", found, "Correct at, or say more."
        )


def _rehearsed(scenario: Scenario) -> Sequence[Sequence[Event]]:
    """Return the streams of all steps; none where one of them depends on the client."""
    streams = [rehearse(step) for step in scenario.model]
    return [] if None in streams else [events for events in streams if events is not None]


def _when(path: Path, fault: Fault, scenario: Scenario) -> Iterator[Contradiction]:
    if fault.when is None:
        return
    when: Path = (*path, "when")
    for part in ("path", "query", "header"):
        patterns: Mapping[str, str | None] = getattr(fault.when, part)
        for name, pattern in patterns.items():
            yield from bad_pattern((*when, part, name), pattern)
    if fault.when.account is not None:
        yield from unknown((*when, "account"), fault.when.account, [*SEEDED_NAMES, *scenario.accounts])
    yield from _parameters(when, fault.when, [each for each in _operations().values() if concerns(fault, each)])


def _parameters(when: Path, match: CallMatch, operations: Sequence[Operation]) -> Iterator[Contradiction]:
    known = [name for operation in operations for name in re.findall(r"\{(\w+)\}", operation.path)]
    for name in match.path:
        yield from unknown((*when, "path", name), name, known)


_CHECKS: tuple[Check, ...] = (_names, _kind, _place, _target, _event, _reach, _when)


def _hidden(path: Path, fault: Fault, earlier: Sequence[Fault]) -> Iterator[Contradiction]:
    """Yield that a fault never strikes because an earlier one ends the same calls without end."""
    for index, other in enumerate(earlier):
        ends = other.kinds.keys() & {"answer", "reset", "cut", "half_close"} and other.at in (None, "request")
        endless = other.times is None and other.every == 1 and other.when is None and other.after <= fault.after
        if ends and endless and _covers(other, fault):
            found = f"fault {index + 1} before it, which ends every such call"
            yield Contradiction(path, "a fault that can strike", found, "Put this one first, or give the other times.")
            return


def _covers(other: Fault, fault: Fault) -> bool:
    operations = _operations().values()
    return all(concerns(other, operation) for operation in operations if concerns(fault, operation))


@cache
def _operations() -> Mapping[str, Operation]:
    return {name: operation for surface in SURFACES for name, operation in load(surface).operations.items()}
