"""The page in a terminal: what it says of what, in 80 columns."""

from __future__ import annotations

import re

import pytest

from codex_conformance.changes import Entry, Usage, render, report_on
from codex_schemas.diff import RULES, Change, Comparison, Level

PAGE = """\
0.141.0 -> 0.169.0: 7 changes

                        breaking   dangerous  compatible
  clients                      2           2           3
  servers and mocks            2           2           3

Breaks clients and servers (1)
  Turn in 6 messages: review/start, thread/fork, thread/list, thread/read, ...
    - Turn.items[] changed from string to number.

Breaks clients (1)
  thread/rollback
    - The client no longer has the request thread/rollback. It also is dangerous
      for servers and mocks.

Breaks servers and mocks (1)
  ThreadStartParams in thread/start
    - ThreadStartParams has a new required field cwd: string.

Dangerous for clients (2)
  enum-value-added (2): A list of values has a new one, which a reader that
  knows the list chokes on.
    PlanType: edu_plus, sci

Dangerous for servers and mocks (1)
  enum-value-removed (1): A value is gone from a list: who still sends it is
  refused.
    ThreadItem: [commandExecution].source: agent

New or changed, and compatible (1)
  optional-field-added (1)
    Turn
"""


def test_the_page_says_the_more_the_graver_a_change_is(comparison) -> None:
    assert render(report_on(comparison), "text") == PAGE


def test_for_one_side_the_table_and_the_sections_have_no_other(comparison) -> None:
    page = render(report_on(comparison, side="client"), "text")

    assert "\n  clients " in page
    assert "servers" not in page


def test_with_a_threshold_each_change_is_told_in_full(comparison) -> None:
    page = render(report_on(comparison, threshold=Level.DANGEROUS), "text")

    assert all(change.text in re.sub(r"\s+", " ", page) for change in comparison.changes if change.worst)
    assert "optional-field-added" not in page


LONG = "ExternalAgentConfigImportHistoriesReadResponse"


@pytest.mark.parametrize("threshold", [None, Level.COMPATIBLE])
@pytest.mark.parametrize("level", Level)
@pytest.mark.parametrize(
    "messages", [(LONG.lower(),), (LONG.lower(), "turn/start")], ids=["one message", "two messages"]
)
@pytest.mark.parametrize("place", [LONG, f"Item[{'|'.join([LONG] * 3)}].metadata"], ids=["long", "very long"])
def test_no_line_is_longer_than_80_columns(place, messages, level, threshold) -> None:
    change = Change("type-changed", place, f"{place} changed.", level, level, messages=messages)
    page = render(report_on(Comparison("0.141.0", "0.169.0", (change,)), threshold=threshold), "text")

    assert max(map(len, page.splitlines())) <= 80


def test_many_additions_take_a_few_lines_and_none_is_lost_from_the_count(large) -> None:
    lines = render(report_on(large), "text").splitlines()
    start = next(number for number, line in enumerate(lines) if "optional-field-added (601)" in line)
    names = ", ".join(lines[start + 1 : -1])

    assert len(lines) < 45
    assert lines[-1] == f"    and {201 - len(re.findall(r'T[a-z]+[0-9]*', names))} more"


def test_a_message_that_came_as_a_whole_is_named_once() -> None:
    added = (
        Change("request-added", name, "It is new.", Level.COMPATIBLE, Level.DANGEROUS, new=name, messages=(name,))
        for name in ("thread/fork", "turn/steer")
    )
    page = render(report_on(Comparison("a", "b", tuple(added))), "text")

    assert page.endswith("\n    thread/fork, turn/steer\n")


def test_nothing_changed(nothing) -> None:
    page = render(report_on(nothing), "text")

    assert page.startswith("0.141.0 -> 0.141.1: 0 changes\n")
    assert len(page.splitlines()) == 5


def test_what_is_ignored_is_counted_and_told_with_its_reason(comparison) -> None:
    page = render(report_on(comparison, ignores=[Entry(1, "Plans are shown as text.", location="PlanType")]), "text")

    assert "ignored\n  clients                      2           0           3           2\n" in page
    assert "Ignored (2)\n  - PlanType: Plans are shown as text.\n" in page


def test_what_is_not_used_is_counted(comparison) -> None:
    page = render(report_on(comparison, usage=Usage({"thread/start": None}, frozenset())), "text")

    assert page.startswith("0.141.0 -> 0.169.0: 1 change of what is used, 6 of the rest\n")


def test_colours_are_all_that_they_add(comparison) -> None:
    plain, coloured = (
        render(report_on(comparison, ignores=[Entry(1, "Seen.", location="PlanType")], colours=colours), "text")
        for colours in (False, True)
    )

    assert "\x1b[1;31mBreaks clients and servers (1)\x1b[0m\n" in coloured
    assert re.sub(r"\x1b\[[0-9;]*m", "", coloured) == plain


def test_a_name_cannot_steer_the_terminal() -> None:
    change = Change(
        "enum-value-added",
        "Plan\x1b[2J",
        "Plan\x1b[2J has\na new value, \ud800.",
        Level.DANGEROUS,
        Level.DANGEROUS,
        new="\x07",
    )
    for threshold in (None, Level.COMPATIBLE):
        page = render(report_on(Comparison("a\rb", "c", (change,)), threshold=threshold), "text")

        assert set(page.replace("\n", "")) <= set(map(chr, range(32, 127)))
        assert page.startswith("a\\rb -> c: 1 change")


def test_every_rule_has_its_place_in_the_page() -> None:
    changes = [Change(rule, "Turn", "It changed.", Level.COMPATIBLE, Level.DANGEROUS) for rule in reversed(RULES)]
    page = render(report_on(Comparison("a", "b", tuple(changes))), "text")

    assert re.findall(r"^  ([a-z-]+) \(1\)", page, re.MULTILINE) == list(RULES)
