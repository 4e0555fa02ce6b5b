"""Requests that nobody thought of, and walks through the life of tokens."""

from __future__ import annotations

import pytest

from codex_conformance.fuzzing import Budget, HttpTrial, explore
from codex_conformance.probes import Evidence, HttpProbe
from codex_conformance.suites.server.oauth.logins import REDIRECT_URI, UNATTENDED, Logins
from codex_conformance.suites.server.oauth.token_life import TokenLife


@pytest.fixture
def trial(http: HttpProbe, logins: Logins) -> HttpTrial:
    """Return what tries requests of a client that the server knows."""
    known = {"client_id": [logins.client_id], "redirect_uri": [REDIRECT_URI]}
    return HttpTrial(http, "oauth", known=known)


@pytest.mark.codex("oauth.robust.valid")
def test_valid_requests_are_answered_by_the_contract(trial: HttpTrial, budget: Budget) -> None:
    trial.try_valid(budget)


@pytest.mark.codex("oauth.robust.nearly-valid")
def test_nearly_valid_requests_are_answered(trial: HttpTrial, budget: Budget) -> None:
    trial.try_nearly_valid(budget)


@pytest.mark.codex("oauth.robust.hostile")
def test_hostile_bodies_do_no_harm(trial: HttpTrial, budget: Budget) -> None:
    trial.try_hostile(budget)


@pytest.mark.codex("oauth.robust.token-life", scenario=UNATTENDED)
def test_tokens_live_as_the_model_says(logins: Logins, evidence: Evidence, budget: Budget) -> None:
    explore(lambda found: TokenLife(found, logins), budget, evidence)
