"""A baseline: asked while a run goes on, and written anew when it is over."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from codex_conformance.baseline._known import TODO, Known, Place, alone, as_toml, restricted
from codex_conformance.baseline._reading import ENTRY, read_entries
from codex_conformance.output import put
from codex_conformance.reports import Run, Verdict, standings
from codex_conformance.requirements import requirements
from codex_schemas import Problem

__all__ = ["Baseline"]

#: The beginning of a new file.
_HEADER = """\
# Known failures: they do not fail a run of codex-testkit. Each has its reason.
# Where a case passes again, its entry is stale, and that fails the run."""
#: Comments directly above an entry belong to it.
_COMMENTS = re.compile(r"(?:^[ \t]*#[^\n]*\n)+\Z", re.MULTILINE)
#: The outcomes that tell whether something fails.
_FAILS = {"failed": True, "known": True, "passed": False, "stale": False}


class Baseline:
    """The known failures.

    Args:
        entries: The failures.
        text: The file that they were read from.
    """

    def __init__(self, entries: Sequence[Known] = (), text: str = "") -> None:
        self.entries = tuple(entries)
        self._text = text

    @classmethod
    def read(cls, path: Path, *, allow_todo: bool = False) -> Baseline:
        """Read a file; with ``allow_todo`` reasons may be missing that are still to be written.

        Raises:
            Problem: It cannot be read, or something in it is wrong.
        """
        try:
            text = path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            found = getattr(error, "strerror", None) or str(error)
            advice = "Correct the path, or have it written."
            doing = f"reading the baseline {path}"
            raise Problem(doing, expected="a file in UTF-8", found=found, advice=advice) from None
        return cls(read_entries(path, text, allow_todo=allow_todo), text)

    @classmethod
    def read_if_there(cls, path: Path) -> Baseline:
        """Read a file that is to be written anew; where there is none, nothing is known.

        Raises:
            Problem: It cannot be read, or something in it is wrong but for reasons that are still to be written.
        """
        return cls.read(path, allow_todo=True) if path.exists() else cls()

    def reason(self, requirement: str, case: str, target: str, release: str) -> str | None:
        """Return why a failure is known; None where it is not."""
        place = Place(target, release)
        found = (each for each in self.entries if each.key == (requirement, case) and each.covers(place))
        return next((each.reason for each in found), None)

    def unused(self, run: Run) -> list[Verdict]:
        """Return a stale verdict for each entry whose case a run should have had, and did not have.

        A case that was skipped, or not chosen, may fail still.
        """
        if not run.is_whole:
            return []
        seen = {(each.requirement, each.case) for each in run.verdicts}
        silent = {each.requirement for each in run.verdicts if each.outcome in ("skipped", "error")}
        in_scope = {each.requirement.id for each in standings(run)} - silent
        missing = (each for each in self.entries if each.requirement in in_scope and each.key not in seen)
        return [
            Verdict(
                requirement=each.requirement,
                case=each.case,
                outcome="stale",
                reason=f"no such case ran any more; the baseline says: {each.reason}",
            )
            for each in missing
            if each.covers(Place.of(run))
        ]

    def write(self, path: Path, *runs: Run) -> None:
        """Write a file in which every failure of some runs is known, and nothing that passed in them.

        What they do not speak of stays. Reasons stay, and comments that stand at the beginning or directly above an
        entry; a new entry has a reason that begins with ``TODO``, which :meth:`read` refuses until it is written.

        Raises:
            Problem: The file cannot be written.
        """
        results = self._results(runs)
        blocks, kept = [], []
        for known, comments, text in self._blocks():
            left = _left(known, results.get(known.key, {}))
            kept += left
            blocks += [text] if left == [known] else [comments + as_toml(each) for each in left]
        blocks += [as_toml(known) for known in _new(results, kept)]
        put("\n\n".join((self._beginning(), *blocks)) + "\n", path)

    def _results(self, runs: Iterable[Run]) -> dict[tuple[str, str], dict[Place, bool]]:
        """Return for each case where it was judged, and whether it fails there."""
        results: dict[tuple[str, str], dict[Place, bool]] = {}
        for run in runs:
            for each in (*run.verdicts, *self.unused(run)):
                if each.outcome in _FAILS:
                    results.setdefault((each.requirement, each.case), {})[Place.of(run)] = _FAILS[each.outcome]
        return results

    def _starts(self) -> list[int]:
        """Return where the texts of the entries begin; nothing where the file writes them in another way."""
        starts = [match.start() for match in ENTRY.finditer(self._text)]
        return starts if len(starts) == len(self.entries) else []

    def _blocks(self) -> Iterator[tuple[Known, str, str]]:
        """Yield each entry with the comments above it, and with all its text."""
        starts = self._starts()
        if not starts:
            yield from ((known, "", as_toml(known)) for known in self.entries)
        for known, start, end in zip(self.entries, starts, [*starts[1:], len(self._text)], strict=False):
            comments, own = _comments_before(self._text[:start]), self._text[start:end]
            # What stands directly above the next entry belongs to that.
            below = _comments_before(own) if end < len(self._text) else ""
            yield known, comments, comments + own.removesuffix(below).strip("\n")

    def _beginning(self) -> str:
        starts = self._starts()
        before = self._text[: starts[0]] if starts else "" if self.entries else self._text
        own = before.removesuffix(_comments_before(before)) if starts else before
        return own.strip("\n") or _HEADER


def _comments_before(text: str) -> str:
    match = _COMMENTS.search(text)
    return match[0] if match else ""


def _left(known: Known, results: dict[Place, bool]) -> list[Known]:
    """Return what is left of an entry after some runs."""
    seen = {place: fails for place, fails in results.items() if known.covers(place)}
    failing = [place for place, fails in seen.items() if fails]
    if seen and not failing:
        return []
    return restricted(known, failing, [place for place, fails in seen.items() if not fails])


def _new(results: dict[tuple[str, str], dict[Place, bool]], kept: Sequence[Known]) -> Iterator[Known]:
    """Yield entries for the failures that no entry speaks of, in the order of the requirements."""
    order = {name: number for number, name in enumerate(requirements())}
    for key in sorted(results, key=lambda key: (order[key[0]], key[1])):
        requirement, case = key
        listed = [known for known in kept if known.key == key]
        new = [
            place for place, fails in results[key].items() if fails and not any(known.covers(place) for known in listed)
        ]
        if not new:
            continue
        reason = f"{TODO}: say why it fails, and what is done about it."
        known = Known(requirement=requirement, case=case, reason=reason)
        passing = [place for place, fails in results[key].items() if not fails]
        # Beside another entry, one speaks of nothing but what was seen.
        yield from alone(known, new) if listed else restricted(known, new, passing)
