"""Markdown: the summary of a job, in which texts are only texts."""

from __future__ import annotations

import re

from codex_conformance.reports import Finding, render

BEGINNING = """\
## server mock:0.169.0, codex 0.169.0: 7 cases in 2.5 s

**mock:0.169.0 is not conformant with codex 0.169.0 (oauth, wham and responses): 2 MUST not met, 1 entry of the \
baseline stale, 1 MUST requirement not checked. Not met, which does not count: 1 OBSERVED.**

| surface | level | passed | failed | known | stale | skipped |
|---|---|--:|--:|--:|--:|--:|
| oauth | MUST | 0 | 2 | 1 | 0 | 0 |
| oauth | OBSERVED | 0 | 1 | 0 | 0 | 0 |
| wham | SHOULD | 0 | 0 | 0 | 1 | 0 |
| responses | MUST | 0 | 0 | 0 | 0 | 1 |

### Not met (3)

- **MUST** `oauth.refresh.rotates`: A refresh token can be used once; a second use is refused.
  - `test_refresh_rotates[json]`
    - doing: using a refresh token twice
    - expected: status 401 with the code refresh\\_token\\_reused
    - found: 200 with new tokens
    - to do: Mark a refresh token as used in the transaction that makes the next one.
    - blame: the implementation
    - repeat: `codex-testkit check server mock:0.169.0 --select oauth.refresh.rotates \
--case 'test_refresh_rotates[json]'`
- **MUST** `oauth.device.pending`: Oauth device pending.
  - declared but failing: the target says that it has oauth.device
"""

END = """\
<details><summary>Known failures (1)</summary>

- **MUST** `oauth.code.used-once`: An authorization code can be used once.
  - `test_code_used_once`
    - reason: Codes are kept in a cache; issue 12.

</details>

<details><summary>MUST requirements that were not checked</summary>

- disabled, switched off for this run
  - responses.websocket: `responses.stream.terminal-event-once`

</details>
"""


def test_the_worst_comes_first_and_the_rest_is_folded(whole) -> None:
    text = render(whole, "markdown")

    assert text.startswith(BEGINNING)
    assert text.endswith(END)


def test_a_clean_run_is_a_table(run, verdict) -> None:
    text = render(run(verdict("wham.usage.credits"), surfaces=["wham"]), "markdown")

    assert text.count("\n") == 7


def test_texts_are_only_texts(hostile_run) -> None:
    """Outside of code spans every mark is escaped, and nothing begins a line of its own."""
    text = re.sub(r"(?<!\\)(`+).*?(?<!`)\1(?!`)", "", render(hostile_run, "markdown"))

    assert "script" in text
    assert not re.search(r"(?<!\\)<(?!/?details>|/?summary>)", text)
    assert not re.search(r"(?<!\\)[@`\[]", text)
    assert all(line.isprintable() for line in text.split("\n"))


def test_a_requirement_shows_few_of_many_cases(run, verdict) -> None:
    cases = [verdict("oauth.refresh.rotates", "failed", case=f"test[{number}]") for number in range(2000)]

    assert "  - and 1995 cases more\n" in render(run(*cases), "markdown")


def test_a_comment_has_room_for_the_longest_run(run, verdict, registry) -> None:
    finding = Finding(*("x " * 5000 for _ in range(4)))
    outcomes = ("failed", "known", "stale", "error")
    cases = [
        verdict(each.id, outcome, case=f"{number} {'y' * 200}", finding=finding, reason="x" * 5000)
        for each in registry
        for outcome in outcomes
        for number in range(5)
    ]
    text = render(run(*cases), "markdown")

    assert len(text) < 65_000
    assert text.count(" more, which the other forms of this report tell") >= 3
