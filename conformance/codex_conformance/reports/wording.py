"""The words that the reports share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from codex_conformance.reports._conclusion import Conclusion
from codex_conformance.reports._run import Outcome, Run, Verdict
from codex_conformance.reports.overview import Overview
from codex_conformance.requirements import Surface

__all__ = [
    "CONTENTS",
    "OUTCOMES",
    "UNCHECKED",
    "claim",
    "columns",
    "counted",
    "finding_parts",
    "heading",
    "listed",
    "outcome_class",
    "outcome_name",
    "skip_sentence",
    "surface_name",
]

#: What each outcome means, as the columns of tables stand; None is a requirement of which no case ran.
OUTCOMES: Mapping[Outcome | None, str] = {
    "passed": "met",
    "failed": "not met",
    "known": "not met, as the baseline says",
    "stale": "met, though the baseline says it is not",
    "skipped": "not checked, for a reason",
    "error": "not judged, for a fault of the suite",
    None: "no case of it ran",
}

#: The outcomes that a table shows, even where nothing has them.
_ALWAYS: tuple[Outcome, ...] = ("passed", "failed", "skipped")

#: The titles under which outcomes are told one by one.
CONTENTS: Mapping[Outcome, str] = {
    "failed": "Not met",
    "error": "Faults of the suite",
    "stale": "Stale entries of the baseline",
    "known": "Known failures",
}

#: The title under which it is told what was left out.
UNCHECKED = "MUST requirements that were not checked"

#: What each reason for leaving something out means.
_SKIPS: Mapping[str, str] = {
    "not declared": "the target does not claim what these need",
    "disabled": "switched off for this run",
    "not chosen": "no case of these was run",
    "live": "not asked of a live host",
    "release": "not in the contract of this release",
}

_BLAMES = {"implementation": "the implementation", "suite": "the suite and its mock"}


def columns(overview: Overview) -> list[Outcome | None]:
    """Return the outcomes that a table of a run shows."""
    return [each for each in OUTCOMES if each in _ALWAYS or each in overview.outcomes]


def outcome_name(outcome: Outcome | None) -> str:
    """Return the name of an outcome, or of its absence."""
    return outcome or "not run"


def outcome_class(name: Outcome | Conclusion | None) -> str:
    """Return the class that an outcome or a conclusion has in pages."""
    return {None: "not-run", "known failures": "known"}.get(name, name or "")


def surface_name(surface: Surface) -> str:
    """Return the name of a surface as people write it."""
    return surface.replace("_", "-")


def skip_sentence(reason: str) -> str:
    """Return a reason for leaving something out, with what it means if that is known."""
    meaning = _SKIPS.get(reason.partition(":")[0])
    return f"{reason}, {meaning}" if meaning else reason or "no reason was given"


def heading(run: Run) -> str:
    """Return what was under test, against what, and how much was done."""
    cases = f"{counted(len(run.verdicts), 'case')} in {run.seconds:.1f} s"
    part = ", a chosen part" if run.is_partial else ""
    end = ", interrupted" if run.is_interrupted else ""
    return f"{run.role} {run.target}, codex {run.release}: {cases}{part}{end}"


def finding_parts(verdict: Verdict) -> list[tuple[str, str]]:
    """Return what was wrong in its four parts, and who is at fault, each with its label."""
    finding = verdict.finding
    parts = []
    if finding is not None:
        parts = [
            ("doing", finding.doing),
            ("expected", finding.expected),
            ("found", finding.found),
            ("to do", finding.advice),
        ]
    if verdict.blame is not None:
        parts.append(("blame", _BLAMES[verdict.blame]))
    return [(label, text) for label, text in parts if text]


def claim(capabilities: Sequence[str]) -> str:
    """Return what it means that a requirement fails whose capabilities the target declares."""
    return f"declared but failing: the target says that it has {listed(capabilities)}"


def counted(number: int, noun: str) -> str:
    """Return a number with its noun: ``1 entry``, ``2 entries``."""
    if number == 1:
        return f"1 {noun}"
    return f"{number} {noun.removesuffix('y')}ies" if noun.endswith("y") else f"{number} {noun}s"


def listed(words: Sequence[str]) -> str:
    """Return words as a sentence lists them: ``a, b and c``."""
    *most, last = words
    return f"{', '.join(most)} and {last}" if most else last
