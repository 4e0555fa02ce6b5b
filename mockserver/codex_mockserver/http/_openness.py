"""Answers that use what the contract leaves open, as a service may do any day."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec
from msgspec.structs import replace

from codex_mockserver.faults import Event, read_events
from codex_mockserver.http._answer import Answer, EventStream
from codex_mockserver.http._body import JSON
from codex_schemas import Operation, load, load_events

__all__ = ["widened_answer", "widened_events"]

#: The first status of a refusal: what a refusal is called decides what a client does, so it stays.
_REFUSED = 400


def widened_answer(operation: Operation, answer: Answer) -> Answer:
    """Return an answer with unknown fields in its objects and unknown members of its open enumerations."""
    if isinstance(answer, EventStream):
        events = widened_events(read_events(answer.body), "sse")
        return replace(answer, body=b"".join(event.wire for event in events))
    validator = load(operation.surface).response_validator(operation, answer.status, answer.media_type or "")
    if validator is None or answer.media_type != JSON:
        return answer
    value = validator.widened(msgspec.json.decode(answer.body), with_members=answer.status < _REFUSED)
    return replace(answer, body=msgspec.json.encode(value))


def widened_events(events: Iterable[Event], transport: str) -> list[Event]:
    """Return events with unknown fields and members; those that the contract does not know stay."""
    return [_widened_event(event, transport) for event in events]


def _widened_event(event: Event, transport: str) -> Event:
    validator = load_events().validator(event.name, transport)
    if validator is None:
        return event
    return event._replace(data=msgspec.json.encode(validator.widened(msgspec.json.decode(event.data))))
