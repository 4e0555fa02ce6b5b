"""The events of a run: it starts, verdicts come one by one, it ends. All reports listen to these."""

from __future__ import annotations

from typing import Literal, Protocol

import msgspec

from codex_conformance.requirements import Level, Role, Surface

__all__ = ["Finding", "Outcome", "Reporter", "Run", "SkipReason", "Step", "Verdict"]

#: ``known`` is a failure that the baseline lists, ``stale`` a pass of what it lists, ``error`` a fault of the suite.
Outcome = Literal["passed", "failed", "known", "stale", "skipped", "error"]

#: Why something was not checked: not in the target's contract, not claimed by it, switched off by its user, or
#: left out by the choice of the run. A reason is one of these, perhaps with more behind a colon.
SkipReason = Literal["release", "not declared", "disabled", "not chosen", "live"]


class Finding(msgspec.Struct, frozen=True):
    """What was wrong, in four parts."""

    doing: str
    expected: str
    found: str
    advice: str = ""


class Step(msgspec.Struct, frozen=True):
    """One thing that was said while a case ran, redacted."""

    #: Who said it: ``suite``, ``target``, ``client`` or ``backend``.
    sender: str
    #: One line, such as ``POST /oauth/token`` or ``401``.
    title: str
    #: Headers and body, a message, or output; may be empty.
    text: str = ""


class Verdict(msgspec.Struct, kw_only=True, omit_defaults=True):
    """What a case says about a requirement."""

    requirement: str
    #: The case within the requirement, unique there; such as ``test_refresh_rotates[json]``.
    case: str
    outcome: Outcome
    #: Why it was skipped, is known, or is stale.
    reason: str = ""
    finding: Finding | None = None
    #: Who is at fault where it failed: the ``implementation``, or the ``suite`` and its mock.
    blame: Literal["implementation", "suite"] | None = None
    #: What was said, in order; kept where it failed, or where all is to be kept.
    steps: list[Step] = []
    seconds: float = 0.0
    #: The command that repeats just this case.
    repeat: str = ""


class Run(msgspec.Struct, kw_only=True, omit_defaults=True):
    """One run of the suites against one target."""

    #: The version of this form.
    report: int = 1
    #: Who was under test.
    role: Role
    #: The name of the target, or of the client.
    target: str
    #: The codex release whose contract was asked for.
    release: str
    #: The surfaces that were in scope.
    surfaces: list[Surface]
    #: RFC 3339.
    started_at: str
    seconds: float = 0.0
    #: ``codex-testkit`` and its version.
    tool: str = ""
    #: What each capability of the target is: ``declared``, ``found``, ``not declared`` or ``disabled``.
    capabilities: dict[str, str] = {}
    #: From which level on a failure fails the run.
    fail_level: Level = "MUST"
    #: Whether only some requirements were chosen.
    is_partial: bool = False
    #: Whether it broke off before all was asked.
    is_interrupted: bool = False
    verdicts: list[Verdict] = []

    @property
    def is_whole(self) -> bool:
        """Whether all was to be asked, and was: what has no verdict then is missing."""
        return not self.is_partial and not self.is_interrupted


class Reporter(Protocol):
    """Listens to a run."""

    def started(self, run: Run) -> None:
        """Take note that it begins."""

    def judged(self, run: Run, verdict: Verdict) -> None:
        """Take a verdict, which is in ``run.verdicts`` already."""

    def finished(self, run: Run) -> None:
        """Take note that no verdict comes any more."""
