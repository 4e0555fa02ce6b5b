"""What the differ finds: changes with a verdict for each of the two sides."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

from codex_schemas.diff._protocol import Side

__all__ = ["Change", "Comparison", "Level"]


class Level(IntEnum):
    """How much a change hurts a program that was built for the old side."""

    #: It goes on working.
    COMPATIBLE = 0
    #: It works if it is lenient: it may meet a value that it does not know, or lose something silently.
    DANGEROUS = 1
    #: It fails.
    BREAKING = 2

    def __str__(self) -> str:
        return self.name.lower()


@dataclass(frozen=True, slots=True)
class Change:
    """One difference between two protocols, reported once however many messages it travels in."""

    #: The id of the rule that found it, such as ``required-field-added``; see :data:`RULES`.
    rule: str
    #: Where: ``turn/start``, ``Turn.status``, ``ThreadItem[agentMessage].phase``, ``PlanType``.
    location: str
    #: What changed, in one sentence for a person.
    text: str
    #: The verdict for a client that was built for the old protocol and meets the new server.
    client: Level
    #: The verdict for a server or mock that was built for the old protocol and meets the new client.
    server: Level
    #: The part that changed, as JSON; None where it was added.
    old: Any = None
    #: The part that changed, as JSON; None where it was removed.
    new: Any = None
    #: The messages whose content changes with it, sorted.
    messages: tuple[str, ...] = ()
    #: Who sends it; both for a type that travels in both directions.
    senders: frozenset[Side] = frozenset()
    #: Whether it concerns only the experimental API.
    experimental: bool = False

    @property
    def worst(self) -> Level:
        """The graver of the two verdicts."""
        return max(self.client, self.server)

    def level(self, side: Side | None = None) -> Level:
        """Return the verdict for one side, or the graver one."""
        return self.worst if side is None else self.client if side == "client" else self.server


@dataclass(frozen=True, slots=True)
class Comparison:
    """The result of a diff: every change, the gravest first, then by location."""

    old: str
    new: str
    changes: tuple[Change, ...]

    def worst(self, side: Side | None = None) -> Level:
        """Return the gravest verdict; compatible when nothing changed."""
        return max((change.level(side) for change in self.changes), default=Level.COMPATIBLE)

    def at(self, level: Level, side: Side | None = None) -> Iterable[Change]:
        """Return the changes with exactly this verdict."""
        return (change for change in self.changes if change.level(side) == level)
