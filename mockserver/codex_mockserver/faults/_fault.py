"""A fault as data: which calls it strikes, at which place, and how."""

from __future__ import annotations

from typing import Any

import msgspec

__all__ = ["At", "CallMatch", "Chunk", "CloseFrame", "Fault", "FaultAnswer", "Heartbeat", "Surface"]


class Surface(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """Every operation of a surface."""

    #: ``oauth``, ``wham`` or ``responses``.
    surface: str


class CallMatch(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """What a call must be like for a fault to strike it; every given part must match."""

    #: The HTTP method; a response over WebSocket has the ``GET`` of its handshake.
    method: str | None = None
    #: Regular expressions searched in parameters of the path, of the query, and in headers; null means absent.
    path: dict[str, str] = {}
    query: dict[str, str | None] = {}
    header: dict[str, str | None] = {}
    #: The values that a JSON body, or a frame, has at these JSON pointers.
    body: dict[str, Any] = {}
    #: The account whose credentials the call carries.
    account: str | None = None


class At(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """A place in a stream."""

    #: The event, counted from 0 as in its ``sequence_number``.
    number: int | None = None
    #: The event, by its type.
    event: str | None = None
    #: Which event of that type, counted from 1.
    occurrence: int = 1
    #: A place inside the event: so many of its bytes pass; ``character`` ends in the middle of the
    #: first character that has several bytes.
    byte: int | str | None = None


class FaultAnswer(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """A response that takes the place of the real one."""

    status: int
    body: Any = msgspec.UNSET
    headers: dict[str, str] = {}

    def encoded(self) -> bytes:
        """Return the body: text as it is, anything else as JSON."""
        if self.body is msgspec.UNSET:
            return b""
        return self.body.encode() if isinstance(self.body, str) else msgspec.json.encode(self.body)


class CloseFrame(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """How a WebSocket is closed."""

    code: int = 1011
    reason: str = ""


class Heartbeat(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """Signs of life while nothing else comes."""

    #: Seconds before each.
    every: float
    times: int
    #: The event that is sent; without one it is a comment.
    event: dict[str, Any] | None = None


class Chunk(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """The pieces in which a body leaves."""

    bytes: int
    #: Seconds after each piece.
    pause: float = 0.0


class Fault(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """One failure: the calls that it strikes, the place, and exactly one kind of failure."""

    #: An operation id, several of them, a surface, or ``all``.
    on: str | list[str] | Surface
    #: What the journal calls it.
    name: str | None = None
    #: How many matching calls pass before it strikes, and how many it strikes; null means all that follow.
    after: int = 0
    times: int | None = 1
    #: Strike only each n-th of them.
    every: int = 1
    when: CallMatch | None = None
    #: ``request`` (before the work), ``answer`` (after it, before the headers), or an event of the
    #: stream: its number, ``last``, ``end``, or more exactly.
    at: int | str | At | None = None
    # What follows are the kinds, of which each fault has one; the table in _kinds.py says what they do.
    answer: FaultAnswer | None = None
    delay: float | None = None
    hold: str | None = None
    reset: bool | None = None
    cut: bool | None = None
    half_close: bool | None = None
    end: bool | None = None
    close: CloseFrame | None = None
    idle: bool | float | None = None
    heartbeat: Heartbeat | None = None
    insert: dict[str, Any] | str | None = None
    comment: str | None = None
    drop: bool | None = None
    duplicate: bool | None = None
    swap: bool | None = None
    replace: dict[str, Any] | str | None = None
    no_blank_line: bool | None = None
    line_ends: str | None = None
    bom: bool | None = None
    chunk: int | Chunk | None = None
    ignore_pings: bool | None = None

    @property
    def kinds(self) -> dict[str, Any]:
        """The kinds of failure that are given, with their arguments; there is one in a fault that was loaded."""
        given = {name: getattr(self, name) for name in self.__struct_fields__ if name not in _COMMON}
        return {name: value for name, value in given.items() if value is not None}


#: What every fault can have, whatever its kind.
_COMMON = frozenset({"on", "name", "after", "times", "every", "when", "at"})
