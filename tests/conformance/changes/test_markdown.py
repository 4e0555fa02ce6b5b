"""Markdown: what is not grave is folded, and no name becomes markup."""

from __future__ import annotations

from codex_conformance.changes import Entry, render, report_on
from codex_schemas.diff import Change, Comparison, Level

COMMENT = """\
## 0.141.0 → 0.169.0

7 changes

| | breaking | dangerous | compatible |
|---|--:|--:|--:|
| clients | 2 | 2 | 3 |

### Breaks clients (2)

- **`thread/rollback`**
  - The client no longer has the request thread/rollback.
- **`Turn`** in 6 messages: review/start, thread/fork, thread/list, thread/read, ...
  - Turn.items\\[\\] changed from string to number.

<details><summary>Dangerous for clients (2)</summary>

- **enum-value-added** (2): A list of values has a new one, which a reader that knows the list chokes on.
  - `PlanType`: `edu_plus`, `sci`

</details>

<details><summary>New or changed, and compatible (3)</summary>

- **required-field-added** (1)
  - `ThreadStartParams`: `cwd`
- **optional-field-added** (1)
  - `Turn`: `model`
- **enum-value-removed** (1)
  - `ThreadItem`: `[commandExecution].source: agent`

</details>
"""


def test_a_comment_shows_what_breaks_and_folds_the_rest(comparison) -> None:
    assert render(report_on(comparison, side="client"), "markdown") == COMMENT


def test_whole_messages_stand_in_one_line() -> None:
    added = (
        Change("request-added", name, "It is new.", Level.COMPATIBLE, Level.DANGEROUS, new={}, messages=(name,))
        for name in ("turn/steer", "thread/fork")
    )

    assert "\n  - `turn/steer`, `thread/fork`\n" in render(report_on(Comparison("a", "b", tuple(added))), "markdown")


def test_with_a_threshold_each_change_is_told(comparison) -> None:
    page = render(report_on(comparison, threshold=Level.DANGEROUS), "markdown")

    assert "  - PlanType has a new value, edu\\_plus.\n" in page
    assert "compatible (" not in page


def test_what_is_ignored_is_told_with_its_reason(comparison) -> None:
    page = render(report_on(comparison, ignores=[Entry(1, "We <3 plans.", location="PlanType")]), "markdown")

    assert "| clients | 2 | 0 | 3 | 2 |" in page
    assert "- `PlanType`: We \\<3 plans.\n" in page


def test_no_name_becomes_markup() -> None:
    change = Change("type-changed", "A`b``|.<img>", "<img> *b* [c](d)\n# e", Level.BREAKING, Level.BREAKING)
    page = render(report_on(Comparison("<a>", "b", (change,))), "markdown")

    assert "## \\<a\\> → b\n" in page
    assert "- **``` A`b``| ```**\n" in page
    assert "  - \\<img\\> \\*b\\* \\[c\\](d)\\\\n\\# e\n" in page
