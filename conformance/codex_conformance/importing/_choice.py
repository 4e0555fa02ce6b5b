"""Which releases an import takes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from difflib import get_close_matches

from codex_conformance.importing._npm import Catalogue
from codex_schemas import Problem
from codex_schemas.app_server import Release

__all__ = ["missing", "named", "newer"]

_STABLE = re.compile(r"\d{1,12}\.\d{1,12}\.\d{1,12}")


def missing(catalogue: Catalogue, known: Mapping[str, Release]) -> list[str]:
    """Return the stable releases that are not known, the newest first."""
    return [version for version in _stable(catalogue) if version not in known]


def newer(catalogue: Catalogue, known: Mapping[str, Release]) -> list[str]:
    """Return those of the missing that have a higher number or a later date than all known ones.

    The date lets a late patch of an older minor release in. Dates alone would not do: those that a
    mirror of npm states may be its own.
    """
    last = max(map(_number, known), default=[])
    day = max((release.published for release in known.values()), default="")
    return [
        version
        for version in missing(catalogue, known)
        if _number(version) > last or catalogue.published(version) >= day
    ]


def named(catalogue: Catalogue, versions: Iterable[str]) -> list[str]:
    """Return releases that somebody named, each once.

    Raises:
        Problem: One of them is not a published stable release; the closest are named.
    """
    stable = _stable(catalogue)
    chosen = list(dict.fromkeys(versions))
    for version in chosen:
        if version not in stable:
            close = get_close_matches(version, stable) or stable[:1]
            raise Problem(
                "choosing the releases to import",
                expected=f"some of the {len(stable)} published stable releases",
                found=repr(version),
                advice=f"Closest: {', '.join(close) or 'none at all'}.",
            )
    return chosen


def _stable(catalogue: Catalogue) -> list[str]:
    stable = [version for version in catalogue.versions if _STABLE.fullmatch(version)]
    return sorted(stable, key=_number, reverse=True)


def _number(version: str) -> list[int]:
    return [int(step) for step in version.split(".")]
