"""Runs that do not come to their end, or not to a good one."""

from __future__ import annotations

import json

import pytest

#: The first case fails, the second is where the user has had enough, the third is never asked.
CASES = """
    import pytest

    @pytest.mark.codex("oauth.discovery.issuer")
    def test_first():
        assert %(first)s

    @pytest.mark.codex("oauth.discovery.issuer")
    def test_second():
        %(second)s

    @pytest.mark.codex("oauth.discovery.endpoints")
    def test_third():
        pass
"""

KNOWN = """\
[[known]]
requirement = "oauth.discovery.endpoints"
case = "test_third"
reason = "an old server"
"""


@pytest.fixture
def cases(serve, pytester):
    """Writes the three cases, and a baseline that speaks of the last."""

    def write(first="True", second="pass"):
        serve()
        pytester.makepyfile(test_cases=CASES % {"first": first, "second": second})
        (pytester.path / "known.toml").write_text(KNOWN)

    return write


def outcomes(report):
    return {verdict["case"]: verdict["outcome"] for verdict in report["verdicts"]}


def test_what_was_found_before_ctrl_c_is_told(cases, check) -> None:
    cases(second="raise KeyboardInterrupt")

    code, report = check("--codex-baseline=known.toml")

    assert code == 2
    assert outcomes(report) == {"test_first": "passed"}
    assert report["is_interrupted"]
    assert report["conclusion"] == "incomplete"
    assert report["sentence"].startswith("Interrupted: 1 of ")


def test_half_a_run_is_no_baseline(cases, check, pytester) -> None:
    cases(second="raise KeyboardInterrupt")

    check("--codex-baseline=known.toml", "--codex-write-baseline")

    assert (pytester.path / "known.toml").read_text() == KNOWN


def test_what_comes_behind_the_first_failure_is_not_stale(cases, check) -> None:
    cases(first="False")

    code, report = check("--codex-baseline=known.toml", "--codex-fail-level=OBSERVED", "-x")

    assert code == 1
    assert outcomes(report) == {"test_first": "failed"}
    assert report["is_interrupted"]


def test_collecting_alone_is_no_run(cases, check) -> None:
    cases()

    code, said = check("--collect-only")

    assert code == 0
    assert isinstance(said, str), "a report was written"


def test_a_report_that_cannot_be_written_is_told_before_a_case_runs(cases, pytester, monkeypatch) -> None:
    cases()
    monkeypatch.setenv("PYTHONPATH", str(pytester.path))

    result = pytester.runpytest_subprocess("--codex-target=asgi:server:app", "--codex-report=nowhere/report.json")

    assert result.ret == 4
    result.stderr.fnmatch_lines(["*writing nowhere/report.json*no folder*"])
    result.stdout.no_fnmatch_line("*test_cases*")


def test_a_full_disk_is_told_behind_the_summary(cases, check, pytester, monkeypatch) -> None:
    cases()
    (pytester.path / "full.json").symlink_to("/dev/full")
    monkeypatch.setenv("PYTHONPATH", str(pytester.path))

    result = pytester.runpytest_subprocess(
        "--codex-target=asgi:server:app", "--codex-report=full.json", "--codex-report=report.json"
    )

    assert result.ret == 4
    result.stdout.fnmatch_lines(["*codex conformance*", "ERROR: *writing full.json*No space left on device*"])
    assert outcomes(json.loads((pytester.path / "report.json").read_text()))["test_third"] == "passed"
