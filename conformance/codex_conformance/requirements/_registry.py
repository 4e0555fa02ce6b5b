"""All requirements, read from the files of this package: one file for each surface and role."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from fnmatch import fnmatchcase
from functools import cache
from importlib.resources import files
from typing import Any

import msgspec

from codex_conformance.requirements._requirement import ROLES, SURFACES, Requirement
from codex_schemas import Problem

__all__ = ["find", "matching", "requirements"]


@cache
def requirements() -> Mapping[str, Requirement]:
    """Return all requirements by id, in the order of surfaces, roles and files."""
    by_id: dict[str, Requirement] = {}
    for requirement in _read_all():
        if requirement.id in by_id:
            raise _broken(requirement.id, "an id of its own", "a second requirement with this id")
        by_id[requirement.id] = requirement
    return by_id


def find(requirement_id: str) -> Requirement:
    """Return the requirement with an id.

    Raises:
        Problem: There is none.
    """
    if (found := requirements().get(requirement_id)) is None:
        raise _unknown(requirement_id)
    return found


def matching(pattern: str) -> list[Requirement]:
    """Return the requirements whose id fits a pattern such as ``oauth.*``, or begins with it, word by word.

    Raises:
        Problem: There are none.
    """
    found = [each for each in requirements().values() if _fits(each.id, pattern)]
    if not found:
        raise _unknown(pattern)
    return found


def _fits(requirement_id: str, pattern: str) -> bool:
    return fnmatchcase(requirement_id, pattern) or requirement_id.startswith(f"{pattern}.")


def _read_all() -> Iterator[Requirement]:
    folder = files(__package__) / "data"
    for surface in SURFACES:
        for role in ROLES:
            entries = msgspec.json.decode((folder / f"{surface}-{role}.json").read_bytes())
            yield from (_requirement({**entry, "surface": surface, "role": role}) for entry in entries)


def _requirement(entry: dict[str, Any]) -> Requirement:
    try:
        return msgspec.convert(entry, Requirement)
    except msgspec.ValidationError as error:
        raise _broken(str(entry.get("id")), "the keys of a requirement", str(error)) from None


def _broken(name: str, expected: str, found: str) -> Problem:
    return Problem(f"reading the requirement {name}", expected=expected, found=found, advice="Correct its file.")


def _unknown(name: str) -> Problem:
    close = get_close_matches(name, requirements(), n=3, cutoff=0.5)
    return Problem(
        "choosing requirements",
        expected="the id of one, the beginning of ids, or a pattern such as oauth.*",
        found=repr(name),
        advice=f"Did you mean {' or '.join(close)}?" if close else "List them with `codex-testkit check list`.",
    )
