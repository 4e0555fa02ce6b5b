"""What a whole run says: of each requirement, and of the target."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from codex_conformance.reports._run import Outcome, Run, SkipReason, Verdict
from codex_conformance.requirements import LEVELS, Level, Requirement, find, requirements

__all__ = ["EXIT_CODES", "NOT_CHOSEN", "Conclusion", "Standing", "conclusion", "failing_levels", "standings"]

#: ``passed`` is a run of a chosen part, or without any MUST, in which all is well; ``known failures`` one whose
#: baseline lists all that failed; ``incomplete`` one in which something that must hold was not checked, or nothing was,
#: or that broke off.
Conclusion = Literal["conformant", "passed", "known failures", "failed", "incomplete", "crashed"]

#: The exit code of ``check`` for each, as pytest has them for an internal error and for no tests; 2 is a wrong
#: argument or another problem.
EXIT_CODES: Mapping[Conclusion, int] = {
    "conformant": 0,
    "passed": 0,
    "known failures": 0,
    "failed": 1,
    "incomplete": 5,
    "crashed": 3,
}

#: Why nothing was checked: no case was run.
NOT_CHOSEN: SkipReason = "not chosen"
#: Why a case was not run that concerns another release, or what the target does not claim: no gap where others ran.
_ELSEWHERE: tuple[SkipReason, ...] = ("release", "not declared")
#: What may be missing where somebody chose a part, of which nothing is called conformant.
_NOT_IN_PART: frozenset[SkipReason] = frozenset({NOT_CHOSEN, "not declared", "disabled"})

#: What counts for a requirement with several cases is the gravest of them; the first is that.
_WEIGHT: tuple[Outcome, ...] = ("error", "failed", "stale", "known", "passed", "skipped")


@dataclass(frozen=True, slots=True)
class Standing:
    """A requirement, and what the run says of it."""

    requirement: Requirement
    #: None where no case of it ran, although it is in scope.
    outcome: Outcome | None
    #: What its cases say, the gravest first.
    verdicts: Sequence[Verdict]

    @property
    def reason(self) -> str:
        """Why it was skipped, is known, or is stale."""
        if self.outcome is None:
            return NOT_CHOSEN
        return next((each.reason for each in self.verdicts if each.outcome == self.outcome and each.reason), "")

    @property
    def gaps(self) -> list[str]:
        """The reasons why it was not checked, or some of its cases were not; none where it was, whatever came."""
        reasons = dict.fromkeys(each.reason for each in self.verdicts if each.outcome == "skipped")
        if self.outcome in (None, "skipped"):
            return list(reasons) or [NOT_CHOSEN]
        return [reason for reason in reasons if _kind(reason) not in _ELSEWHERE]


def standings(run: Run) -> list[Standing]:
    """Return each requirement in scope of a run with its standing, in the order of the registry."""
    by_id: dict[str, list[Verdict]] = {}
    for verdict in run.verdicts:
        by_id.setdefault(find(verdict.requirement).id, []).append(verdict)
    found = [_standing(each, by_id.get(each.id, ())) for each in requirements().values()]
    # What was judged is told, in scope or not; what only says that it is out of scope is not.
    return [each for each in found if _in_scope(each.requirement, run) or each.outcome not in (None, "skipped")]


def conclusion(run: Run) -> Conclusion:
    """Return what a run says of its target."""
    if any(verdict.outcome == "error" for verdict in run.verdicts):
        return "crashed"
    if any(_fails(verdict, run) for verdict in run.verdicts):
        return "failed"
    if run.is_interrupted or not any(verdict.outcome in ("passed", "known", "failed") for verdict in run.verdicts):
        return "incomplete"
    musts = [each for each in standings(run) if each.requirement.level == "MUST"]
    gaps = {_kind(reason) for must in musts for reason in must.gaps}
    if gaps - (_NOT_IN_PART if run.is_partial else frozenset()):
        return "incomplete"
    if any(must.outcome == "known" for must in musts):
        return "known failures"
    # Where nothing must be met, nothing is shown by meeting it.
    return "conformant" if musts and not run.is_partial else "passed"


def failing_levels(run: Run) -> tuple[Level, ...]:
    """Return the levels at which a failure fails the run."""
    return LEVELS[: LEVELS.index(run.fail_level) + 1]


def _kind(reason: str) -> str:
    """Return a reason without what it names."""
    return reason.partition(":")[0]


def _fails(verdict: Verdict, run: Run) -> bool:
    """Tell whether a verdict fails the run; a stale baseline does, whatever it lists."""
    is_failure = verdict.outcome == "failed" and find(verdict.requirement).level in failing_levels(run)
    return is_failure or verdict.outcome == "stale"


def _in_scope(requirement: Requirement, run: Run) -> bool:
    return requirement.role == run.role and requirement.surface in run.surfaces and requirement.holds_for(run.release)


def _standing(requirement: Requirement, verdicts: Sequence[Verdict]) -> Standing:
    by_weight = sorted(verdicts, key=lambda verdict: _WEIGHT.index(verdict.outcome))
    return Standing(requirement, by_weight[0].outcome if by_weight else None, by_weight)
