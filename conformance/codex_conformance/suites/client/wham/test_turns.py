"""What the account of a turn may be like, and which side services may be down."""

from __future__ import annotations

import pytest

from codex_conformance.probes import require
from codex_conformance.suites.client.trials import Trials, require_success

_DOWN = {"status": 503, "body": {"detail": "Service unavailable."}}


@pytest.mark.codex("wham.client.turn.unknown-plan")
def test_unknown_plan(trial: Trials) -> None:
    require_success(trial("turn", "account-unknown-plan"))


@pytest.mark.parametrize("scenario", ["usage-null-secondary-window", "usage-weekly-window-first"])
@pytest.mark.codex("wham.client.turn.one-window")
def test_one_window(trial: Trials, scenario: str) -> None:
    require_success(trial("turn", scenario))


@pytest.mark.codex("wham.client.turn.settings-outage")
def test_settings_outage(trial: Trials) -> None:
    require_success(trial("turn", {"faults": [{"on": "readUserSettings", "times": None, "answer": _DOWN}]}))


@pytest.mark.codex("wham.client.turn.routing-missing")
def test_routing_missing(trial: Trials) -> None:
    outcome = trial("turn", "account-routing-missing")
    require(not outcome.turns, expected="no request to the model", found=", ".join(map(str, outcome.turns)))
