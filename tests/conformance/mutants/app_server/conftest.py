"""What must come of broken app-servers, and of one that is not."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest
from app_server_mutants import Broken, Mutant

from codex_conformance._pytest.running import run_suites
from codex_conformance._pytest.subjects import Subject
from codex_conformance.reports import Run
from codex_conformance.targets import CAPABILITIES, Target, TargetSpec


@pytest.fixture
def judge_app_server_command() -> Callable[[Sequence[str], Sequence[str]], Run]:
    """Judge requirements of an app-server that is a command, without the options of its transport."""

    def judge(command: Sequence[str], requirement_ids: Sequence[str]) -> Run:
        states = dict.fromkeys(CAPABILITIES, "declared")
        spec = TargetSpec(name="mutant", kind="command")
        target = Target(spec, states, command=tuple(command))
        subject = Subject("server", spec.name, spec.release, target.surfaces, states, [spec.name], target)
        return run_suites("server", [f"--codex-select={each}" for each in requirement_ids], subject=subject)

    return judge


@pytest.fixture
def find_out(judge_app_server, outcomes) -> Callable[[Broken], None]:
    """Assert that a broken server is found out by the requirement that it breaks, and blamed for all that fails."""

    def find(broken: Broken) -> None:
        run = judge_app_server(broken.server, [broken.requirement])

        assert outcomes(run)[broken.requirement] == "failed"
        assert {verdict.blame for verdict in run.verdicts if verdict.outcome == "failed"} == {"implementation"}

    return find


@pytest.fixture
def acquit(judge_app_server, outcomes) -> Callable[[Sequence[Broken]], None]:
    """Assert that a server which is not broken passes all by which mutants are found out."""

    def judge(mutants: Sequence[Broken]) -> None:
        asked = sorted({broken.requirement for broken in mutants})

        assert outcomes(judge_app_server(Mutant, asked)) == dict.fromkeys(asked, "passed")

    return judge
