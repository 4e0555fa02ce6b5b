"""How a case lets the client under test do something, and what most cases ask of the outcome."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from codex_conformance.clients import Examiner, Outcome, Task, Trial, note
from codex_conformance.probes import Evidence, require

__all__ = ["Trials", "require_failure", "require_success"]


class Trials:
    """Lets the client do its tasks, and keeps the evidence."""

    def __init__(self, examiner: Examiner, evidence: Evidence) -> None:
        self.examiner = examiner
        self._evidence = evidence

    def __call__(self, task: Task, scenario: str | Mapping[str, Any] = "{}", **more: Any) -> Outcome:
        """Return what becomes of a task in a scenario; ``more`` are the further fields of a ``Trial``.

        Raises:
            Unmet: The client does not end.
        """
        outcome = self.examiner.run(Trial.of(task, scenario, **more))
        note(outcome, self._evidence)
        require(not outcome.timed_out, expected="a client that ends", found=outcome.ending, doing=str(outcome.trial))
        return outcome


def require_success(outcome: Outcome) -> Outcome:
    """Return the outcome itself.

    Raises:
        Unmet: The client failed.
    """
    require(outcome.succeeded, expected="exit code 0", found=outcome.ending, doing=str(outcome.trial))
    return outcome


def require_failure(outcome: Outcome) -> Outcome:
    """Return the outcome itself.

    Raises:
        Unmet: The client says that it did what it could not do.
    """
    require(not outcome.succeeded, expected="an exit code other than 0", found=outcome.ending, doing=str(outcome.trial))
    return outcome
