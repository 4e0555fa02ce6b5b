"""A report as Markdown, for release notes and comments: what breaks nobody for sure is folded."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from codex_conformance._printable import printable
from codex_conformance.changes._groups import by_owner, by_reason, by_rule, subjects
from codex_conformance.changes._report import PEOPLE, Finding, Report, Section, level_name
from codex_conformance.changes._wording import within
from codex_schemas.diff import RULES, Level

__all__ = ["render"]

#: How many characters the names of the messages that a type is in may take.
_ROOM = 80
_FENCES = re.compile(r"`+")
_MARKS = re.compile(r"([\\`*_<>\[\]|~#&])")


def render(report: Report) -> str:
    """Return the report in GitHub's Markdown."""
    lines = [*_head(report), *(line for section in report.sections() for line in _section(report, section))]
    return "".join(f"{line}\n" for line in lines)


def _head(report: Report) -> Iterator[str]:
    yield f"## {_escaped(report.old)} → {_escaped(report.new)}"
    yield from ("", report.extent(), "")
    yield f"| | {' | '.join(map(level_name, report.levels))} |"
    yield "|---|" + "--:|" * len(report.levels)
    for side in report.sides:
        counts = report.counts(side)
        yield f"| {PEOPLE[(side,)]} | {' | '.join(str(counts[level]) for level in report.levels)} |"


def _section(report: Report, section: Section) -> Iterator[str]:
    title = f"{section.title} ({len(section.findings)})"
    if section.level == Level.BREAKING:
        yield from ("", f"### {title}", "", *_in_full(report, section.findings))
        return
    in_full = report.threshold is not None and section.level is not None
    yield from ("", f"<details><summary>{title}</summary>", "")
    if section.level is None:
        yield from _ignored(section.findings)
    else:
        yield from _in_full(report, section.findings) if in_full else _by_rule(section)
    yield from ("", "</details>")


def _in_full(report: Report, findings: Iterable[Finding]) -> Iterator[str]:
    for name, messages, group in by_owner(findings):
        yield f"- **{_code(name)}** {_escaped(within(messages, _ROOM))}".rstrip()
        yield from (f"  - {_escaped(finding.change.text)} {report.aside(finding)}".rstrip() for finding in group)


def _by_rule(section: Section) -> Iterator[str]:
    for rule, group in by_rule(section.findings):
        sentence = f": {_escaped(RULES[rule].sentence)}" if section.level == Level.DANGEROUS else ""
        yield f"- **{rule}** ({len(group)}){sentence}"
        found = subjects(group)
        if whole := [name for name, about in found.items() if not about]:
            yield f"  - {', '.join(map(_code, whole))}"
        yield from (f"  - {_code(name)}: {', '.join(map(_code, about))}" for name, about in found.items() if about)


def _ignored(findings: Iterable[Finding]) -> Iterator[str]:
    for reason, places in by_reason(findings):
        yield f"- {', '.join(map(_code, places))}: {_escaped(reason)}"


def _code(text: str) -> str:
    """Return a code span; its fence is longer than any in the text."""
    longest = max(map(len, _FENCES.findall(text)), default=0)
    fence, space = "`" * (longest + 1), " " * bool(longest)
    return f"{fence}{space}{printable(text)}{space}{fence}"


def _escaped(text: str) -> str:
    """Return prose whose marks mean themselves."""
    return _MARKS.sub(r"\\\1", printable(text))
