"""The suites on our own mock: nothing fails, of no level, and nothing is left out."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from codex_conformance._pytest.running import run_suites
from codex_conformance.requirements import SURFACES, requirements

#: The newest is asked everything; of the others only what they alone can break.
OLDER = ("0.100.0", "0.130.0", "0.141.0", "0.150.0", "0.160.0")
COMMAND = Path(sys.executable).with_name("codex-testkit")
STRICT = "--codex-fail-level=OBSERVED"


def not_met(run):
    return sorted(
        f"{verdict.requirement} {verdict.case}: {verdict.finding or verdict.reason}"
        for verdict in run.verdicts
        if verdict.outcome != "passed"
    )


@pytest.mark.parametrize("surface", SURFACES)
def test_the_mock_meets_everything(surface) -> None:
    run = run_suites("server", ["--codex-target=mock", STRICT, f"--codex-surface={surface}"])

    assert not_met(run) == []
    in_scope = {each.id for each in requirements().values() if (each.surface, each.role) == (surface, "server")}
    held = {each for each in in_scope if requirements()[each].holds_for(run.release)}
    assert {verdict.requirement for verdict in run.verdicts} == held


@pytest.mark.parametrize("surface", ["app_server", "account"])
@pytest.mark.parametrize(
    "release", [pytest.param(each, marks=[] if each == "0.141.0" else pytest.mark.slow) for each in OLDER]
)
def test_the_mock_of_an_older_release_meets_what_it_must(release, surface) -> None:
    run = run_suites("server", [f"--codex-target=mock:{release}", STRICT, f"--codex-surface={surface}"])

    assert not_met(run) == []
    assert run.verdicts


def test_pytest_and_the_command_line_make_the_same_run(tmp_path) -> None:
    pytest_report, check_report = tmp_path / "pytest.json", tmp_path / "check.json"
    environment = {**os.environ, "NO_COLOR": "1"}
    suites = ("--pyargs", "codex_conformance.suites", "--codex-target=mock", "--codex-surface=wham")
    for command in (
        [sys.executable, "-m", "pytest", *suites, f"--codex-report={pytest_report}"],
        [COMMAND, "check", "server", "mock", "--surface", "wham", "--report", str(check_report)],
    ):
        subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, check=True)

    said = [
        {(each["requirement"], each["case"], each["outcome"]) for each in json.loads(path.read_text())["verdicts"]}
        for path in (pytest_report, check_report)
    ]
    assert said[0] == said[1]
