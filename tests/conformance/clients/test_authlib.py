"""A program with an OAuth library is examined, and the report on it is fair."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from codex_conformance._pytest.running import run_suites
from codex_conformance.clients import read_client, subject_of_client
from codex_conformance.reports import conclusion
from codex_conformance.requirements import find

FOLDER = Path(__file__).parent
#: What the program and its library do otherwise, and why.
DEVIATIONS = {
    # It writes the file as any other.
    "oauth.client.keeping.private-file",
    # The library takes a strange state for an attack, and the program ends there.
    "oauth.client.callback.survives-strangers",
    # The library takes an answer for what all of OAuth says that it is: one with an access token.
    "oauth.client.refresh.partial-answer",
}
#: The library has no lock between processes: where two of them start together, the second reuses a token.
RACE = {"oauth.client.refresh.race", "oauth.client.refresh.race-once"}


@pytest.fixture
def usual_umask() -> Iterator[None]:
    """Let new files be readable for everybody, as they are on most machines."""
    before = os.umask(0o022)
    yield
    os.umask(before)


@pytest.mark.usefixtures("usual_umask")
def test_a_program_with_authlib(monkeypatch) -> None:
    monkeypatch.chdir(FOLDER)

    run = run_suites("client", [], surface="oauth", subject=subject_of_client(read_client("authlib")))

    failed = [each for each in run.verdicts if each.outcome not in ("passed", "skipped")]
    assert {each.requirement for each in failed} - RACE == DEVIATIONS
    assert {each.blame for each in failed} == {"implementation"}
    assert {name for name in DEVIATIONS if find(name).level == "MUST"} == {"oauth.client.keeping.private-file"}
    assert {each.requirement.split(".")[2] for each in run.verdicts if each.outcome == "skipped"} <= {
        "device",
        "keeping",
    }
    assert conclusion(run) == "failed"
    assert len([each for each in run.verdicts if each.outcome == "passed"]) > 40
