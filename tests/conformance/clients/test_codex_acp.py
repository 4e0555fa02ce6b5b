"""The ACP adapter, which others wrote, drives the app-server of the examiner; the report on it is fair."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from codex_conformance._pytest.running import run_suites
from codex_conformance.clients import read_client, subject_of_client
from codex_conformance.reports import Run
from codex_conformance.requirements import find

FOLDER = Path(__file__).parent
ADAPTER = FOLDER.parents[2] / ".sdk" / "node_modules" / "@agentclientprotocol" / "codex-acp"
#: What the adapter does otherwise.
DEVIATIONS = {
    # It never sends the notification.
    "app-server.client.handshake.initialized-after": "SHOULD",
    # It shows each completed item that comes.
    "app-server.client.notifications.duplicates": "SHOULD",
    # It tells -32001 as any other error.
    "app-server.client.overload.retried": "SHOULD",
    # It waits for turn/completed alone.
    "app-server.client.turn.lost-end": "SHOULD",
    # The error becomes words of the answer, and the prompt ends as one that went well.
    "app-server.client.turn.failed": "MUST",
}


def examine(monkeypatch: pytest.MonkeyPatch, surface: str, *options: str) -> Run:
    if shutil.which("node") is None or not ADAPTER.exists():
        pytest.skip("the Node SDKs are not installed (make test installs them through npm)")
    monkeypatch.chdir(FOLDER)
    return run_suites("client", options, surface=surface, subject=subject_of_client(read_client("codex-acp")))


def test_it_answers_every_question_and_grants_nothing(monkeypatch) -> None:
    parts = ("questions", "approvals")

    run = examine(monkeypatch, "app_server", *(f"--codex-select=app-server.client.{part}" for part in parts))

    assert {each.requirement: each.outcome for each in run.verdicts if each.outcome != "passed"} == {}
    assert {each.requirement.split(".")[2] for each in run.verdicts} == set(parts)


@pytest.mark.slow
def test_it_deviates_only_where_it_is_known_to(monkeypatch) -> None:
    run = examine(monkeypatch, "app_server")

    failed = [each for each in run.verdicts if each.outcome != "passed"]
    assert {each.requirement: find(each.requirement).level for each in failed} == DEVIATIONS
    assert {(each.outcome, each.blame) for each in failed} == {("failed", "implementation")}


@pytest.mark.slow
def test_it_takes_the_account_as_it_is(monkeypatch) -> None:
    run = examine(monkeypatch, "account")

    assert {each.outcome for each in run.verdicts} == {"passed", "skipped"}
    assert {each.requirement.split(".")[2] for each in run.verdicts if each.outcome == "skipped"} == {"login"}
