"""What is wrong with a message, for people and for programs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from codex_conformance._printable import printable
from codex_conformance.cli._terminal import Terminal
from codex_schemas import Violation

__all__ = ["as_json", "as_lines"]

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
