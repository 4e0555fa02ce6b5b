"""What a run says, for a person."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from codex_conformance.reports._conclusion import Conclusion
from codex_conformance.reports.overview import Overview
from codex_conformance.reports.wording import counted, listed, surface_name
from codex_conformance.requirements import LEVELS, Level

__all__ = ["sentence"]


def sentence(overview: Overview) -> str:
    """Return what a run says of its target; nothing is called conformant that may not be."""
    return " ".join([_SENTENCES[overview.conclusion](overview), *_besides(overview)])


def _conformant(overview: Overview) -> str:
    met = f"{len(overview.musts)} of {_musts(len(overview.musts))}"
    return f"{_who(overview)} is conformant {_scope(overview)}: {met} met."


def _passed(overview: Overview) -> str:
    checked = f"{overview.judged} of {counted(len(overview.standings), 'requirement')}"
    return f"{_who(overview)} meets what was chosen {_scope(overview)}, {checked}. Of the rest this run says nothing."


def _known_failures(overview: Overview) -> str:
    failing = f"{overview.count('known', 'MUST')} of {_musts(len(overview.musts))}"
    return f"{_who(overview)} is not conformant {_scope(overview)}: {failing} not met, all as its baseline says."


def _failed(overview: Overview) -> str:
    failing = {level: overview.count("failed", level) for level in overview.failing_levels}
    faults = [f"{listed(_by_level(failing))} not met"] if any(failing.values()) else []
    if stale := sum(len(verdicts) for _, verdicts in overview.having("stale")):
        faults.append(f"{counted(stale, 'entry')} of the baseline stale")
    unchecked = _unchecked(overview)
    faults += [f"{_musts(unchecked)} not checked"] if unchecked else []
    return f"{_who(overview)} is not conformant {_scope(overview)}: {', '.join(faults)}."


def _incomplete(overview: Overview) -> str:
    if not overview.judged:
        return f"Incomplete: nothing was checked, so nothing is known of {_who(overview)}."
    if overview.run.is_interrupted:
        checked = f"{overview.judged} of {counted(len(overview.standings), 'requirement')} checked"
        return f"Interrupted: {checked}, so {_who(overview)} cannot be called conformant {_scope(overview)}."
    missing = f"{_unchecked(overview)} of {_musts(len(overview.musts))} not checked"
    return f"Incomplete: {missing}, so {_who(overview)} cannot be called conformant {_scope(overview)}."


def _crashed(overview: Overview) -> str:
    faults = counted(sum(len(verdicts) for _, verdicts in overview.having("error")), "fault")
    return f"Not judged: {faults} of the suite itself, so nothing is said of {_who(overview)}."


_SENTENCES: Mapping[Conclusion, Callable[[Overview], str]] = {
    "conformant": _conformant,
    "passed": _passed,
    "known failures": _known_failures,
    "failed": _failed,
    "incomplete": _incomplete,
    "crashed": _crashed,
}


def _besides(overview: Overview) -> list[str]:
    """Return a sentence about what is not met besides, and does not fail the run."""
    lenient = {level: _lenient(overview, level) for level in LEVELS}
    if overview.conclusion == "crashed" or not any(lenient.values()):
        return []
    return [f"Not met, which does not count: {listed(_by_level(lenient))}."]


def _lenient(overview: Overview, level: Level) -> int:
    failed = 0 if level in overview.failing_levels else overview.count("failed", level)
    return failed + (0 if level == "MUST" else overview.count("known", level))


def _who(overview: Overview) -> str:
    return overview.run.target


def _scope(overview: Overview) -> str:
    surfaces = listed([surface_name(surface) for surface in overview.run.surfaces] or ["no surface"])
    return f"with codex {overview.run.release} ({surfaces})"


def _unchecked(overview: Overview) -> int:
    return sum(bool(overview.gaps(must)) for must in overview.musts)


def _musts(number: int) -> str:
    return counted(number, "MUST requirement")


def _by_level(counts: Mapping[Level, int]) -> list[str]:
    return [f"{number} {level}" for level, number in counts.items() if number]
