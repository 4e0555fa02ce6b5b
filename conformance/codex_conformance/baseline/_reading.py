"""Reading the file of a baseline: what is wrong in it is said with its line."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import msgspec

from codex_conformance.baseline._known import TODO, Known
from codex_conformance.requirements import requirements
from codex_schemas import Problem

__all__ = ["ENTRY", "read_entries"]

#: Where an entry begins.
ENTRY = re.compile(r"^[ \t]*\[\[[ \t]*known[ \t]*\]\]", re.MULTILINE)

_RELEASE = re.compile(r"\d+\.\d+\.\d+(-[0-9A-Za-z.]+)?")
_FORM = "entries under [[known]] with `requirement`, `case` and `reason`, perhaps `releases` and `targets`"


def read_entries(path: Path, text: str, *, allow_todo: bool) -> list[Known]:
    """Return the entries of a file.

    Raises:
        Problem: It is no TOML, has another form, names what does not exist, or says something twice or for no reason.
    """
    try:
        content = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise _wrong(str(path), _FORM, str(error), "Correct the TOML.") from None
    entries = content.pop("known", [])
    if content or not isinstance(entries, list):
        raise _wrong(str(path), _FORM, ", ".join(content) or "known = …", "Remove what is no entry.")
    reader = _Reader(path, [match.start() for match in ENTRY.finditer(text)], text)
    found: list[Known] = []
    for index, entry in enumerate(entries):
        place = reader.place(index, len(entries))
        known = _known(place, entry)
        _check(place, known, allow_todo=allow_todo)
        for other, earlier in enumerate(found):
            if known.overlaps(earlier):
                first = reader.place(other, len(entries)).removeprefix(f"{path}, ")
                advice = "Remove one, or keep them apart by `releases` or `targets`."
                raise _wrong(place, "each case once", f"{known.case!r}, as in {first}", advice)
        found.append(known)
    return found


class _Reader:
    """Knows the lines of the entries."""

    def __init__(self, path: Path, starts: Sequence[int], text: str) -> None:
        self._path = path
        self._lines = [text.count("\n", 0, start) + 1 for start in starts]

    def place(self, index: int, count: int) -> str:
        """Return where an entry stands, by its line unless the file writes entries in another way."""
        where = f"line {self._lines[index]}" if len(self._lines) == count else f"entry {index + 1}"
        return f"{self._path}, {where}"


def _known(place: str, entry: Any) -> Known:
    try:
        return msgspec.convert(entry, Known)
    except msgspec.ValidationError as error:
        raise _wrong(place, _FORM, str(error), "Correct the entry.") from None


def _check(place: str, known: Known, *, allow_todo: bool) -> None:
    if known.requirement not in requirements():
        close = get_close_matches(known.requirement, requirements(), n=1, cutoff=0.5)
        advice = f"Write {close[0]!r}." if close else "List them with `codex-testkit check list`."
        raise _wrong(place, "the id of a requirement", repr(known.requirement), advice)
    if not known.case.strip():
        raise _wrong(place, "the name of a case", "none", "Copy it from the report.")
    if odd := [release for release in known.releases if not _RELEASE.fullmatch(release)]:
        raise _wrong(place, "releases such as 0.169.0", repr(odd[0]), "Correct the release.")
    is_todo = known.reason.lstrip().startswith(TODO)
    if not known.reason.strip() or (is_todo and not allow_todo):
        advice = "Say why it fails, and what is done about it."
        raise _wrong(place, f"the reason why {known.requirement} fails", repr(known.reason), advice)


def _wrong(where: str, expected: str, found: str, advice: str) -> Problem:
    return Problem(f"reading the baseline {where}", expected=expected, found=found[:300], advice=advice)
