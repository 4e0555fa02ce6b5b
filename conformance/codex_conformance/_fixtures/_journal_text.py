"""What clients did with a backend, in short and without secrets, for the report of a test that failed."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from codex_conformance._fixtures._leftovers import leftovers
from codex_conformance._fixtures._shortening import shortened
from codex_mockserver import Exchange, SyncBackend

__all__ = ["backend_text"]

#: Exchanges that are told.
_MOST = 20


def backend_text(backend: SyncBackend) -> str:
    """Return the last exchanges with what they carried, and then what is left over."""
    exchanges = list(backend.journal)
    earlier = len(exchanges) - _MOST
    lines = [f"({earlier} earlier exchanges)"] if earlier > 0 else []
    lines += [line for exchange in exchanges[-_MOST:] for line in _lines(exchange)] or ["the backend was not called"]
    return "\n".join([*lines, *leftovers(backend)])


def _lines(exchange: Exchange) -> Iterator[str]:
    name = f" ({exchange.operation})" if exchange.operation else ""
    yield f"{exchange.number}. {exchange.method} {shortened(exchange.path)}{name}: {exchange.status or 'no answer'}"
    if exchange.frames:
        for sender, frames in groupby(exchange.frames, key=lambda frame: frame.sender):
            yield from (f"   {sender}: {line}" for line in _messages([frame.data for frame in frames]))
    else:
        yield from _said("sent", exchange.body)
        yield from _said("got", _events(exchange) or exchange.response_body)
    yield from (f"   struck by {fault}" for fault in exchange.faults)
    if exchange.near_miss:
        yield f"   {shortened(exchange.near_miss)}"


def _messages(messages: list[str | bytes]) -> Iterator[str]:
    """Yield the first messages of a row, and how many more there are."""
    yield shortened(messages[0])
    if len(messages) > 1:
        yield f"and {len(messages) - 1} more, the last: {shortened(messages[-1])}"


def _said(verb: str, content: str | bytes) -> Iterator[str]:
    if content:
        yield f"   {verb}: {shortened(content)}"


def _events(exchange: Exchange) -> str:
    """Return the types of the events of a stream, equal neighbours once with their number."""
    counted = [(kind, len(list(group))) for kind, group in groupby(str(event.get("type")) for event in exchange.events)]
    return ", ".join(kind if count == 1 else f"{count} x {kind}" for kind, count in counted)
