"""A list of the messages, types and fields that somebody uses."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from typing import Any

from codex_schemas import Problem

__all__ = ["names_in", "read_names"]

#: A type, and the last name behind it: ``ThreadItem`` and ``phase`` of ``ThreadItem[agentMessage].phase``.
_FIELD = re.compile(r"(?P<type>[^.\[]+).*[.\[](?P<name>[^.\[\]]+)\]?")


def read_names(
    lines: Iterable[str], source: str, messages: Iterable[str], types: Mapping[str, Iterable[Any]]
) -> dict[str, frozenset[str] | None]:
    """Return for each message or type of a list the names used in it; None where it stands there as a whole.

    Args:
        lines: One name in a line, such as ``turn/start``, ``Turn`` or ``Turn.status``; ``#`` begins a comment.
        source: What to call the list in a problem.
        messages: The names of all messages.
        types: The schemas of each type, in one protocol or in both.

    Raises:
        Problem: A name means nothing; the closest ones are named.
    """
    whole = {*messages, *types}
    used: dict[str, frozenset[str] | None] = {}
    for number, line in enumerate(lines, 1):
        entry = line.partition("#")[0].strip()
        if entry in whole:
            used[entry] = None
        elif entry:
            place, name = _field(entry, f"{source}, line {number}", whole, types)
            before = used.get(place, frozenset())
            used[place] = None if before is None else before | {name}
    return used


def _field(entry: str, place: str, whole: Iterable[str], types: Mapping[str, Iterable[Any]]) -> tuple[str, str]:
    """Return the type and the name of an entry such as ``Turn.status``."""
    parts = _FIELD.fullmatch(entry)
    owner = parts["type"] if parts else entry
    if parts is None or owner not in types:
        raise _unknown(owner, place, "the name of a message or a type, or a type and a field", whole)
    known = {name for schema in types[owner] for name in names_in(schema)}
    if parts["name"] not in known:
        raise _unknown(parts["name"], place, f"a field, variant or value of {owner}", known)
    return owner, parts["name"]


def names_in(schema: Any) -> set[str]:
    """Return the fields and values that a schema names, however deep."""
    found: set[str] = set()
    waiting = [schema]
    while waiting:
        part = waiting.pop()
        if isinstance(part, dict):
            # A field may be called as a keyword is, so that these hold anything.
            lists = [part[keyword] for keyword in ("properties", "enum") if isinstance(part.get(keyword), (dict, list))]
            values = [value for each in (*lists, [part.get("const")]) for value in each]
            found.update(value for value in values if isinstance(value, str))
            waiting.extend(part.values())
        elif isinstance(part, list):
            waiting.extend(part)
    return found


def _unknown(name: str, place: str, expected: str, known: Iterable[str]) -> Problem:
    close = get_close_matches(name, known, n=3, cutoff=0.5)
    advice = f"Closest: {', '.join(close)}." if close else "Look the names up with `codex-testkit schema list`."
    return Problem(f"reading {place}", expected=expected, found=repr(name), advice=advice)
