"""An older codex asks an endpoint of its own for a compaction, where its user wants it so; the same checks judge it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from codex_conformance._pytest.running import run_suites
from codex_conformance.clients import Client, Examiner, Trial, read_client, subject_of_client
from codex_conformance.clients.capabilities import LONG_TURN

pytestmark = [pytest.mark.real_codex, pytest.mark.slow]

RELEASE = "0.141.0"
FOLDER = Path(__file__).parents[3] / ".codex"


@pytest.fixture
def client(monkeypatch: pytest.MonkeyPatch) -> Client:
    if not (FOLDER / RELEASE).exists():
        pytest.skip(f"codex {RELEASE} is not installed (make test installs it through npm)")
    monkeypatch.setenv("CODEX_TESTKIT_CODEX_DIR", str(FOLDER))
    known = read_client(f"codex:{RELEASE}")
    *words, prompt = known.tasks["turn"]
    return replace(known, tasks={"turn": (*words, "--disable", "remote_compaction_v2", prompt)})


def test_it_calls_the_endpoint(client: Client) -> None:
    outcome = Examiner(client).run(Trial.of("turn", LONG_TURN))

    assert [call.exchange.operation for call in outcome.compactions] == ["compactResponse"]
    assert len(outcome.turns) == 3


def test_it_meets_what_is_required(client: Client) -> None:
    options = ["--codex-select=responses.client.compaction"]

    run = run_suites("client", options, surface="responses", subject=subject_of_client(client))

    assert {each.requirement: each.finding for each in run.verdicts if each.outcome != "passed"} == {}
    assert len(run.verdicts) > 15
