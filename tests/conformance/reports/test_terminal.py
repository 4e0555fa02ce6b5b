"""The terminal: a line that is rewritten for who watches, and a result that fits."""

from __future__ import annotations

import io
import shlex
import subprocess

import pytest

from codex_conformance.reports import TerminalReport, summary_lines
from codex_conformance.terminal import Terminal

RESULT = """\
server mock:0.169.0, codex 0.169.0: 7 cases in 2.5 s

                        passed   failed    known    stale  skipped
oauth       MUST             -        2        1        -        -
            OBSERVED         -        1        -        -        -
wham        SHOULD           -        -        -        1        -
responses   MUST             -        -        -        -        1

Not met

MUST oauth.refresh.rotates
  A refresh token can be used once; a second use is refused.
  test_refresh_rotates[json]
    doing    using a refresh token twice
    expected status 401 with the code refresh_token_reused
    found    200 with new tokens
    to do    Mark a refresh token as used in the transaction that makes the next
             one.
    blame    the implementation
    repeat   codex-testkit check server mock:0.169.0 --select \\
             oauth.refresh.rotates --case 'test_refresh_rotates[json]'

MUST oauth.device.pending
  Oauth device pending.
  declared but failing: the target says that it has oauth.device.
  test_device_pending
    doing    polling
    expected status 403
    found    404

OBSERVED oauth.error.text
  Errors have the texts of the vendor's server.
  test_error_text
    doing    sending no grant
    expected a text
    found    another

Stale entries of the baseline

SHOULD wham.usage.credits
  Wham usage credits.
  test_usage_credits
    reason   Credits are not counted.

Known failures

MUST oauth.code.used-once
  An authorization code can be used once.
  test_code_used_once
    reason   Codes are kept in a cache; issue 12.

MUST requirements that were not checked

  disabled, switched off for this run
    responses.websocket: responses.stream.terminal-event-once

mock:0.169.0 is not conformant with codex 0.169.0 (oauth, wham and responses): 2
MUST not met, 1 entry of the baseline stale, 1 MUST requirement not checked. Not
met, which does not count: 1 OBSERVED.
"""

SUMMARY = """\

Not met: MUST oauth.refresh.rotates, MUST oauth.device.pending, OBSERVED
  oauth.error.text

Stale entries of the baseline: SHOULD wham.usage.credits

Known failures: MUST oauth.code.used-once
"""


def shown(run, stream=None, terminal: Terminal | None = None) -> str:
    """Return what is shown of a run that gets its verdicts one by one."""
    stream = stream or io.StringIO()
    report = TerminalReport(terminal or Terminal(), stream)
    verdicts, run.verdicts = run.verdicts, []
    report.started(run)
    for verdict in verdicts:
        run.verdicts.append(verdict)
        report.judged(run, verdict)
    report.finished(run)
    return stream.getvalue()


def test_the_result_is_told_from_the_table_to_the_conclusion(whole) -> None:
    assert shown(whole) == RESULT


def test_whoever_watches_sees_how_far_it_is(whole, screen) -> None:
    text = shown(whole, screen)
    *progress, rest = text.split("\r\x1b[K")

    assert progress[:3] == ["", "asking mock:0.169.0", "1 case, 1 failed: oauth.refresh.rotates"]
    assert progress[-1] == "7 cases, 3 failed: responses.stream.terminal-event-once"
    assert rest == RESULT


def test_the_line_is_left_to_whoever_tells_of_a_problem(screen) -> None:
    report = TerminalReport(Terminal(), screen)

    report.opening("client")
    assert screen.getvalue().endswith("asking the client what it can do")

    report.clear()
    assert screen.getvalue().endswith("\r\x1b[K")


def test_nobody_is_told_how_far_it_is_who_does_not_watch(whole) -> None:
    stream = io.StringIO()
    report = TerminalReport(Terminal(), stream)

    report.opening("server")
    report.started(whole)
    report.judged(whole, whole.verdicts[0])
    report.clear()

    assert stream.getvalue() == ""


def test_the_line_that_is_rewritten_stays_one(hostile_run, screen) -> None:
    text = shown(hostile_run, screen, Terminal(width=30))
    *progress, _ = text.split("\r\x1b[K")

    assert all(len(line) < 30 and line.isprintable() for line in progress)


def test_no_text_leaves_its_line_or_steers_the_terminal(hostile_run) -> None:
    hostile_run.verdicts = [verdict for verdict in hostile_run.verdicts if not setattr(verdict, "repeat", "")]
    lines = shown(hostile_run).split("\n")

    assert all(line.isprintable() for line in lines)
    assert max(map(len, lines)) <= 80


def test_a_long_text_without_blanks_is_broken(run, verdict) -> None:
    text = shown(run(verdict("oauth.refresh.rotates", "failed", case="x" * 300)))

    assert max(map(len, text.split("\n"))) == 80
    assert text.count("x") == 302


def test_a_command_can_be_copied(run, verdict) -> None:
    words = [
        "codex-testkit",
        "check",
        "server",
        "command:my codex 'x'",
        "--select",
        "a" * 90,
        "--case",
        "test[ü b]",
        "$x",
    ]
    text = shown(run(verdict("oauth.refresh.rotates", "failed", repeat=shlex.join(words))))
    command = text.partition("    repeat   ")[2].partition("\n\n")[0]

    read = subprocess.run(["sh", "-c", f"printf '%s\\0' {command}"], capture_output=True, text=True, check=True).stdout
    assert read.split("\0")[:-1] == words


def test_colours_only_where_they_are_shown(whole) -> None:
    text = shown(whole, terminal=Terminal(colours=True))

    assert "\x1b[1;31mMUST\x1b[0m oauth.refresh.rotates" in text
    assert "\x1b[1;33mOBSERVED\x1b[0m oauth.error.text" in text
    assert "\x1b" not in shown(whole)


def test_the_strictest_level_comes_first(run, verdict) -> None:
    names = ("oauth.error.text", "wham.usage.credits", "responses.stream.terminal-event-once")
    text = shown(run(*(verdict(name, "failed") for name in names)))
    heads = [line for line in text.splitlines() if line.partition(" ")[2] in names]

    assert [line.partition(" ")[0] for line in heads] == ["MUST", "SHOULD", "OBSERVED"]


def test_a_capability_that_was_only_found_is_no_claim(whole) -> None:
    whole.capabilities["oauth.device"] = "found"

    assert "declared but failing" not in shown(whole)


def test_the_summary_is_short(whole) -> None:
    lines = summary_lines(whole)

    assert SUMMARY in "\n".join(lines)
    assert lines[0] == RESULT.splitlines()[0]
    assert lines[-3:] == RESULT.splitlines()[-3:]
    assert max(map(len, lines)) <= 80


@pytest.mark.parametrize("outcome", ["passed", "skipped"])
def test_what_went_well_is_only_counted(run, verdict, outcome) -> None:
    text = shown(run(verdict("wham.usage.credits", outcome), surfaces=["wham"]))

    assert "wham.usage.credits" not in text
