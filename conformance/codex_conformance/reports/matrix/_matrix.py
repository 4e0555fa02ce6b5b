"""The matrix: requirements by targets."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby

from codex_conformance.reports._conclusion import Standing
from codex_conformance.reports._run import Run
from codex_conformance.reports.overview import Overview
from codex_conformance.reports.redaction import redacted_run
from codex_conformance.requirements import ROLES, Requirement, Role, Surface, requirements
from codex_schemas import Problem

__all__ = ["Column", "Matrix", "Part", "Share"]

#: Why something does not apply to a target: it does not claim it, or its release has it not.
_ELSEWHERE = ("not declared", "release")


@dataclass(frozen=True, slots=True)
class Share:
    """How much of a surface a target meets."""

    passed: int
    #: How many requirements could be asked of it: those of its release, without what it does not claim.
    applicable: int

    def __str__(self) -> str:
        return f"{self.passed} of {self.applicable}" if self.applicable else "none"


@dataclass(frozen=True)
class Column:
    """One target, and what came."""

    overview: Overview

    @property
    def title(self) -> str:
        """The target, with the release that it was held against unless its name says that."""
        run = self.overview.run
        return run.target if run.release in run.target else f"{run.target} ({run.release})"

    @cached_property
    def standings(self) -> dict[str, Standing]:
        """What came, by the id of the requirement; what is out of scope is not there."""
        return {each.requirement.id: each for each in self.overview.standings}

    def share(self, surface: Surface) -> Share | None:
        """Return how much of a surface it meets; None where that was not in scope."""
        if surface not in self.overview.run.surfaces:
            return None
        applying = [each for each in self.overview.standings if each.requirement.surface == surface and _applies(each)]
        return Share(sum(each.outcome == "passed" for each in applying), len(applying))


@dataclass(frozen=True, slots=True)
class Part:
    """The targets of one role, and the requirements that any of them was held against, by surface."""

    role: Role
    columns: Sequence[Column]
    rows: Sequence[tuple[Surface, Sequence[Requirement]]]

    @property
    def surfaces(self) -> list[Surface]:
        """The surfaces with requirements."""
        return [surface for surface, _ in self.rows]


class Matrix:
    """What several runs found, without secrets.

    Raises:
        Problem: There is no run, or there are two of the same target and release.
    """

    def __init__(self, runs: Iterable[Run]) -> None:
        columns = [Column(Overview(redacted_run(run))) for run in runs]
        _check(columns)
        parts = (_part(role, [each for each in columns if each.overview.run.role == role]) for role in ROLES)
        #: A part for each role that was under test.
        self.parts: list[Part] = [part for part in parts if part.columns]


def _check(columns: Sequence[Column]) -> None:
    doing = "putting reports beside each other"
    if not columns:
        raise Problem(doing, expected="at least one report", found="none", advice="Name the reports.")
    seen: set[tuple[Role, str]] = set()
    for column in columns:
        key = (column.overview.run.role, column.title)
        if key in seen:
            advice = "Leave out the older report."
            raise Problem(doing, expected="one report of each target", found=f"two of {key[1]}", advice=advice)
        seen.add(key)


def _part(role: Role, columns: Sequence[Column]) -> Part:
    held = {name for column in columns for name in column.standings}
    members = (each for each in requirements().values() if each.id in held)
    rows = [(surface, list(group)) for surface, group in groupby(members, key=lambda each: each.surface)]
    return Part(role, columns, rows)


def _applies(standing: Standing) -> bool:
    kinds = {reason.partition(":")[0] for reason in standing.gaps}
    return standing.outcome != "skipped" or not kinds <= set(_ELSEWHERE)
