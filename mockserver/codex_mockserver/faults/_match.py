"""Which calls a fault strikes: by operation, by what the call is like, and by count."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from codex_mockserver.faults._fault import CallMatch, Fault, Surface
from codex_mockserver.faults._kinds import transports_of
from codex_schemas import Operation

__all__ = ["ABSENT", "ALL", "Occasion", "concerns", "fits", "is_due", "look_up", "operations_of"]

#: The value of ``on`` that names every operation.
ALL = "all"

#: Where a frame says whether the model shall answer; in a prewarm it shall not.
_GENERATE = "/generate"

#: What :func:`look_up` returns where there is nothing; it equals no value.
ABSENT: Any = object()


@dataclass(frozen=True)
class Occasion:
    """One call, or one frame on a socket, that a fault may strike."""

    operation: Operation
    #: ``http`` or ``websocket``.
    transport: str
    method: str
    path: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    #: Return the decoded body, None without one, and the name of the account that calls, None without one.
    body: Callable[[], Any] = lambda: None
    account: Callable[[], str | None] = lambda: None

    @property
    def is_prewarm(self) -> bool:
        """Whether it asks for no answer of the model, only for a connection that is warm."""
        return self.transport == "websocket" and look_up(self.body(), _GENERATE) is False


def operations_of(fault: Fault, operations: Collection[Operation]) -> Iterator[Operation]:
    """Yield those of the operations that a fault names."""
    for operation in operations:
        if concerns(fault, operation):
            yield operation


def concerns(fault: Fault, operation: Operation) -> bool:
    """Tell whether a fault names an operation."""
    if isinstance(fault.on, Surface):
        return operation.surface == fault.on.surface
    return fault.on == ALL or operation.id in ([fault.on] if isinstance(fault.on, str) else fault.on)


def fits(fault: Fault, occasion: Occasion) -> bool:
    """Tell whether a fault can strike on an occasion, were it its turn."""
    return (
        concerns(fault, occasion.operation)
        and occasion.transport in transports_of(fault)
        and (not occasion.is_prewarm or _wants_prewarm(fault))
        and (fault.when is None or _matches(fault.when, occasion))
    )


def _wants_prewarm(fault: Fault) -> bool:
    """Tell whether a fault names what only a prewarm has; any other leaves them alone, as over HTTP there are none."""
    return fault.when is not None and fault.when.body.get(_GENERATE) is False


class Counted(Protocol):
    """What strikes by count."""

    @property
    def after(self) -> int:
        """How many pass before it strikes."""

    @property
    def times(self) -> int | None:
        """How many it strikes; None for all that follow."""

    @property
    def every(self) -> int:
        """Which of them: each n-th."""


def is_due(fault: Counted, seen: int) -> bool:
    """Tell whether a fault strikes when so many matching calls came before."""
    turn, rest = divmod(seen - fault.after, fault.every)
    return turn >= 0 and rest == 0 and (fault.times is None or turn < fault.times)


def _matches(when: CallMatch, occasion: Occasion) -> bool:
    return (
        when.method in (None, occasion.method)
        and _found(when.path, occasion.path)
        and _found(when.query, occasion.query)
        and _found({name.lower(): pattern for name, pattern in when.header.items()}, occasion.headers)
        and (when.account is None or when.account == occasion.account())
        and (not when.body or _holds(when.body, occasion.body()))
    )


def _found(patterns: Mapping[str, str | None], values: Mapping[str, str]) -> bool:
    """Tell whether each pattern is found in the value of its name; None wants the name absent."""
    return all(
        name not in values if pattern is None else name in values and re.search(pattern, values[name]) is not None
        for name, pattern in patterns.items()
    )


def _holds(wanted: Mapping[str, Any], body: Any) -> bool:
    return all(look_up(body, pointer) == value for pointer, value in wanted.items())


def look_up(value: Any, pointer: str) -> Any:
    """Return what a JSON pointer names in a value, or ABSENT."""
    for step in pointer.split("/")[1:]:
        key = step.replace("~1", "/").replace("~0", "~")
        if isinstance(value, dict) and key in value:
            value = value[key]
        elif isinstance(value, list) and key.isdecimal() and int(key) < len(value):
            value = value[int(key)]
        else:
            return ABSENT
    return value
