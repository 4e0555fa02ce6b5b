"""What is wrong with a message, for people and for programs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from codex_conformance._printable import printable
from codex_conformance.terminal import Terminal
from codex_schemas import Violation

__all__ = ["as_json", "as_lines", "summary"]

#: How many are told of one message; more of them hardly tell more.
_MOST = 10
_PARTS = ("where", "path", "expected", "found")


def as_lines(violations: Sequence[Violation], terminal: Terminal, indent: str) -> Iterator[str]:
    """Yield the branch and path of each violation, with what was expected and found below it."""
    for violation in violations[:_MOST]:
        yield f"{indent}{printable(violation.where)} at {printable(violation.path) or 'the whole'}"
        for word, text in (("expected", violation.expected), ("found", violation.found)):
            yield from terminal.wrap(printable(text), f"{indent}  {word:<9} ", " " * (len(indent) + 12))
    if len(violations) > _MOST:
        yield f"{indent}and {len(violations) - _MOST} more"


def as_json(violations: Sequence[Violation]) -> list[dict[str, Any]]:
    """Return the same as JSON, all of it."""
    return [{name: getattr(violation, name) for name in _PARTS} for violation in violations]


def summary(noun: str, total: int, failing: int, what: str, terminal: Terminal) -> str:
    """Return the last line of a check: how many there were, and how many do not fit.

    Args:
        noun: What one of them is called.
        total: How many were checked.
        failing: How many of these do not fit.
        what: What they should fit.
        terminal: Where it is printed.
    """
    checked = f"1 {noun}" if total == 1 else f"{total} {noun}s"
    if not failing:
        return terminal.paint(f"{checked} checked, all fit {what}", "bold", "green")
    verb = "does" if failing == 1 else "do"
    return terminal.paint(f"{checked} checked, {failing} {verb} not fit {what}", "bold", "red")
