"""What a report counts, sorts and lets through."""

from __future__ import annotations

from collections import Counter

import pytest

from codex_conformance.changes import Entry, Usage, report_on
from codex_conformance.changes._report import level_name
from codex_schemas.diff import Level


def titles(report) -> dict[str, int]:
    return {section.title: len(section.findings) for section in report.sections()}


def test_each_change_stands_in_one_section_the_gravest_first(comparison) -> None:
    assert titles(report_on(comparison)) == {
        "Breaks clients and servers": 1,
        "Breaks clients": 1,
        "Breaks servers and mocks": 1,
        "Dangerous for clients": 2,
        "Dangerous for servers and mocks": 1,
        "New or changed, and compatible": 1,
    }


def test_for_one_side_only_its_verdicts_count(comparison) -> None:
    report = report_on(comparison, side="server")

    assert titles(report) == {
        "Breaks servers and mocks": 2,
        "Dangerous for servers and mocks": 2,
        "New or changed, and compatible": 3,
    }
    levels = [report.level(finding) for finding in report.findings]
    assert levels == sorted(levels, reverse=True)


@pytest.mark.parametrize(
    ("side", "counts"),
    [
        ("client", {Level.BREAKING: 2, Level.DANGEROUS: 2, Level.COMPATIBLE: 3}),
        ("server", {Level.BREAKING: 2, Level.DANGEROUS: 2, Level.COMPATIBLE: 3}),
    ],
)
def test_every_change_counts_for_each_side(comparison, side, counts) -> None:
    assert report_on(comparison).counts(side) == Counter(counts)


def test_messages_come_before_types_of_the_same_gravity(comparison) -> None:
    report = report_on(comparison, side="client")

    assert [finding.change.location for finding in report.findings][:2] == ["thread/rollback", "Turn.items[]"]


@pytest.mark.parametrize(
    ("position", "side", "words"),
    [
        (0, None, "breaks clients and servers"),
        (1, None, "breaks clients, is dangerous for servers and mocks"),
        (1, "server", "is dangerous for servers and mocks"),
        (2, "client", "is compatible"),
    ],
)
def test_a_verdict_in_words(comparison, position, side, words) -> None:
    report = report_on(comparison, side=side)
    finding = next(f for f in report.findings if f.change is comparison.changes[position])

    assert report.verdict(finding) == words


def test_an_ignored_change_counts_for_nothing(comparison) -> None:
    report = report_on(comparison, ignores=[Entry(1, "We never roll back.", location="thread/rollback")])

    assert titles(report)["Ignored"] == 1
    assert "Breaks clients" not in titles(report)
    assert [report.counts(side)[None] for side in ("client", "server")] == [1, 1]
    assert [level_name(level) for level in report.levels] == ["breaking", "dangerous", "compatible", "ignored"]


def test_a_change_that_is_ignored_for_one_side_counts_for_the_other(comparison) -> None:
    report = report_on(comparison, ignores=[Entry(1, "No client here.", location="Turn.items[]", side="client")])
    assert titles(report)["Breaks servers and mocks"] == 2
    assert report.counts("client")[None] == 1
    assert report.counts("server")[None] == 0


@pytest.mark.parametrize(
    ("ignored", "gravest"),
    [((), Level.BREAKING), (("Turn.*", "thread/*"), Level.DANGEROUS), (("Turn*", "thread/*", "P*"), Level.COMPATIBLE)],
    ids=["nothing", "what breaks", "what is dangerous, too"],
)
def test_what_is_ignored_does_not_fail(comparison, ignored, gravest) -> None:
    entries = [Entry(1, "Seen.", location=pattern) for pattern in ignored]
    report = report_on(comparison, side="client", ignores=entries)

    assert [level for level in Level if report.reaches(level)] == list(Level)[: gravest + 1]


def test_nothing_reaches_no_level(nothing) -> None:
    assert not report_on(nothing).reaches(Level.COMPATIBLE)


def test_a_threshold_lists_what_is_as_grave(comparison) -> None:
    report = report_on(comparison, threshold=Level.BREAKING, ignores=[Entry(1, "Seen.", location="PlanType")])

    assert [str(report.level(finding)) for finding in report.listed()] == ["breaking"] * 3
    assert report.counts("client")[Level.COMPATIBLE] == 3


def test_an_entry_is_stale_when_it_covers_nothing_even_if_the_use_leaves_nothing(comparison) -> None:
    entries = [Entry(1, "Gone.", location="Gone"), Entry(2, "Here.", location="PlanType")]

    report = report_on(comparison, ignores=entries, usage=Usage({"thread/start": None}, frozenset()))

    assert report.stale == (entries[0],)
    assert report.unused == 6
    assert [finding.change.location for finding in report.findings] == ["ThreadStartParams.cwd"]
