"""A report as workflow commands, which GitHub shows as annotations."""

from __future__ import annotations

from collections.abc import Iterator

from codex_conformance._printable import printable
from codex_conformance.changes._report import Finding, Report
from codex_schemas.diff import Level

__all__ = ["render"]

_COMMANDS = {Level.BREAKING: "error", Level.DANGEROUS: "warning", Level.COMPATIBLE: "notice"}


def render(report: Report) -> str:
    """Return one annotation for each change; compatible ones only where the threshold asks for them.

    GitHub shows the first ten of each kind, so the gravest come first.
    """
    return "".join(f"{line}\n" for line in _lines(report))


def _lines(report: Report) -> Iterator[str]:
    lowest = Level.DANGEROUS if report.threshold is None else report.threshold
    for finding in report.findings:
        level = report.level(finding)
        if level is not None and level >= lowest:
            yield _annotation(report, finding, _COMMANDS[level])
    for entry in report.stale:
        yield f"::error title=Stale entry of the ignore file::Line {entry.line} covers no change. Remove it."


def _annotation(report: Report, finding: Finding, command: str) -> str:
    change = finding.change
    title = f"{report.old} to {report.new} {report.verdict(finding)}"
    properties = {"file": report.file, "title": title} if report.file else {"title": title}
    written = ",".join(f"{name}={_property(value)}" for name, value in properties.items())
    return f"::{command} {written}::" + _data(f"{change.text} ({change.rule})")


def _data(text: str) -> str:
    """Return a text on one line, with the mark escaped that begins an escape."""
    return printable(text).replace("%", "%25")


def _property(text: str) -> str:
    """Escape what would end a property, too."""
    return _data(text).replace(":", "%3A").replace(",", "%2C")
