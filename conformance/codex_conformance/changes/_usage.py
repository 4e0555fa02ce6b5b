"""What somebody uses of a protocol, and which changes concern it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from codex_conformance.changes._names import names_in, read_names
from codex_conformance.changes._transcript import read_words
from codex_conformance.changes._wording import owner, subject
from codex_schemas import Problem
from codex_schemas.diff import Change, Level, Protocol, short_name

__all__ = ["Usage", "read_usage"]

#: Rules for which it does not matter whether a name is used: whoever sends the message must send it from now on.
_DEMANDS = frozenset({"field-became-required", "part-became-required", "required-field-added", "required-part-added"})
_MARKS = re.compile(r"[.\[\]{}|+: ]+")


@dataclass(frozen=True, slots=True)
class Usage:
    """What somebody uses."""

    #: For each message or type that is used, the names and values that are used there; None for all of them.
    words: Mapping[str, frozenset[str] | None]
    #: Every name and value that messages can hold; how the differ calls a variant without a tag is not among them.
    spoken: frozenset[str]

    def covers(self, change: Change) -> bool:
        """Tell whether a change concerns what is used."""
        places = {*change.messages, owner(change)} & self.words.keys()
        return any((words := self.words[place]) is None or self._concerns(change, words) for place in places)

    def _concerns(self, change: Change, words: frozenset[str]) -> bool:
        """Tell whether a change matters to somebody who uses these words where it is."""
        if change.old is None:
            # Nobody can use yet what is new: it matters where it must be sent, or may come unasked.
            return change.worst > Level.COMPATIBLE
        names = self.spoken.intersection(_MARKS.split(subject(change)))
        return not names or change.rule in _DEMANDS or not names.isdisjoint(words)


def read_usage(path: Path, protocols: Iterable[Protocol]) -> Usage:
    """Return what a file says: a list of names, or a transcript as JSON Lines.

    Args:
        path: The file.
        protocols: Where the names come from.

    Raises:
        Problem: It cannot be read, or names nothing that a protocol has.
    """
    lines = _read(path).splitlines()
    messages, types = _known(protocols)
    is_transcript = next((line for line in lines if line.strip()), "").lstrip().startswith("{")
    words = read_words(lines, str(path)) if is_transcript else read_names(lines, str(path), messages, types)
    if words.keys().isdisjoint({*messages, *types}):
        raise _problem(path, "at least one message or type of the two protocols", f"none of them among {len(words)}")
    spoken = frozenset(name for schemas in types.values() for schema in schemas for name in names_in(schema))
    return Usage(words, spoken)


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, ValueError) as error:
        raise _problem(path, "a file in UTF-8", str(error)) from None


def _known(protocols: Iterable[Protocol]) -> tuple[set[str], dict[str, list[Any]]]:
    """Return the names of all messages, and the schemas of all types by their names."""
    messages: set[str] = set()
    types: dict[str, list[Any]] = {}
    for protocol in protocols:
        messages.update(protocol.messages)
        for reference, schema in protocol.definitions.items():
            types.setdefault(short_name(reference), []).append(schema)
    return messages, types


def _problem(path: Path, expected: str, found: str) -> Problem:
    advice = (
        "Name a transcript as JSON Lines, or a list of what you use: turn/start, Turn or Turn.status, one in a line."
    )
    return Problem(f"reading {path}", expected=expected, found=found, advice=advice)
