"""Comparing the journal with what was expected of a client."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

import msgspec

from codex_fixtures import mask
from codex_mockserver._contradiction import Contradiction, bad_pattern
from codex_mockserver.faults import ABSENT, look_up
from codex_schemas import Problem
from codex_schemas.yaml_text import Path

if TYPE_CHECKING:
    from codex_mockserver.journal import Exchange, Journal

__all__ = ["Difference", "Expectation", "Miss", "verify"]

_COUNTS = ("times", "at_least", "at_most")


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
    #: Exactly so often.
    times: int | None = None
    #: Bounds instead of ``times``; without any of the three, at least once.
    at_least: int | None = None
    at_most: int | None = None


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
        never: The requests that it should not have made; how often is not looked at.
        in_order: Whether the expected requests must have come in this order, others between them or not.
            One that need not come has no place in it.

    Raises:
        Problem: An expectation can never hold, or has a broken pattern.
    """
    exchanges = tuple(journal)
    wanted, unwanted = list(expect), list(never)
    for kind, expectations in (("expect", wanted), ("never", unwanted)):
        for index, expectation in enumerate(expectations):
            _require_possible(expectation, (kind, index))
    misses = [miss for expectation in wanted if (miss := _count(expectation, exchanges, *_bounds(expectation)))]
    misses += [miss for expectation in unwanted if (miss := _count(expectation, exchanges, 0, 0))]
    return misses or (list(_order(wanted, exchanges)) if in_order else [])


def contradictions(expectation: Expectation, path: Path) -> Iterator[Contradiction]:
    """Yield what is impossible about an expectation that stands at a path."""
    yield from _miscounts(expectation, path)
    yield from bad_pattern((*path, "path"), expectation.path)
    for part, patterns in (("query", expectation.query), ("header", expectation.header)):
        for name, pattern in patterns.items():
            yield from bad_pattern((*path, part, name), pattern)


def _miscounts(expectation: Expectation, path: Path) -> Iterator[Contradiction]:
    given = {name: count for name in _COUNTS if (count := getattr(expectation, name)) is not None}
    told = " and ".join(f"{name}: {count}" for name, count in given.items())
    if any(count < 0 for count in given.values()):
        yield Contradiction(path, "counts from 0 on", told, "Write 0 for a request that must not come.")
    elif "times" in given and len(given) > 1:
        yield Contradiction(path, "times alone, or bounds", told, "Leave times out, or at_least and at_most.")
    elif given.get("at_least", 0) > given.get("at_most", math.inf):
        yield Contradiction(path, "at_least that at_most allows", told, "Lower at_least, or raise at_most.")


def _require_possible(expectation: Expectation, path: Path) -> None:
    for wrong in contradictions(expectation, path):
        at = "/".join(map(str, wrong.path))
        raise Problem(
            f"reading the expectation at /{at}", expected=wrong.expected, found=wrong.found, advice=wrong.advice
        )


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


def _bounds(expectation: Expectation) -> tuple[int, float]:
    """Return how often a request must come, and how often it may."""
    if expectation.times is not None:
        return expectation.times, expectation.times
    least, most = expectation.at_least, expectation.at_most
    if least is None:
        least = 1 if most is None else 0
    return least, math.inf if most is None else most


def _count(expectation: Expectation, exchanges: Sequence[Exchange], least: int, most: float) -> Miss | None:
    matching = [exchange for exchange in exchanges if not differences(expectation, exchange)]
    if least <= len(matching) <= most:
        return None
    expected = _requests(least, most)
    if len(matching) > most:
        return Miss(expectation, expected, f"{len(matching)}", matching[int(most)].number)
    return Miss(expectation, expected, f"{len(matching)}", *_closest(expectation, exchanges, matching))


def _requests(least: int, most: float) -> str:
    """Return in words how many requests are wanted: ``at least 2 such requests``."""
    if most == 0:
        return "no such request"
    if least == most:
        return f"{least} such request{'s' * (least > 1)}"
    if most == math.inf:
        return "at least one such request" if least == 1 else f"at least {least} such requests"
    return f"at most {most} such request{'s' * (most > 1)}" if least == 0 else f"{least} to {most} such requests"


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
        if _bounds(expectation)[0] == 0:
            continue
        found = next((exchange for exchange in rest if not differences(expectation, exchange)), None)
        if found is None:
            early = next((e.number for e in exchanges if not differences(expectation, e)), None)
            yield Miss(expectation, f"such a request after exchange {last}", f"exchange {early}", early)
            return
        last = found.number
