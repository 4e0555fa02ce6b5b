"""Messages that nobody thought of, and walks through the life of threads."""

from __future__ import annotations

import pytest

from codex_conformance.fuzzing import AppServerTrial, Budget, explore
from codex_conformance.probes import Evidence
from codex_conformance.suites.server.app_server._scenes import begin
from codex_conformance.suites.server.app_server._thread_life import HESITANT, ThreadLife
from codex_conformance.suites.server.app_servers import AppServers
from codex_conformance.targets import PRESENT, Target


@pytest.fixture
def trial(app_servers: AppServers, target: Target, model: str) -> AppServerTrial:
    """Return what tries requests, some of them about threads that there are."""
    client = app_servers.client()
    threads = [client.thread(), client.thread()]
    turn = begin(client, threads[0])
    if target.capabilities["app-server.model"] in PRESENT:
        client.wait_for("turn/completed")
    known = {"threadId": threads, "turnId": [turn], "expectedTurnId": [turn], "model": [model]}
    return AppServerTrial(client, known=known, is_on_a_machine=target.spec.kind != "mock")


@pytest.mark.codex("app-server.robust.valid")
def test_valid_requests_are_answered_by_the_contract(trial: AppServerTrial, budget: Budget) -> None:
    trial.try_valid(budget)


@pytest.mark.codex("app-server.robust.nearly-valid")
def test_nearly_valid_requests_are_answered(trial: AppServerTrial, budget: Budget) -> None:
    trial.try_nearly_valid(budget)


@pytest.mark.codex("app-server.robust.hostile")
def test_hostile_lines_do_no_harm(trial: AppServerTrial, budget: Budget) -> None:
    trial.try_hostile(budget)


@pytest.mark.codex("app-server.robust.thread-life")
def test_threads_live_as_the_model_says(app_servers: AppServers, evidence: Evidence, budget: Budget) -> None:
    client = app_servers.client(HESITANT)
    explore(lambda found: ThreadLife(found, client), budget, evidence)
