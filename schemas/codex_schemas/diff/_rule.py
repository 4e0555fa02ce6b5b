"""A rule of the diff: one kind of change, and whom it hurts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from codex_schemas.diff._change import Level

__all__ = ["Example", "Rule", "rule"]


@dataclass(frozen=True, slots=True)
class Example:
    """A change that exactly one rule finds."""

    old: Any
    new: Any
    #: What ``old`` and ``new`` are: a JSON Schema, definitions by name, or messages by name, each an
    #: object with ``kind`` and as needed ``params``, ``result``, ``required`` and ``experimental``.
    kind: Literal["schema", "definitions", "messages"] = "schema"
    #: What the experimental part has besides, on the side where that matters.
    old_wider: Any = None
    new_wider: Any = None


@dataclass(frozen=True, slots=True)
class Rule:
    """One kind of change, with a verdict for the one who sends what changed and for the one who reads it."""

    id: str
    #: What it means, in one sentence.
    sentence: str
    #: Whether values that an old sender makes are still accepted by a new reader.
    sender: Level
    #: Whether values that a new sender makes are still readable by an old reader.
    reader: Level
    #: The same where readers refuse what they do not know.
    strict_sender: Level
    strict_reader: Level
    example: Example
    #: The id of the rule that finds the same change when old and new change places.
    mirror: str
    #: How one such change is told; see :mod:`codex_schemas.diff._wording`.
    wording: str


def rule(
    identifier: str,
    verdict: str,
    sentence: str,
    wording: str,
    example: Example,
    *,
    mirror: str | None = None,
    strict: str | None = None,
) -> Rule:
    """Return a rule from its row in the table.

    Args:
        identifier: The id of the rule.
        verdict: For the sender and the reader, such as ``breaking/compatible``.
        sentence: What it means.
        wording: How one such change is told.
        example: A change that it finds.
        mirror: The rule for the opposite change; the same rule when there is none.
        strict: The verdict where readers refuse what they do not know, if that is another.
    """
    sender, reader = _levels(verdict)
    strict_sender, strict_reader = _levels(strict or verdict)
    return Rule(
        id=identifier,
        sentence=sentence,
        sender=sender,
        reader=reader,
        strict_sender=strict_sender,
        strict_reader=strict_reader,
        example=example,
        mirror=mirror or identifier,
        wording=wording,
    )


def _levels(verdict: str) -> tuple[Level, Level]:
    sender, reader = verdict.split("/")
    return Level[sender.upper()], Level[reader.upper()]
