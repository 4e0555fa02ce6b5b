"""Redeeming the credits that reset a limit."""

from __future__ import annotations

from typing import Any

import pytest

from codex_conformance.probes import AppServerProbe, at, require
from codex_conformance.suites.server.account.people import backed, client_of
from codex_conformance.suites.server.app_servers import AppServers


def _redeem(client: AppServerProbe, key: str = "key-1", **more: str) -> Any:
    return client.ask("account/rateLimitResetCredit/consume", {"idempotencyKey": key, **more}).get("outcome")


@pytest.mark.codex("account.resets.redeemed")
def test_a_redeemed_credit_empties_the_windows(app_servers: AppServers) -> None:
    client = client_of(app_servers, "limited")
    outcome = _redeem(client)
    require(outcome == "reset", expected="the outcome reset", found=outcome)
    found = at(client.ask("account/rateLimits/read"), "/rateLimits/primary/usedPercent", int)
    require(found == 0, expected="an empty window", found=found)


@pytest.mark.codex("account.resets.outcomes")
@pytest.mark.parametrize(
    ("login", "wanted"),
    [("limited", ["reset", "alreadyRedeemed"]), ("pro", ["nothingToReset"] * 2), ("plus", ["noCredit"] * 2)],
    ids=["twice", "nothing to reset", "no credit"],
)
def test_what_came_of_a_redemption_is_told(app_servers: AppServers, login: str, wanted: list[str]) -> None:
    client = client_of(app_servers, login)
    found = [_redeem(client), _redeem(client)]
    require(found == wanted, expected=f"{' and '.join(wanted)} with the same key", found=found)


@pytest.mark.codex("account.resets.chosen")
def test_the_chosen_credit_is_spent(app_servers: AppServers) -> None:
    scenario = {"accounts": {"pro": {"primary": {"used_percent": 40}}}}
    behind = backed(app_servers, "pro", scenario=scenario)
    chosen = behind.workspace("pro").reset_credits[1]
    _redeem(behind.client, creditId=chosen.id)
    found = {each.id: each.status for each in behind.workspace("pro").reset_credits}
    holds = found.pop(chosen.id) == "redeemed" and set(found.values()) == {"available"}
    require(holds, expected=f"only {chosen.id} redeemed", found=found)


@pytest.mark.codex("account.resets.key-needed")
def test_a_redemption_needs_a_key(app_servers: AppServers) -> None:
    client = client_of(app_servers, "limited")
    error = client.refusal("account/rateLimitResetCredit/consume", {"idempotencyKey": ""}, misuse=False)
    require(error.get("code") == -32600, expected="the error -32600", found=error)
    found = at(client.ask("account/rateLimits/read"), "/rateLimitResetCredits/availableCount")
    require(found == 1, expected="the credit as before", found=found)
