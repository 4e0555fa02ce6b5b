"""Whether a client did what a scenario expects of a right one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from codex_conformance._printable import printable
from codex_conformance.terminal import Style, Terminal
from codex_mockserver.expectations import verify
from codex_mockserver.journal import Journal
from codex_mockserver.model import Scenario

__all__ = ["Judgement", "is_right", "judge", "verdict_lines"]


@dataclass(frozen=True, slots=True)
class Judgement:
    """One expectation, held against what a client did."""

    say: str
    #: None where the journal cannot tell.
    holds: bool | None
    #: What came instead.
    found: str = ""

    def as_json(self) -> dict[str, Any]:
        """Return it as JSON."""
        return asdict(self)


def judge(scenario: Scenario, journal: Journal) -> list[Judgement]:
    """Hold every expectation of a scenario against the journal."""
    judgements = []
    for expected in scenario.expect:
        misses = verify(journal, [expected.request]) if expected.request else []
        holds = not misses if expected.request else None
        judgements.append(Judgement(expected.say, holds, str(misses[0]) if misses else ""))
    return judgements


def is_right(judgements: Sequence[Judgement]) -> bool:
    """Tell whether nothing speaks against the client."""
    return all(judgement.holds is not False for judgement in judgements)


#: How each judgement is marked.
_MARKS: dict[bool | None, tuple[str, Style]] = {
    True: ("yes", "green"),
    False: ("no", "red"),
    None: ("look", "yellow"),
}


def verdict_lines(judgements: Sequence[Judgement], terminal: Terminal) -> list[str]:
    """Return each expectation with its mark, and below it what came instead."""
    lines = []
    for judgement in judgements:
        mark, style = _MARKS[judgement.holds]
        first, *more = terminal.wrap(judgement.say, f"  {mark:<6}", " " * 8)
        lines += [first.replace(mark, terminal.paint(mark, style), 1), *more]
        lines += terminal.wrap(printable(judgement.found), " " * 8)
    return lines
