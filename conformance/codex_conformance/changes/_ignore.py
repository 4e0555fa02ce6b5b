"""The ignore file: the changes that a project has looked at and accepted, each with the reason."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from fnmatch import fnmatchcase
from importlib.resources import files
from pathlib import Path
from typing import Any

from codex_schemas import Problem, Validator
from codex_schemas.diff import Change, Side
from codex_schemas.yaml_text import Lines, read_yaml

__all__ = ["Entry", "read_ignores", "reasons"]

_SIDES: tuple[Side, ...] = ("client", "server")


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of an ignore file: patterns, and why what they cover does not matter."""

    #: The line of the file, from 1.
    line: int
    reason: str
    #: The rules and the places that it covers; ``*`` stands for any text, ``?`` for one character.
    rule: str = "*"
    location: str = "*"
    #: The side whose verdict it takes away; None for both.
    side: Side | None = None

    def covers(self, change: Change) -> bool:
        """Tell whether all its patterns fit."""
        return _fits(change.rule, self.rule) and _fits(change.location, self.location)


def read_ignores(path: Path, rules: Iterable[str]) -> tuple[Entry, ...]:
    """Return the entries of an ignore file.

    Args:
        path: A file of YAML (or JSON); nothing but comments is an empty list.
        rules: The ids of all rules, so that a misspelt one is found.

    Raises:
        Problem: It cannot be read, has another form, or names a rule that does not exist.
    """
    name = f"the ignore file {path}"
    try:
        data, lines = read_yaml(path.read_text(encoding="utf-8"), name)
    except (OSError, ValueError) as error:
        advice = "Give the path of a file as docs/diffing.md describes it."
        raise Problem(f"reading {name}", expected="a file in UTF-8", found=str(error), advice=advice) from None
    _check_form(name, data, lines)
    entries = tuple(Entry(line=lines[(index,)], **entry) for index, entry in enumerate(data or ()))
    _check_rules(name, entries, list(rules))
    return entries


def reasons(entries: Iterable[Entry], change: Change) -> dict[Side, str]:
    """Return for each side whose verdict on a change is ignored the reason, as the first entry says it."""
    found: dict[Side, str] = {}
    for entry in entries:
        if entry.covers(change):
            for side in (entry.side,) if entry.side else _SIDES:
                found.setdefault(side, entry.reason)
    return found


def _check_form(name: str, data: Any, lines: Lines) -> None:
    schema = json.loads(files("codex_schemas").joinpath("data", "diff", "ignore.json").read_bytes())
    for violation in Validator(schema, schema, "ignore").violations([] if data is None else data)[:1]:
        where = tuple(int(step) if step.isdecimal() else step for step in violation.path.split("/")[1:])
        raise Problem(
            f"reading {name}, line {lines[where]}",
            expected=violation.expected,
            found=violation.found,
            advice="Correct the entry; it has `rule`, `location` or both, perhaps `side`, and a `reason`.",
        )


def _check_rules(name: str, entries: Iterable[Entry], rules: list[str]) -> None:
    for entry in entries:
        if not any(_fits(rule, entry.rule) for rule in rules):
            close = get_close_matches(entry.rule, rules, n=1, cutoff=0.4)
            raise Problem(
                f"reading {name}, line {entry.line}",
                expected=f"the id of one of the {len(rules)} rules, or a pattern for some",
                found=repr(entry.rule),
                advice=f"Write {close[0]!r}." if close else f"The rules are {', '.join(rules)}.",
            )


def _fits(text: str, pattern: str) -> bool:
    """Match with ``*`` and ``?`` only: brackets stand for themselves, as in ``ThreadItem[plan]``."""
    return fnmatchcase(text, pattern.replace("[", "[[]"))
