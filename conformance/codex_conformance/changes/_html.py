"""A report as one HTML page that needs nothing else: no network, and no script to be read."""

from __future__ import annotations

import json
from collections.abc import Iterator
from html import escape
from importlib.metadata import version
from importlib.resources import files
from string import Template

from codex_conformance._printable import printable
from codex_conformance.changes._report import PEOPLE, SIDES, Finding, Report, Section, level_name
from codex_schemas.diff import RULES, Change, Side

__all__ = ["render"]


def render(report: Report) -> str:
    """Return the page."""
    template = Template(files("codex_conformance").joinpath("changes", "page.html").read_text(encoding="utf-8"))
    return template.substitute(
        title=escape(printable(f"{report.old} → {report.new}")),
        summary=_summary(report),
        sides="" if report.side else "\n".join(_side_choices()),
        levels="\n".join(_level_choices(report)),
        sections="\n".join(_section(report, section) for section in report.sections()) or "<p>Nothing changed.</p>",
        version=escape(version("codex-testkit")),
    )


def _summary(report: Report) -> str:
    head = "".join(f'<th scope="col" class="{level_name(level)}">{level_name(level)}</th>' for level in report.levels)
    return (
        f'<p class="soft">{report.extent()}</p>\n'
        f"<table><caption>Changes by level</caption><thead><tr><td></td>{head}</tr></thead>\n"
        f"<tbody>{''.join(_row(report, side) for side in report.sides)}</tbody></table>"
    )


def _row(report: Report, side: Side) -> str:
    counts = report.counts(side)
    cells = "".join(
        f'<td class="{level_name(level) if counts[level] else "zero"}">{counts[level]}</td>' for level in report.levels
    )
    return f'<tr><th scope="row">{PEOPLE[(side,)]}</th>{cells}</tr>\n'


def _side_choices() -> Iterator[str]:
    for value, label in (("", "everyone"), *((side, PEOPLE[(side,)]) for side in SIDES)):
        checked = "" if value else " checked"
        yield f'<label><input type="radio" name="side" value="{value}"{checked}>{label}</label>'


def _level_choices(report: Report) -> Iterator[str]:
    for name in map(level_name, report.levels):
        yield f'<label><input type="checkbox" name="level" value="{name}" checked>{name}</label>'


def _section(report: Report, section: Section) -> str:
    items = "\n".join(_item(report, finding) for finding in section.findings)
    title = f"{section.title} <span>{len(section.findings)}</span>"
    return f'<section>\n<h2 class="{level_name(section.level)}">{title}</h2>\n<ul>\n{items}\n</ul>\n</section>'


def _item(report: Report, finding: Finding) -> str:
    change = finding.change
    levels = [*((side, finding.level(side)) for side in SIDES), ("worst", report.level(finding))]
    data = "".join(f' data-{name}="{level_name(level)}"' for name, level in levels)
    reason = f"<p>Ignored: {_safe(finding.reason)}</p>" if finding.ignored else ""
    aside = report.aside(finding)
    return (
        f'<li class="change"{data}><code>{_safe(change.location)}</code><p>{_safe(change.text)} {aside}</p>{reason}'
        f'<div class="facts"><span title="{_safe(RULES[change.rule].sentence)}">{_safe(change.rule)}</span>'
        f"{_messages(change)}{_schemas(change)}</div></li>"
    )


def _messages(change: Change) -> str:
    names = change.messages
    listed = ", ".join(f"<code>{_safe(name)}</code>" for name in names)
    if len(names) > 1:
        return f"<details><summary>in {len(names)} messages</summary>{listed}</details>"
    return f"<span>in {listed}</span>" if names and names != (change.location,) else ""


def _schemas(change: Change) -> str:
    """Return the schemas that changed; the text tells values already."""
    parts = [(name, part) for name, part in (("old", change.old), ("new", change.new)) if isinstance(part, dict)]
    written = "".join(
        f"{name}<pre>{escape(json.dumps(part, indent=2, ensure_ascii=False))}</pre>" for name, part in parts
    )
    return f"<details><summary>{' and '.join(name for name, _ in parts)}</summary>{written}</details>" if parts else ""


def _safe(text: str) -> str:
    return escape(printable(text))
