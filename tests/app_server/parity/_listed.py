"""The differences that are known, each with its reason."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path

from codex_schemas.yaml_text import read_yaml
from parity._cases import Case
from parity._compare import Difference

__all__ = ["Listed", "listed_differences", "unlisted"]

_FILE = Path(__file__).parent / "differences.yaml"


@dataclass(frozen=True, kw_only=True)
class Listed:
    """A difference that stays, in some cases."""

    #: The cases, by name.
    cases: tuple[str, ...]
    #: Which differences, as a pattern of where they are.
    at: str
    #: Why the mock does not say what the binary says.
    reason: str
    #: The releases in which it differs; left out, all of a case.
    releases: tuple[str, ...] = ()

    def concerns(self, case: Case, release: str) -> bool:
        """Tell whether it is about a case in a release."""
        return case.name in self.cases and release in (self.releases or case.releases)


@cache
def listed_differences() -> tuple[Listed, ...]:
    """Return the list."""
    entries, _ = read_yaml(_FILE.read_text(encoding="utf-8"), _FILE.name)
    return tuple(
        Listed(**entry | {"cases": tuple(entry["cases"]), "releases": tuple(entry.get("releases", ()))})
        for entry in entries
    )


def unlisted(
    entries: Iterable[Listed], case: Case, release: str, found: Sequence[Difference]
) -> tuple[list[Difference], list[Listed]]:
    """Return the differences that no entry lists, and the entries that list none of them any more."""
    concerned = [entry for entry in entries if entry.concerns(case, release)]
    new = [each for each in found if not any(fnmatchcase(each.at, entry.at) for entry in concerned)]
    stale = [entry for entry in concerned if not any(fnmatchcase(each.at, entry.at) for each in found)]
    return new, stale
