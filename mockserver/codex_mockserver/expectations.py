"""Comparing the journal with what was expected of a client."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import parse_qsl

import msgspec

from codex_fixtures import mask
from codex_mockserver.faults import ABSENT, look_up
from codex_mockserver.journal import Exchange, Journal

__all__ = ["Difference", "Expectation", "Miss", "verify"]


class Expectation(msgspec.Struct, forbid_unknown_fields=True, frozen=True, omit_defaults=True):
    """Requests that a client is expected to make; every given part must match."""

    operation: str | None = None
    method: str | None = None
    #: Regular expression searched in the raw path.
    path: str | None = None
    #: Regular expressions searched in parameters of the query and in headers; null means absent.
    query: dict[str, str | None] = {}
    header: dict[str, str | None] = {}
    #: The values that the JSON body has at these JSON pointers.
    body: dict[str, Any] = {}
    status: int | None = None
    #: Exactly so often; left out, at least once.
    times: int | None = None


class Difference(msgspec.Struct, frozen=True):
    """One way in which an exchange is not what was expected."""

    #: ``operation``, ``header authorization``, or ``body /input/0/type`` with the JSON pointer.
    at: str
    expected: Any
    #: Null where there is nothing.
    found: Any


class Miss(msgspec.Struct, frozen=True):
    """An expectation that the journal does not meet."""

    expectation: Expectation
    expected: str
    found: str
    #: The number of the exchange that comes closest, and how it differs.
    closest: int | None = None
    differences: list[Difference] = []

    def __str__(self) -> str:
        differences = "; ".join(f"{d.at}: expected {d.expected!r}, found {d.found!r}" for d in self.differences)
        near = f" (closest is exchange {self.closest}: {differences})" if differences else ""
        return f"expected {self.expected}, found {self.found}{near}"


def verify(
    journal: Journal, expect: Iterable[Expectation] = (), *, never: Iterable[Expectation] = (), in_order: bool = False
) -> list[Miss]:
    """Return what the journal does not meet; empty when all holds.

    Args:
        journal: What the client did.
        expect: The requests that it should have made.
        never: The requests that it should not have made; ``times`` is not looked at.
        in_order: Whether the expected requests must have come in this order, others between them or not.
    """
    exchanges = tuple(journal)
    wanted = list(expect)
    misses = [miss for expectation in wanted if (miss := _count(expectation, exchanges))]
    misses += [miss for expectation in never if (miss := _count(expectation, exchanges, never=True))]
    return misses or (list(_order(wanted, exchanges)) if in_order else [])


def differences(expectation: Expectation, exchange: Exchange) -> list[Difference]:
    """Return how an exchange differs from what is expected; empty when it is that."""
    found = {
        "operation": exchange.operation,
        "method": exchange.method,
        "status": exchange.status,
    }
    unequal = [
        Difference(part, wanted, found[part])
        for part in found
        if (wanted := getattr(expectation, part)) is not None and wanted != found[part]
    ]
    if expectation.path is not None and not re.search(expectation.path, exchange.path):
        unequal.append(Difference("path", expectation.path, exchange.path))
    unequal += _texts("query", expectation.query, dict(parse_qsl(exchange.query, keep_blank_values=True)))
    unequal += _texts("header", {name.lower(): text for name, text in expectation.header.items()}, exchange.headers)
    return unequal + list(_values(expectation.body, exchange))


def _texts(kind: str, patterns: Mapping[str, str | None], values: Mapping[str, str]) -> Iterator[Difference]:
    for name, pattern in patterns.items():
        value = values.get(name)
        if (value is None) != (pattern is None) or (pattern and value and not re.search(pattern, value)):
            yield Difference(f"{kind} {name}", pattern, value and mask(value))


def _values(wanted: Mapping[str, Any], exchange: Exchange) -> Iterator[Difference]:
    if not wanted:
        return
    try:
        body = exchange.json
    except msgspec.DecodeError:
        body = None
    for pointer, value in wanted.items():
        if (found := look_up(body, pointer)) != value:
            yield Difference(f"body {pointer}", value, None if found is ABSENT else found)


def _count(expectation: Expectation, exchanges: Sequence[Exchange], *, never: bool = False) -> Miss | None:
    matching = [exchange for exchange in exchanges if not differences(expectation, exchange)]
    times = 0 if never else expectation.times
    if (times is None and matching) or len(matching) == times:
        return None
    expected = "no such request" if times == 0 else f"{times or 'at least one'} such request" + "s" * ((times or 1) > 1)
    if times is not None and len(matching) > times:
        return Miss(expectation, expected, f"{len(matching)}", matching[times].number)
    return Miss(expectation, expected, f"{len(matching)}", *_closest(expectation, exchanges, matching))


def _closest(
    expectation: Expectation, exchanges: Sequence[Exchange], but: Sequence[Exchange]
) -> tuple[int | None, list[Difference]]:
    """Return the number of the exchange that differs least, and how; an equal operation counts most."""
    others = [(differences(expectation, exchange), exchange.number) for exchange in exchanges if exchange not in but]
    if not others:
        return None, []
    least, number = min(others, key=lambda other: (any(d.at == "operation" for d in other[0]), len(other[0])))
    return number, least


def _order(wanted: Sequence[Expectation], exchanges: Sequence[Exchange]) -> Iterator[Miss]:
    """Yield the first expectation that is met only before the one that stands before it."""
    rest = iter(exchanges)
    last = 0
    for expectation in wanted:
        found = next((exchange for exchange in rest if not differences(expectation, exchange)), None)
        if found is None:
            early = next((e.number for e in exchanges if not differences(expectation, e)), None)
            yield Miss(expectation, f"such a request after exchange {last}", f"exchange {early}", early)
            return
        last = found.number
