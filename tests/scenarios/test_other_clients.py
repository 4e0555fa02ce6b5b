"""Further clients meet named scenarios: the app-server of codex, the openai SDK, and plain HTTP."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import httpx
import openai
import pytest

from codex_mockserver import SyncBackend
from codex_mockserver.expectations import verify
from codex_mockserver.model import named_scenario
from codex_mockserver.world.tokens import issue_tokens

READ_LIMITS = (sys.executable, str(Path(__file__).with_name("read_limits.py")), "codex")

#: The only window that codex shows, as minutes and percent.
WINDOWS = {"usage-null-secondary-window": (300, 40), "usage-weekly-window-first": (10_080, 40)}


def sdk(backend: SyncBackend) -> openai.OpenAI:
    """Return the SDK for a backend; whoever gets it closes it."""
    return openai.OpenAI(base_url=f"{backend.url}/v1", api_key=backend.world.account("plus").api_key)


@pytest.mark.real_codex
@pytest.mark.parametrize("name", WINDOWS)
def test_codex_shows_the_one_window(name, try_codex) -> None:
    outcome = try_codex(name, READ_LIMITS)

    assert outcome.exit_code == 0, outcome.output
    # The log of the server may come before it and behind.
    limits = json.loads(next(line for line in outcome.output.splitlines() if line.startswith("{")))
    assert (limits["primary"]["windowDurationMins"], limits["primary"]["usedPercent"]) == WINDOWS[name]
    assert limits["secondary"] is None


def test_the_body_the_headers_and_wham_agree_about_a_full_window() -> None:
    with SyncBackend(scenario="usage-limit-reached") as backend:
        tokens = issue_tokens(backend.world, "plus")
        headers = {"authorization": f"Bearer {tokens.access_token}", "chatgpt-account-id": tokens.account_id}
        body = {"model": "gpt-5.5", "input": [], "stream": True, "store": False}
        refused = httpx.post(f"{backend.url}/backend-api/codex/responses", headers=headers, json=body)
        window = httpx.get(f"{backend.url}/backend-api/wham/usage", headers=headers).json()["rate_limit"]

    assert refused.status_code == 429
    error = refused.json()["error"]
    assert error["type"] == "usage_limit_reached"
    assert {error["resets_at"], int(refused.headers["x-codex-primary-reset-at"])} == {
        window["primary_window"]["reset_at"]
    }
    assert {int(refused.headers["x-codex-primary-used-percent"]), window["primary_window"]["used_percent"]} == {100}
    assert window["limit_reached"]


@pytest.mark.parametrize(
    "name",
    ["rate-limit-retry-after", "rate-limit-slow-down", "server-overloaded", "openness-probe", "models-client-version"],
)
def test_the_openai_sdk_takes_its_turn(name) -> None:
    """It retries what can be retried, and passes over what it does not know."""
    with SyncBackend(scenario=name) as backend, sdk(backend) as client:
        answer = client.responses.create(model="gpt-5.5", input="hello")

        assert answer.output_text == "hello"
        turns = [each.request for each in named_scenario(name).expect if "createResponse" in repr(each.request)]
        assert verify(backend.journal, turns) == []


#: What the SDK raises, and after how many requests.
RAISED = {
    "stream-cut": (openai.APIConnectionError, 1),
    "usage-insufficient-quota": (openai.RateLimitError, 3),
}


@pytest.mark.parametrize("name", RAISED)
def test_the_openai_sdk_says_that_the_turn_failed(name) -> None:
    """It knows no final 429, and leaves it to its user to begin a broken stream anew."""
    wanted, requests = RAISED[name]
    with SyncBackend(scenario=name) as backend, sdk(backend) as client:
        with pytest.raises(wanted):
            list(client.responses.create(model="gpt-5.5", input="hello", stream=True))

        assert len(backend.journal.requests("createResponse")) == requests
