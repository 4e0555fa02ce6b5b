"""A run as Markdown, for the comment on a pull request or the summary of a job: short, with the rest folded."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from codex_conformance._markdown_text import code, escaped
from codex_conformance.reports._run import Outcome, Verdict
from codex_conformance.reports.overview import Overview
from codex_conformance.reports.sentence import sentence
from codex_conformance.reports.wording import (
    CONTENTS,
    UNCHECKED,
    claim,
    columns,
    counted,
    finding_parts,
    heading,
    outcome_name,
    skip_sentence,
    surface_name,
)
from codex_conformance.requirements import Requirement

__all__ = ["render"]

#: How long a text may be, how many cases a requirement may show, and how long one kind of outcome may be: GitHub takes
#: comments of 65,536 characters.
_LONGEST, _CASES, _ROOM = 400, 5, 20_000


def render(overview: Overview) -> str:
    """Return the report in GitHub's Markdown."""
    lines = [f"## {escaped(heading(overview.run))}", "", f"**{escaped(sentence(overview))}**", "", *_table(overview)]
    for outcome, title in CONTENTS.items():
        lines += _content(title, outcome, overview)
    return "".join(f"{line}\n" for line in (*lines, *_unchecked(overview)))


def _table(overview: Overview) -> Iterator[str]:
    shown = columns(overview)
    yield f"| surface | level | {' | '.join(map(outcome_name, shown))} |"
    yield "|---|---|" + "--:|" * len(shown)
    for surface, level, counts in overview.tallies:
        yield f"| {surface_name(surface)} | {level} | {' | '.join(str(counts[each]) for each in shown)} |"


def _content(title: str, outcome: Outcome, overview: Overview) -> Iterator[str]:
    """Yield the requirements of an outcome; what is known already is folded."""
    found = list(overview.having(outcome))
    if not found:
        return
    is_folded = outcome == "known"
    headline = f"{title} ({len(found)})"
    yield from ("", f"<details><summary>{headline}</summary>" if is_folded else f"### {headline}", "")
    length = 0
    for number, (requirement, verdicts) in enumerate(found):
        lines = list(_requirement(requirement, verdicts, overview))
        length += sum(map(len, lines))
        if length > _ROOM:
            yield f"- and {counted(len(found) - number, 'requirement')} more, which the other forms of this report tell"
            break
        yield from lines
    if is_folded:
        yield from ("", "</details>")


def _requirement(requirement: Requirement, verdicts: Sequence[Verdict], overview: Overview) -> Iterator[str]:
    yield f"- **{requirement.level}** {code(requirement.id)}: {escaped(requirement.sentence)}"
    if verdicts[0].outcome == "failed" and (declared := overview.declared(requirement)):
        yield f"  - {escaped(claim(declared))}"
    for verdict in verdicts[:_CASES]:
        yield f"  - {code(verdict.case)}"
        parts = [("reason", verdict.reason), *finding_parts(verdict)]
        yield from (f"    - {label}: {escaped(_shortened(text))}" for label, text in parts if text)
        if verdict.repeat:
            yield f"    - repeat: {code(verdict.repeat)}"
    if len(verdicts) > _CASES:
        yield f"  - and {counted(len(verdicts) - _CASES, 'case')} more"


def _unchecked(overview: Overview) -> Iterator[str]:
    if not overview.unchecked_musts:
        return
    yield from ("", f"<details><summary>{UNCHECKED}</summary>", "")
    for reason, groups in overview.unchecked_musts.items():
        yield f"- {escaped(skip_sentence(reason))}"
        for detail, names in groups.items():
            head = f"{escaped(detail)}: " if detail else ""
            yield f"  - {head}{', '.join(map(code, names))}"
    yield from ("", "</details>")


def _shortened(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
