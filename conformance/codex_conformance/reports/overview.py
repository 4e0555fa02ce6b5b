"""A run as the reports look at it: counted, sorted and grouped."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from functools import cached_property
from typing import NamedTuple

from codex_conformance.reports._conclusion import (
    NOT_CHOSEN,
    Conclusion,
    Standing,
    conclusion,
    failing_levels,
    standings,
)
from codex_conformance.reports._run import Outcome, Run, Verdict
from codex_conformance.requirements import LEVELS, SURFACES, Level, Requirement, Surface

__all__ = ["Overview", "Tally"]


class Tally(NamedTuple):
    """How many requirements of one surface and level have each outcome; None counts those of which no case ran."""

    surface: Surface
    level: Level
    counts: Counter[Outcome | None]


class Overview:
    """What the reports ask of a run."""

    def __init__(self, run: Run) -> None:
        self.run = run
        self.standings: list[Standing] = standings(run)
        self.conclusion: Conclusion = conclusion(run)
        #: The levels at which a failure fails the run.
        self.failing_levels = failing_levels(run)

    @cached_property
    def tallies(self) -> list[Tally]:
        """The counts of each surface and level that has requirements here."""
        counts: dict[tuple[Surface, Level], Counter[Outcome | None]] = {}
        for each in self.standings:
            counts.setdefault((each.requirement.surface, each.requirement.level), Counter())[each.outcome] += 1
        return [Tally(*key, counts[key]) for key in sorted(counts, key=_order)]

    @property
    def by_surface(self) -> dict[Surface, list[Standing]]:
        """The requirements of each surface."""
        found: dict[Surface, list[Standing]] = {}
        for each in self.standings:
            found.setdefault(each.requirement.surface, []).append(each)
        return found

    @property
    def outcomes(self) -> set[Outcome | None]:
        """The outcomes that a requirement has."""
        return {each.outcome for each in self.standings}

    def count(self, outcome: Outcome, level: Level) -> int:
        """Return how many requirements of a level have an outcome."""
        return sum(tally.counts[outcome] for tally in self.tallies if tally.level == level)

    def having(self, outcome: Outcome) -> Iterator[tuple[Requirement, list[Verdict]]]:
        """Yield the requirements with cases of an outcome and those cases, the strictest level first."""
        for each in sorted(self.standings, key=lambda each: LEVELS.index(each.requirement.level)):
            if found := [verdict for verdict in each.verdicts if verdict.outcome == outcome]:
                yield each.requirement, found

    @property
    def judged(self) -> int:
        """How many requirements were checked, whatever came."""
        return sum(each.outcome not in (None, "skipped") for each in self.standings)

    @property
    def musts(self) -> list[Standing]:
        """The requirements that everybody has to meet."""
        return [each for each in self.standings if each.requirement.level == "MUST"]

    def gaps(self, standing: Standing) -> list[str]:
        """Return why a requirement was not checked, or not with all cases; in a part, what nobody chose is none."""
        return [gap for gap in standing.gaps if self.run.is_whole or gap != NOT_CHOSEN]

    @cached_property
    def unchecked_musts(self) -> dict[str, dict[str, list[str]]]:
        """The MUST requirements that were not checked: by the reason, then by what the reason names."""
        found: dict[str, dict[str, list[str]]] = {}
        for must in self.musts:
            for gap in self.gaps(must):
                reason, _, detail = gap.partition(": ")
                found.setdefault(reason, {}).setdefault(detail, []).append(must.requirement.id)
        return found

    def declared(self, requirement: Requirement) -> list[str]:
        """Return the capabilities that a requirement needs and a server declares; a client's tasks are no claim."""
        if self.run.role == "client":
            return []
        return [name for name in requirement.needs if self.run.capabilities.get(name) == "declared"]


def _order(key: tuple[Surface, Level]) -> tuple[int, int]:
    return SURFACES.index(key[0]), LEVELS.index(key[1])
