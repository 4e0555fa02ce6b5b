"""What the reader of a diff is told: every change with what it means for them, in sections."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from codex_conformance.changes._ignore import Entry, reasons
from codex_conformance.changes._usage import Usage
from codex_conformance.changes._wording import counted
from codex_schemas.diff import Change, Comparison, Level, Side

__all__ = ["PEOPLE", "SIDES", "Finding", "Report", "Section", "level_name", "report_on"]

#: The two that a change can hurt.
SIDES: tuple[Side, ...] = ("client", "server")

#: What they are called in reports.
PEOPLE: Mapping[tuple[Side, ...], str] = {
    ("client", "server"): "clients and servers",
    ("client",): "clients",
    ("server",): "servers and mocks",
}
#: What a change does to them.
_VERBS = {Level.BREAKING: "breaks", Level.DANGEROUS: "is dangerous for"}

#: The title of each section, the verdict and for whom; None where that is all the same.
_SECTIONS: tuple[tuple[str, Level | None, tuple[Side, ...] | None], ...] = (
    *((f"Breaks {people}", Level.BREAKING, hurt) for hurt, people in PEOPLE.items()),
    *((f"Dangerous for {people}", Level.DANGEROUS, hurt) for hurt, people in PEOPLE.items()),
    ("New or changed, and compatible", Level.COMPATIBLE, None),
    ("Ignored", None, None),
)


def level_name(level: Level | None) -> str:
    """Return the name of a verdict, or of its absence."""
    return "ignored" if level is None else str(level)


@dataclass(frozen=True, slots=True)
class Finding:
    """A change, and which of its verdicts count."""

    change: Change
    #: The reason why the verdict for a side does not count, where it does not.
    ignored: Mapping[Side, str] = field(default_factory=dict)

    def level(self, side: Side | None = None) -> Level | None:
        """Return the verdict for one side, or the graver one; None where it is ignored."""
        sides = SIDES if side is None else (side,)
        return max((self.change.level(each) for each in sides if each not in self.ignored), default=None)

    @property
    def reason(self) -> str:
        """Why it is ignored, by whichever entries."""
        return " / ".join(dict.fromkeys(self.ignored.values()))


@dataclass(frozen=True, slots=True)
class Section:
    """Findings that mean the same for the reader."""

    title: str
    #: The verdict; None for those that are ignored.
    level: Level | None
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class Report:
    """The result of a diff for one reader."""

    old: str
    new: str
    findings: tuple[Finding, ...]
    #: Whose verdict counts; None for both.
    side: Side | None = None
    #: The level from which on changes are listed one by one; None leaves that to the format.
    threshold: Level | None = None
    #: How many more changes concern nothing that is used; None where the use is not known.
    unused: int | None = None
    #: The entries of the ignore file that cover no change.
    stale: tuple[Entry, ...] = ()
    #: The path of the file that the changes are about, where there is one.
    file: str | None = None
    #: Whether the reader sees colours, which only text has.
    colours: bool = False

    @property
    def sides(self) -> tuple[Side, ...]:
        """The sides whose verdicts are shown."""
        return SIDES if self.side is None else (self.side,)

    @property
    def levels(self) -> tuple[Level | None, ...]:
        """The levels, the gravest first; with None if anything is ignored."""
        ignored = any(finding.ignored for finding in self.findings)
        return (*reversed(Level), None) if ignored else tuple(reversed(Level))

    def level(self, finding: Finding) -> Level | None:
        """Return what a finding means for the reader; None where it is ignored."""
        return finding.level(self.side)

    def extent(self) -> str:
        """Return how much changed, in words."""
        unused = "" if self.unused is None else f" of what is used, {self.unused} of the rest"
        return counted(len(self.findings), "change") + unused

    def hurt(self, finding: Finding, level: Level | None) -> tuple[Side, ...]:
        """Return the sides for which a finding is exactly of this level."""
        return tuple(side for side in self.sides if finding.level(side) == level)

    def verdict(self, finding: Finding) -> str:
        """Return what a finding means, in words: ``breaks clients, is dangerous for servers and mocks``."""
        words = [f"{verb} {PEOPLE[hurt]}" for level, verb in _VERBS.items() if (hurt := self.hurt(finding, level))]
        return ", ".join(words) or ("is ignored" if self.level(finding) is None else "is compatible")

    def aside(self, finding: Finding) -> str:
        """Return what a finding means for the side that it hurts less, as a sentence; ``""`` if it does not."""
        lesser = self.verdict(finding).partition(", ")[2]
        return f"It also {lesser}." if lesser else ""

    def reaches(self, level: Level) -> bool:
        """Tell whether there is something as grave as this, or graver."""
        return any((found := self.level(finding)) is not None and found >= level for finding in self.findings)

    def counts(self, side: Side) -> Counter[Level | None]:
        """Return how many changes there are of each level for one side; None counts those that are ignored."""
        return Counter(finding.level(side) for finding in self.findings)

    def listed(self) -> Iterator[Finding]:
        """Yield the findings that the threshold lets through; with the lowest one also those that are ignored."""
        lowest = self.threshold or Level.COMPATIBLE
        for finding in self.findings:
            level = self.level(finding)
            if lowest == Level.COMPATIBLE or (level is not None and level >= lowest):
                yield finding

    def sections(self) -> Iterator[Section]:
        """Yield the listed findings in sections, the gravest first; each finding stands in one."""
        listed = list(self.listed())
        for title, level, hurt in _SECTIONS:
            same = (finding for finding in listed if self.level(finding) == level)
            if found := tuple(finding for finding in same if hurt in (None, self.hurt(finding, level))):
                yield Section(title, level, found)


def report_on(
    comparison: Comparison,
    *,
    ignores: Sequence[Entry] = (),
    usage: Usage | None = None,
    side: Side | None = None,
    threshold: Level | None = None,
    file: str | None = None,
    colours: bool = False,
) -> Report:
    """Return what a reader is told of a comparison; an entry is stale when it covers none of all its changes."""
    findings = [Finding(change, reasons(ignores, change)) for change in comparison.changes]
    used = [finding for finding in findings if usage is None or usage.covers(finding.change)]
    return Report(
        old=comparison.old,
        new=comparison.new,
        findings=tuple(sorted(used, key=lambda finding: _rank(finding, side))),
        side=side,
        threshold=threshold,
        unused=None if usage is None else len(findings) - len(used),
        stale=tuple(entry for entry in ignores if not any(map(entry.covers, comparison.changes))),
        file=file,
        colours=colours,
    )


def _rank(finding: Finding, side: Side | None) -> tuple[int, bool]:
    """Order findings from the gravest to the ignored, and messages before types."""
    level = finding.level(side)
    return 1 if level is None else -level, not finding.change.location.startswith(finding.change.messages)
