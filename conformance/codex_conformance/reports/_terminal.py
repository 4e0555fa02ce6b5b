"""A run on a terminal: how far it is, and then what it found, in lines that fit."""

from __future__ import annotations

import shlex
import textwrap
from collections.abc import Iterator, Sequence
from typing import TextIO

from codex_conformance._printable import printable
from codex_conformance.reports._conclusion import Conclusion
from codex_conformance.reports._run import Run, Verdict
from codex_conformance.reports.overview import Overview
from codex_conformance.reports.redaction import redacted_run
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
from codex_conformance.requirements import Requirement, Role
from codex_conformance.terminal import Style, Terminal

__all__ = ["TerminalReport", "summary_lines"]

#: The line is written again from its beginning.
_REWRITE = "\r\x1b[K"
_STYLES: dict[Conclusion, Style] = {
    "conformant": "green",
    "passed": "green",
    "known failures": "yellow",
    "failed": "red",
    "incomplete": "yellow",
    "crashed": "red",
}
#: The width of a column.
_COLUMN = 9
_PLAIN = Terminal()


class TerminalReport:
    """Shows a run while it runs, where somebody watches, and its result at the end.

    Args:
        terminal: What the stream can show.
        stream: Where it is shown.
    """

    def __init__(self, terminal: Terminal, stream: TextIO) -> None:
        self._terminal = terminal
        self._stream = stream
        self._is_watched = stream.isatty()
        self._failed = 0

    def opening(self, role: Role) -> None:
        """Say that somebody is asked what it can do, which may take its time."""
        self._progress(f"asking the {role} what it can do")

    def started(self, run: Run) -> None:
        """Say what is under test."""
        self._progress(f"asking {run.target}")

    def judged(self, run: Run, verdict: Verdict) -> None:
        """Say how far it is."""
        self._failed += verdict.outcome in ("failed", "error")
        failed = f", {self._failed} failed" if self._failed else ""
        self._progress(f"{counted(len(run.verdicts), 'case')}{failed}: {verdict.requirement}")

    def finished(self, run: Run) -> None:
        """Print the result."""
        self.clear()
        overview = Overview(redacted_run(run))
        self._stream.writelines(f"{line}\n" for line in _lines(overview, self._terminal))
        self._stream.flush()

    def clear(self) -> None:
        """Leave the line to others."""
        self._progress("")

    def _progress(self, text: str) -> None:
        if self._is_watched:
            self._stream.write(_REWRITE + printable(text)[: self._terminal.width - 1])
            self._stream.flush()


def summary_lines(run: Run, terminal: Terminal = _PLAIN) -> list[str]:
    """Return what a run says in few lines: the table, what fails and what was not checked by name, the conclusion."""
    overview = Overview(redacted_run(run))
    lines = [*_folded(heading(overview.run), "", terminal), "", *_table(overview, terminal)]
    for outcome, title in CONTENTS.items():
        names = [f"{requirement.level} {requirement.id}" for requirement, _ in overview.having(outcome)]
        lines += ["", *_folded(f"{title}: {', '.join(names)}", "", terminal, hanging="  ")] if names else []
    return [*lines, *_unchecked(overview, terminal), "", *_conclusion(overview, terminal)]


def _lines(overview: Overview, terminal: Terminal) -> Iterator[str]:
    """Yield the whole result, what matters most at the end."""
    yield from _folded(heading(overview.run), "", terminal)
    yield from ("", *_table(overview, terminal))
    for outcome, title in CONTENTS.items():
        if found := list(overview.having(outcome)):
            yield from ("", terminal.paint(title, "bold"))
        for requirement, verdicts in found:
            yield from _requirement(overview, requirement, verdicts, terminal)
    yield from _unchecked(overview, terminal)
    yield from ("", *_conclusion(overview, terminal))


def _table(overview: Overview, terminal: Terminal) -> Iterator[str]:
    """Yield how many requirements of each surface and level have which outcome."""
    shown = columns(overview)
    names = "".join(f"{outcome_name(each):>{_COLUMN}}" for each in shown)
    yield terminal.paint(f"{'':<21}{names}", "bold")
    last = None
    for surface, level, counts in overview.tallies:
        name = "" if surface == last else surface_name(surface)
        cells = "".join(f"{counts[each] or '-':>{_COLUMN}}" for each in shown)
        yield f"{name:<12}{level:<9}{cells}"
        last = surface


def _requirement(
    overview: Overview, requirement: Requirement, verdicts: Sequence[Verdict], terminal: Terminal
) -> Iterator[str]:
    """Yield a requirement, and what each of its cases found."""
    is_grave = requirement.level in overview.failing_levels
    yield ""
    yield f"{terminal.paint(requirement.level, 'bold', 'red' if is_grave else 'yellow')} {requirement.id}"
    yield from _folded(requirement.sentence, "  ", terminal)
    if verdicts[0].outcome == "failed" and (declared := overview.declared(requirement)):
        yield from _folded(f"{claim(declared)}.", "  ", terminal)
    for verdict in verdicts:
        yield from _folded(verdict.case, "  ", terminal, hanging="    ")
        yield from _labelled("reason", verdict.reason, terminal)
        for label, text in finding_parts(verdict):
            yield from _labelled(label, text, terminal)
        yield from _command(verdict.repeat, terminal)


def _unchecked(overview: Overview, terminal: Terminal) -> Iterator[str]:
    if overview.unchecked_musts:
        yield from ("", terminal.paint(UNCHECKED, "bold"))
    for reason, groups in overview.unchecked_musts.items():
        yield from ("", *_folded(skip_sentence(reason), "  ", terminal))
        for detail, names in groups.items():
            head = f"{detail}: " if detail else ""
            yield from _folded(head + ", ".join(names), "    ", terminal, hanging="      ")


def _conclusion(overview: Overview, terminal: Terminal) -> list[str]:
    style = _STYLES[overview.conclusion]
    return [terminal.paint(line, "bold", style) for line in _folded(sentence(overview), "", terminal)]


def _labelled(label: str, text: str, terminal: Terminal) -> Iterator[str]:
    if text:
        yield from _folded(text, f"    {label:<9}", terminal, hanging=" " * 13)


def _command(command: str, terminal: Terminal) -> Iterator[str]:
    """Yield a command that can be copied: its words stay whole, and lines go on as a shell reads them."""
    line, indent = "    repeat  ", " " * 12
    for word in _words(command):
        if len(line) + len(word) + 3 > terminal.width and line != indent:
            yield f"{line} \\"
            line = indent
        line = f"{line} {word}"
    if command:
        yield line


def _words(command: str) -> list[str]:
    """Return the words of a command, quoted for a shell; one that no shell reads is shown as it is."""
    try:
        return [shlex.quote(word) for word in shlex.split(printable(command))]
    except ValueError:
        return [printable(command)]


def _folded(text: str, indent: str, terminal: Terminal, *, hanging: str | None = None) -> list[str]:
    """Return lines that fit, whatever the text holds."""
    return textwrap.wrap(
        printable(text),
        terminal.width,
        initial_indent=indent,
        subsequent_indent=indent if hanging is None else hanging,
        break_on_hyphens=False,
    )
