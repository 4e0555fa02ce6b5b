"""Looking for a message, or a sequence of steps, that a server does not stand."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import cast
from unittest import SkipTest

import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from hypothesis.errors import FlakyFailure, FlakyStrategyDefinition
from hypothesis.stateful import RuleBasedStateMachine, run_state_machine_as_test

from codex_conformance.fuzzing._budget import Budget
from codex_conformance.probes import Evidence, Unmet
from codex_conformance.reports import Step
from codex_conformance.strategies import Sample
from codex_schemas import Problem

__all__ = ["Machine", "Search", "explore", "search"]

#: Steps that a machine takes at most before it begins anew.
_STEPS = 12


class BudgetSpent(SkipTest):
    """The time is over; hypothesis ends at once when a test is skipped."""


@dataclass(frozen=True)
class _Failure:
    """Something that failed, and how large it was."""

    size: int
    subject: Sample | None
    error: AssertionError
    steps: list[Step]


class Search:
    """Counts and times attempts, and keeps the smallest that failed."""

    def __init__(self, budget: Budget, evidence: Evidence) -> None:
        #: How many attempts there were.
        self.attempts = 0
        self.evidence = evidence
        self._budget = budget
        self._ends_at = time.monotonic() + budget.seconds
        self._smallest: _Failure | None = None

    def begin(self) -> None:
        """Begin an attempt, with fresh evidence.

        Raises:
            BudgetSpent: There is no time for it.
        """
        # The first one is always made: a check that checks nothing would pass.
        if self.attempts and time.monotonic() >= self._ends_at:
            raise BudgetSpent("the time is over")
        self.attempts += 1
        self.evidence.steps.clear()
        self.evidence.violations.clear()

    def fail(self, subject: Sample | None, size: int, error: AssertionError) -> None:
        """Keep what failed unless something smaller did, and allow time to make it smaller."""
        if self._smallest is None:
            self._ends_at = time.monotonic() + self._budget.shrink_seconds
        if self._smallest is None or size < self._smallest.size:
            self._smallest = _Failure(size, subject, error, list(self.evidence.steps))

    def run(self, attempt: Callable[[], object]) -> None:
        """Let hypothesis make its attempts, and blame whoever is to be blamed.

        Raises:
            Unmet: One failed.
            Problem: A message that was to fit the contract did not: a fault of the suite.
        """
        if self._budget.seconds <= 0:
            pytest.skip("disabled: fuzz")
        try:
            attempt()
        except (BudgetSpent, AssertionError, FlakyStrategyDefinition):
            # The last is how a walk looks that the end of the budget cut short.
            pass
        except FlakyFailure:
            # A server that remembers may stand the second time what it did not stand the first.
            if self._smallest is None:
                raise
        # What the messages broke in passing is blamed here, or was allowed.
        self.evidence.violations.clear()
        if self._smallest is not None:
            self.evidence.steps[:] = self._smallest.steps
            self._blame(self._smallest)

    def _blame(self, failure: _Failure) -> None:
        subject, error = failure.subject, failure.error
        if subject and subject.is_valid and (violations := subject.violations()):
            raise Problem(
                f"making {subject}",
                expected="a message that fits its contract",
                found=str(violations[0]),
                advice="This is a fault of the suite: look at its strategies.",
            )
        doing = f"sending {subject}" if subject else self.evidence.doing
        expected, found = (
            (error.expected, error.found) if isinstance(error, Unmet) else ("what the check asserts", error)
        )
        raise Unmet(doing=doing, expected=expected, found=found, advice=self._budget.advice) from None


def search(
    samples: st.SearchStrategy[Sample], judge: Callable[[Sample], object], budget: Budget, evidence: Evidence
) -> int:
    """Judge messages until one fails or the budget is spent, and return how many there were.

    Args:
        samples: The messages.
        judge: Sends one and judges what comes; an :class:`AssertionError` says that it failed.
        budget: How long, and from where.
        evidence: What is said; of a failure, that of its smallest message stays.

    Raises:
        Unmet: A message failed.
        Problem: The suite made a message that is not what it was to be.
    """
    found = Search(budget, evidence)

    @seed(budget.seed)
    @_limited(budget)
    @given(samples)
    def attempt(sample: Sample) -> None:
        found.begin()
        try:
            judge(sample)
        except AssertionError as error:
            found.fail(sample, sample.size, error)
            raise

    found.run(attempt)
    return found.attempts


class Machine(RuleBasedStateMachine):
    """A state machine that walks with a server; each walk begins where the last one left the server."""

    def __init__(self, found: Search) -> None:
        super().__init__()
        found.begin()
        self._found = found

    def teardown(self) -> None:
        """Keep the walk if it failed; hypothesis calls this while the error is on its way."""
        if isinstance(error := sys.exc_info()[1], AssertionError):
            self._found.fail(None, len(self._found.evidence.steps), error)


def explore(make: Callable[[Search], Machine], budget: Budget, evidence: Evidence) -> int:
    """Let a machine walk until it fails or the budget is spent, and return how many walks there were.

    Raises:
        Unmet: A walk failed.
    """
    found = Search(budget, evidence)

    def machine() -> Machine:
        return make(found)

    # Hypothesis calls it as it would call the class of a machine.
    factory = cast("type[Machine]", seed(budget.seed)(machine))
    limits = settings(_limited(budget), stateful_step_count=_STEPS)
    found.run(lambda: run_state_machine_as_test(factory, settings=limits))
    return found.attempts


def _limited(budget: Budget) -> settings:
    return settings(
        max_examples=budget.max_examples,
        database=None,
        deadline=None,
        phases=(Phase.generate, Phase.shrink),
        suppress_health_check=list(HealthCheck),
        report_multiple_bugs=False,
        print_blob=False,
    )
