"""What was said while a case ran, and what of it broke the contract."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from codex_conformance.reports import Step
from codex_fixtures import mask
from codex_schemas import Violation

__all__ = ["Evidence"]

_LONGEST = 8_000
_MOST = 400


@dataclass
class Evidence:
    """The evidence of one case; secrets in it are cut short as they come."""

    steps: list[Step] = field(default_factory=list)
    #: What the implementation sent that does not fit its contract, with the call or message it was in.
    violations: list[tuple[str, Violation]] = field(default_factory=list)

    def note(self, sender: str, title: str, text: str = "") -> None:
        """Keep one thing that was said."""
        if len(self.steps) < _MOST:
            # Cut after a secret that begins before the end is cut short, not in it.
            self.steps.append(Step(sender, mask(title), mask(text[: 2 * _LONGEST])[:_LONGEST]))

    def blame(self, where: str, violations: Sequence[Violation]) -> None:
        """Keep what the implementation did against its contract, in a call such as ``exchangeToken 200``."""
        self.violations += [(where, violation) for violation in violations]

    @property
    def doing(self) -> str:
        """What was last asked."""
        return next((step.title for step in reversed(self.steps) if step.sender == "suite"), "starting")
