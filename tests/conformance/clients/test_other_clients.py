"""Clients that we did not write for this are examined, too, and the report on them is fair."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import openai
import pytest

from codex_conformance._pytest.running import run_suites
from codex_conformance.clients import Client, Surroundings, read_client, subject_of_client
from codex_conformance.reports import Run, conclusion
from codex_conformance.requirements import find

FOLDER = Path(__file__).parent
#: What the SDK leaves to the program that uses it, or does otherwise than is advisable.
OF_THE_SDK = {
    "responses.client.request.accepts-events",
    "responses.client.stream.missing-terminal-event-retried",
    "responses.client.stream.cut-retried",
    "responses.client.stream.broken-event",
    "responses.client.failure.passing-retried",
    "responses.client.refusal.quota-once",
    "responses.client.refusal.plain-detail",
}


@pytest.fixture
def take_turn():
    """The turn of the program with the SDK, in this process: its import takes longer than all of its turns."""
    spec = importlib.util.spec_from_file_location("openai_client", FOLDER / "programs" / "openai_client.py")
    program = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(program)

    def take(known: Surroundings) -> str:
        with openai.OpenAI(base_url=known.base_url, api_key=known.api_key) as client:
            return program.take_turn(client, known.prompt)

    return take


def unmet(run: Run) -> set[str]:
    return {each.requirement for each in run.verdicts if each.outcome not in ("passed", "skipped")}


def test_the_openai_sdk(take_turn) -> None:
    client = Client(name="openai", tasks={"turn": take_turn}, deadline=30)

    run = run_suites("client", [], surface="responses", subject=subject_of_client(client))

    assert unmet(run) == OF_THE_SDK
    assert "MUST" not in {find(name).level for name in unmet(run)}
    assert {name for name, state in run.capabilities.items() if state == "found"} == {"api-key", "stream"}
    assert conclusion(run) == "incomplete"


def test_the_small_client_that_takes_the_place_of_codex(monkeypatch) -> None:
    """It is examined as its users meet it: as a process, behind the proxy."""
    monkeypatch.chdir(FOLDER)
    client = read_client("small-codex")

    # The others wait for its patience to end.
    chosen = [f"--codex-select=responses.client.{group}" for group in ("request", "secrets", "refusal")]
    run = run_suites("client", ["--codex-level=MUST", *chosen], surface="responses", subject=subject_of_client(client))

    assert unmet(run) == set()
    assert len([each for each in run.verdicts if each.outcome == "passed"]) > 20
