"""One way in which a message breaks its contract."""

from __future__ import annotations

from dataclasses import dataclass

from codex_schemas._problem import Problem

__all__ = ["ContractError", "Violation"]


@dataclass(frozen=True, slots=True)
class Violation:
    """One way in which a message breaks its contract."""

    #: What was checked: a schema name, an operation or an event type.
    where: str
    #: JSON pointer into the message, ``""`` for the whole.
    path: str
    #: What the contract wants at that place.
    expected: str
    #: What the message holds there, shortened.
    found: str
    #: The keyword of JSON Schema that failed, empty where it was no single one.
    keyword: str = ""
    #: The field that is missing, or that nobody knows; empty where it is neither.
    field: str = ""

    def __str__(self) -> str:
        return f"{self.where} at {self.path or '/'}: expected {self.expected}, found {self.found}"


class ContractError(Problem):
    """A message does not fit its contract.

    ``violations`` holds every :class:`Violation`, the most telling first.
    """

    def __init__(self, where: str, violations: list[Violation]) -> None:
        first = violations[0]
        more = f" ({len(violations) - 1} more)" if len(violations) > 1 else ""
        super().__init__(
            f"checking {where} at {first.path or '/'}",
            expected=first.expected,
            found=first.found + more,
            advice="Compare the message with the contract's schema of that name.",
        )
        self.violations = violations
