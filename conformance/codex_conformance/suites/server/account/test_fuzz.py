"""Requests that nobody thought of, about the account."""

from __future__ import annotations

import pytest

from codex_conformance.fuzzing import AppServerTrial, Budget
from codex_conformance.suites.server.app_servers import AppServers
from codex_conformance.targets import Target


@pytest.fixture
def trial(app_servers: AppServers, target: Target) -> AppServerTrial:
    """Return what tries requests about the account."""
    return AppServerTrial(app_servers.client(), prefix="account", known={}, is_on_a_machine=target.spec.kind != "mock")


@pytest.mark.codex("account.robust.valid")
def test_valid_requests_are_answered_by_the_contract(trial: AppServerTrial, budget: Budget) -> None:
    trial.try_valid(budget)


@pytest.mark.codex("account.robust.nearly-valid")
def test_nearly_valid_requests_are_answered(trial: AppServerTrial, budget: Budget) -> None:
    trial.try_nearly_valid(budget)
