"""The whole matrix in Markdown: the summary, and for each surface a row for each requirement."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from codex_conformance._markdown_text import code, escaped
from codex_conformance.reports._run import Outcome
from codex_conformance.reports.matrix import _summary
from codex_conformance.reports.matrix._matrix import Matrix, Part
from codex_conformance.reports.sentence import sentence
from codex_conformance.reports.wording import OUTCOMES, outcome_name, surface_name
from codex_conformance.requirements import Requirement, Surface

__all__ = ["render"]

#: How outcomes are drawn; a requirement that is out of scope leaves its cell empty.
_MARKS: dict[Outcome | None, str] = {
    "passed": "✓",
    "failed": "✗",
    "known": "k",
    "stale": "s",
    "skipped": "-",
    "error": "!",
    None: "?",
}


def render(matrix: Matrix) -> str:
    """Return the summary, what each run says, the legend, and the tables."""
    lines = ["# Conformance matrix", "", _summary.render(matrix)]
    lines += [f"- {escaped(sentence(column.overview))}" for part in matrix.parts for column in part.columns]
    lines += ["", ", ".join(f"{mark} {outcome_name(each)}: {OUTCOMES[each]}" for each, mark in _MARKS.items())]
    for part in matrix.parts:
        lines += ["", f"## {part.role.capitalize()}s", "", *_numbers(part)]
        for surface, members in part.rows:
            lines += ["", f"### {surface_name(surface)}", "", *_table(part, surface, members)]
    return "\n".join(lines) + "\n"


def _numbers(part: Part) -> Iterator[str]:
    """Yield the numbers by which the tables call the targets, whose names are too wide for a column."""
    yield from (f"{number}. {code(column.title)}" for number, column in enumerate(part.columns, 1))


def _table(part: Part, surface: Surface, members: Sequence[Requirement]) -> Iterator[str]:
    numbers = " | ".join(str(number) for number in range(1, len(part.columns) + 1))
    yield f"| {surface_name(surface)} | level | {numbers} |"
    yield "|---|---|" + ":-:|" * len(part.columns)
    for requirement in members:
        found = [column.standings.get(requirement.id) for column in part.columns]
        marks = " | ".join(_MARKS[each.outcome] if each else "" for each in found)
        yield f"| `{requirement.id}` | {requirement.level} | {marks} |"
