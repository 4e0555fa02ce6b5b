"""Which requirements a run is about."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path

import pytest

from codex_conformance._names import meant
from codex_conformance.requirements import LEVELS, ROLES, SURFACES, Level, Requirement, Role, Surface, find, matching
from codex_schemas import Problem

__all__ = ["SUITES", "Choice", "read_level"]

#: Where the shipped suites are: a folder for each role, and in it one for each surface.
SUITES = Path(str(files("codex_conformance.suites")))


class Choice:
    """What the options of a run choose among the requirements.

    Args:
        config: The run of pytest.
        role: Who is under test.
        release: The codex release.
        surfaces: The surfaces of which the subject has something.

    Raises:
        Problem: They name what is not there.
    """

    def __init__(self, config: pytest.Config, role: Role, release: str, surfaces: Sequence[Surface]) -> None:
        self._role = role
        self._release = release
        self._case: str | None = config.getoption("--codex-case")
        self._ids = _chosen_ids(config.getoption("--codex-select"), config.getoption("--codex-level"))
        asked = [_read_surface(name) for name in config.getoption("--codex-surface")]
        chosen = SURFACES if self._ids is None else {find(each).surface for each in self._ids}
        #: The surfaces in scope.
        self.surfaces = [each for each in surfaces if each in chosen and (not asked or each in asked)]

    @property
    def is_partial(self) -> bool:
        """Whether something in scope is left out."""
        return self._ids is not None or self._case is not None

    def leaves_out(self, path: Path) -> bool:
        """Tell whether a part of the shipped suites holds nothing that is to be checked."""
        if not path.is_relative_to(SUITES):
            return False
        role, surface, *_ = (*path.relative_to(SUITES).parts, "", "")
        return (role in ROLES and role != self._role) or (surface in SURFACES and surface not in self.surfaces)

    def has(self, requirement: Requirement, case: str | None = None) -> bool:
        """Tell whether a requirement is to be checked, and that case of it."""
        return (
            requirement.role == self._role
            and requirement.surface in self.surfaces
            and requirement.holds_for(self._release)
            and (self._ids is None or requirement.id in self._ids)
            and (case is None or self._case is None or case == self._case)
        )


def read_level(name: str) -> Level:
    """Return a level, however its letters are written.

    Raises:
        Problem: There is none of that name.
    """
    for level in LEVELS:
        if level == name.upper():
            return level
    raise _unknown("a level", LEVELS, name)


def _chosen_ids(patterns: Sequence[str], level: str | None) -> set[str] | None:
    """Return the requirements that the options choose, None for all."""
    if not patterns and level is None:
        return None
    levels = LEVELS[: LEVELS.index(read_level(level)) + 1] if level else LEVELS
    return {each.id for pattern in patterns or ["*"] for each in matching(pattern) if find(each.id).level in levels}


def _read_surface(name: str) -> Surface:
    for surface in SURFACES:
        if surface == name.replace("-", "_"):
            return surface
    raise _unknown("a surface", [surface.replace("_", "-") for surface in SURFACES], name)


def _unknown(what: str, known: Sequence[str], name: str) -> Problem:
    advice = meant(name, known, "Correct it.")
    return Problem(f"choosing {what}", expected=f"one of {', '.join(known)}", found=repr(name), advice=advice)
