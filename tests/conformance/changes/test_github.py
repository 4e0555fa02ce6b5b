"""Annotations: one command in a line, whatever a name holds."""

from __future__ import annotations

import pytest

from codex_conformance.changes import Entry, render, report_on
from codex_schemas.diff import Change, Comparison, Level


def lines(comparison, **options) -> list[str]:
    return render(report_on(comparison, **options), "github").splitlines()


def test_each_grave_change_is_an_annotation_the_gravest_first(comparison) -> None:
    breaks, is_dangerous = (f"title=0.141.0 to 0.169.0 {verdict} clients" for verdict in ("breaks", "is dangerous for"))

    assert lines(comparison, side="client") == [
        f"::error {breaks}::The client no longer has the request thread/rollback. (request-removed)",
        f"::error {breaks}::Turn.items[] changed from string to number. (type-changed)",
        f"::warning {is_dangerous}::PlanType has a new value, edu_plus. (enum-value-added)",
        f"::warning {is_dangerous}::PlanType has a new value, sci. (enum-value-added)",
    ]


@pytest.mark.parametrize(
    ("threshold", "commands"),
    [(None, {"error", "warning"}), (Level.BREAKING, {"error"}), (Level.COMPATIBLE, {"error", "warning", "notice"})],
)
def test_the_threshold_decides_what_is_annotated(comparison, threshold, commands) -> None:
    assert {line.split(" ")[0].strip(":") for line in lines(comparison, threshold=threshold)} == commands


def test_what_is_ignored_is_not_annotated(comparison) -> None:
    assert lines(comparison, ignores=[Entry(1, "Seen.", location="*")]) == []


def test_a_stale_entry_is_an_error(nothing) -> None:
    (line,) = lines(nothing, ignores=[Entry(4, "Seen.", location="Gone")])

    assert line.startswith("::error title=")
    assert "Line 4" in line


def test_a_file_is_named(comparison) -> None:
    assert lines(comparison, file="a,b:c.json")[0].startswith("::error file=a%2Cb%3Ac.json,title=0.141.0 to")


def test_nothing_ends_a_command_too_early() -> None:
    change = Change("type-changed", "A", "100%\r\n::error::x", Level.BREAKING, Level.BREAKING)

    assert lines(Comparison("a,b:c\n", "%", (change,))) == [
        "::error title=a%2Cb%3Ac\\n to %25 breaks clients and servers::100%25\\r\\n::error::x (type-changed)"
    ]
