"""A report for a terminal: a page that says the more about a change, the graver it is."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from codex_conformance._printable import printable
from codex_conformance.changes._groups import by_owner, by_reason, by_rule, subjects
from codex_conformance.changes._report import PEOPLE, Finding, Report, Section, level_name
from codex_conformance.changes._wording import within
from codex_schemas.diff import RULES, Level

__all__ = ["render"]

_WIDTH = 80
#: How many lines a rule may take where its changes are only summed up.
_FEW = 4
_BOLD = "1"
_STYLES = {Level.BREAKING: "1;31", Level.DANGEROUS: "1;33", Level.COMPATIBLE: "1;32", None: "1;2"}


class _Line(NamedTuple):
    text: str
    #: How many letters at the start are styled, and how.
    styled: int = 0
    style: str = _BOLD


def render(report: Report) -> str:
    """Return the report as lines of at most 80 columns."""
    lines = [*_head(report), *(line for section in report.sections() for line in _section(report, section))]
    return "".join(f"{_painted(line) if report.colours else line.text}\n" for line in lines)


def _painted(line: _Line) -> str:
    if not line.styled:
        return line.text
    return f"\033[{line.style}m{line.text[: line.styled]}\033[0m{line.text[line.styled :]}"


def _head(report: Report) -> Iterator[_Line]:
    title = f"{printable(report.old)} -> {printable(report.new)}"
    yield _Line(f"{title}: {report.extent()}", len(title))
    yield _Line("")
    yield _Line(" " * 20 + "".join(f"{level_name(level):>12}" for level in report.levels))
    for side in report.sides:
        counts = report.counts(side)
        yield _Line(f"  {PEOPLE[(side,)]:<18}" + "".join(f"{counts[level]:>12}" for level in report.levels))


def _section(report: Report, section: Section) -> Iterator[_Line]:
    title = f"{section.title} ({len(section.findings)})"
    yield from (_Line(""), _Line(title, len(title), _STYLES[section.level]))
    if section.level is None:
        yield from _ignored(section.findings)
    elif report.threshold is not None or section.level == Level.BREAKING:
        yield from _in_full(report, section.findings)
    else:
        yield from _by_rule(section)


def _in_full(report: Report, findings: Iterable[Finding]) -> Iterator[_Line]:
    """Yield each message or type with the messages that it is in, and its changes below it."""
    for name, messages, group in by_owner(findings):
        head = f"  {printable(name)}"
        first, *more = _wrapped(f"{name} {within(messages, _WIDTH - len(head) - 1)}", "  ", more="  ")
        yield from (first._replace(styled=len(head)), *more)
        for finding in group:
            yield from _wrapped(f"{finding.change.text} {report.aside(finding)}", "    - ")


def _by_rule(section: Section) -> Iterator[_Line]:
    """Yield each rule with where it found something: all of it where that is dangerous, else on a few lines."""
    is_dangerous = section.level == Level.DANGEROUS
    for rule, findings in by_rule(section.findings):
        head = f"{rule} ({len(findings)})"
        first, *more = _wrapped(f"{head}: {RULES[rule].sentence}" if is_dangerous else head, "  ")
        yield from (first._replace(styled=len(head) + 2), *more)
        found = subjects(findings)
        yield from _every_subject(found) if is_dangerous else _few_names(found)


def _every_subject(found: dict[str, list[str]]) -> Iterator[_Line]:
    """Yield what changed as a whole, and then each message or type with what changed in it."""
    yield from _listed([name for name, about in found.items() if not about])
    for name, about in found.items():
        if about:
            yield from _wrapped(f"{name}: {', '.join(about)}", "    ", more="  ")


def _few_names(found: dict[str, list[str]]) -> Iterator[_Line]:
    """Yield where the changes are, with the number of those in one place, as far as a few lines go."""
    names = [f"{name} ({len(about)})" if len(about) > 1 else name for name, about in found.items()]
    lines = list(_listed(names))
    yield from lines[:_FEW]
    if len(lines) > _FEW:
        yield _Line(f"    and {len(names) - sum(line.text.count(',') for line in lines[:_FEW])} more")


def _ignored(findings: Iterable[Finding]) -> Iterator[_Line]:
    for reason, places in by_reason(findings):
        yield from _wrapped(f"{', '.join(places)}: {reason}", "  - ")


def _wrapped(text: str, indent: str, more: str = "") -> Iterator[_Line]:
    """Yield lines that fit; those after the first are indented as its text, and by ``more``."""
    wrapper = textwrap.TextWrapper(
        _WIDTH,
        initial_indent=indent,
        subsequent_indent=" " * len(indent) + more,
        break_on_hyphens=False,
    )
    yield from map(_Line, wrapper.wrap(printable(text)) or [indent])


def _listed(names: Sequence[str]) -> Iterator[_Line]:
    """Yield lines of names, none of them broken."""
    line = ""
    for name in names:
        if line and len(line) + len(name) + 3 > _WIDTH:
            yield _Line(f"{line},")
            line = ""
        line = f"{line}, {name}" if line else f"    {name}"
    if line:
        yield _Line(line)
