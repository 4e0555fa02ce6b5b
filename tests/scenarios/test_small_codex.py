"""The small client, which takes the place of codex where that cannot be had, does what is right."""

from __future__ import annotations

import httpx
import pytest

from codex_conformance.small_codex import Failed, SmallCodex
from codex_mockserver import SyncBackend
from codex_mockserver.expectations import verify
from codex_mockserver.model import named_scenario, scenarios

#: What it does not speak of: the WebSocket, plugins, zstd, compaction, the app-server, and the race of two clients.
BEYOND = ("websocket-", "outage-plugins", "request-", "app-server-", "refresh-race")

#: The scenarios that end without an answer, or without a login.
FAILING = {
    "usage-insufficient-quota",
    "usage-limit-reached",
    "usage-not-included",
    "server-context-length-exceeded",
    "refresh-expired",
    "refresh-expired-400",
    "refresh-invalidated",
    "refresh-invalidated-400",
    "refresh-reused",
    "refresh-reused-400",
    "device-denied",
    "device-expired",
    "account-routing-missing",
}


@pytest.mark.parametrize("name", [name for name in scenarios() if not name.startswith(BEYOND)])
def test_the_small_client_meets(name, tmp_path, capsys) -> None:
    scenario = named_scenario(name)
    with SyncBackend(scenario=scenario) as backend, httpx.Client(trust_env=False) as http:
        backend.write_codex_home(tmp_path, scenario.trial.account)
        clock = backend.world.clock
        client = SmallCodex(tmp_path, http, backend.url, f"{backend.url}/backend-api", sleep=clock.advance)
        act = client.log_in if "login" in scenario.trial.command else lambda: client.take_turn("hello")

        if name in FAILING:
            with pytest.raises(Failed):
                act()
        else:
            act()

        assert verify(backend.journal, [each.request for each in scenario.expect if each.request]) == []


def test_a_login_of_the_small_client_is_good_for_a_turn(tmp_path, capsys) -> None:
    with SyncBackend(scenario="device-missing-interval") as backend, httpx.Client(trust_env=False) as http:
        client = SmallCodex(tmp_path, http, backend.url, f"{backend.url}/backend-api")

        client.log_in()

        assert client.take_turn("hello") == "hello"
