"""The real codex meets every named scenario, and does what it was measured to do."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import msgspec
import pytest

from codex_mockserver.model import named_scenario, scenarios

pytestmark = pytest.mark.real_codex


@dataclass(frozen=True)
class Case:
    """What codex 0.169.0 does in a scenario."""

    exit_code: int = 0
    #: A part of what it prints.
    prints: str = ""
    #: How often it calls operations; with a status behind it, only answers with that status count.
    calls: Mapping[str, int | range] = field(default_factory=dict)
    #: How many expectations it does not meet.
    misses: int = 0
    #: What 0.141.0 does otherwise.
    older: Mapping[str, Any] = field(default_factory=dict)
    #: A quicker command than that of the scenario's own trial.
    command: tuple[str, ...] = ()


def with_provider(settings: str) -> tuple[str, ...]:
    """Return a turn by way of a provider whose patience can be set, which that of the built-in one cannot."""
    provider = (
        'name="quick", wire_api="responses", base_url="https://chatgpt.com/backend-api/codex", '
        f"requires_openai_auth=true, {settings}"
    )
    options = ("--config", 'model_provider="quick"', "--config", f"model_providers.quick={{{provider}}}")
    return ("codex", "exec", "--skip-git-repo-check", *options, "hello")


#: For what is sent in the background, as often as there is time.
SOME = range(1, 100)

#: A client of the app-server: the patience of the built-in provider, 13 seconds of it, is not awaited.
FIRST_ERROR = (sys.executable, str(Path(__file__).with_name("first_error.py")), "codex")

ONE_RETRY = with_provider("supports_websockets=true, stream_max_retries=1")

#: A turn that succeeds at the first attempt, and at the second and third.
DONE, AGAIN, THIRD = (Case(prints="hello", calls={"createResponse": attempts}) for attempts in (1, 2, 3))
REFUSED = Case(exit_code=1, calls={"createResponse": 1})
SOCKET_AGAIN = Case(prints="hello", calls={"connectResponses 101": 2, "createResponse": 0})
LOGIN = Case(prints="Successfully logged in", calls={"pollDeviceToken 200": 1, "exchangeToken 200": 1})
NO_LOGIN = Case(exit_code=1, prints="Error logging in", calls={"exchangeToken": 0})


def ends_at_refresh(status: int, words: str) -> Case:
    calls = {"createResponse 401": 2, f"exchangeToken {status}": 1, "createResponse": 2}
    return Case(exit_code=1, prints=words, calls=calls)


CASES = {
    "usage-limit-reached": replace(REFUSED, prints="hit your usage limit"),
    "usage-not-included": replace(REFUSED, prints="upgrade to Plus"),
    "usage-insufficient-quota": replace(
        REFUSED, prints="Quota exceeded", older={"prints": "exceeded retry limit, last status: 429"}
    ),
    "usage-null-secondary-window": DONE,
    "usage-weekly-window-first": DONE,
    "rate-limit-retry-text": Case(prints="Here it is.", calls={"createResponse": 2}),
    "rate-limit-retry-after": replace(
        AGAIN,
        older={"exit_code": 1, "prints": "exceeded retry limit", "calls": {"createResponse": 1}, "misses": 1},
    ),
    "rate-limit-slow-down": THIRD,
    "server-overloaded": THIRD,
    "server-context-length-exceeded": replace(REFUSED, prints="ran out of room"),
    "stream-cut": AGAIN,
    "stream-missing-completed": AGAIN,
    "stream-failed-without-close": Case(prints="Here it is.", calls={"createResponse": 2}),
    "stream-idle": AGAIN,
    "websocket-refused-426": Case(prints="hello", calls={"connectResponses": 1, "createResponse 200": 1}),
    "websocket-refused-404": Case(
        prints="hello", calls={"connectResponses 404": 3, "createResponse 200": 1}, command=ONE_RETRY
    ),
    "websocket-refused-405": Case(
        prints="hello", calls={"connectResponses 405": 3, "createResponse 200": 1}, command=ONE_RETRY
    ),
    "websocket-refused-429": Case(
        exit_code=1, prints="last status: 429", calls={"connectResponses 429": 2, "createResponse": 0}
    ),
    "websocket-previous-response-not-found": replace(
        SOCKET_AGAIN,
        older={
            "exit_code": 1,
            "prints": "The previous response is not known.",
            "calls": {"connectResponses": 1, "createResponse": 0},
            "misses": 1,
        },
    ),
    "websocket-connection-limit-reached": SOCKET_AGAIN,
    "websocket-prewarm-failure": SOCKET_AGAIN,
    "websocket-error-without-status": SOCKET_AGAIN,
    "request-zstd-refused": replace(REFUSED, prints="The body is not JSON."),
    "request-compaction-404": Case(
        # 0.169.0 does not know the endpoint; it shortens by a turn.
        prints="Done.",
        calls={"compactResponse": 0, "createResponse 200": 3},
        misses=1,
        older={
            "exit_code": 1,
            "prints": "Error running remote compact task",
            "calls": {"compactResponse 404": 1, "createResponse 200": 1},
            "misses": 0,
        },
    ),
    "token-401-once": Case(
        prints="hello", calls={"createResponse 401": 1, "createResponse 200": 1, "exchangeToken": 0}
    ),
    "token-401-twice": Case(
        prints="hello", calls={"createResponse 401": 2, "createResponse 200": 1, "exchangeToken 200": 1}
    ),
    "token-expired-early": Case(prints="hello", calls={"createResponse": 1, "exchangeToken 200": 1}),
    "refresh-reused": ends_at_refresh(401, "already used"),
    "refresh-reused-400": ends_at_refresh(400, "already used"),
    "refresh-expired": ends_at_refresh(401, "has expired"),
    "refresh-expired-400": ends_at_refresh(400, "has expired"),
    "refresh-invalidated": ends_at_refresh(401, "was revoked"),
    "refresh-invalidated-400": ends_at_refresh(400, "was revoked"),
    "refresh-race": Case(calls={"exchangeToken 200": 1, "createResponse 200": 2}),
    "refresh-slow": Case(prints="hello", calls={"exchangeToken": 1, "createResponse": 3}),
    "device-pending-long": replace(LOGIN, calls={"pollDeviceToken 403": 3, "pollDeviceToken 200": 1}),
    "device-denied": replace(NO_LOGIN, calls={"pollDeviceToken": 1}),
    "device-expired": replace(NO_LOGIN, calls={"pollDeviceToken": 1}),
    "device-usercode-spelling": LOGIN,
    "device-number-interval": replace(NO_LOGIN, prints="expected a string", calls={"pollDeviceToken": 0}),
    "device-missing-interval": LOGIN,
    "account-unknown-plan": DONE,
    "account-routing-missing": Case(
        exit_code=1,
        prints="workspace routing discovery missing backend origin",
        calls={"createResponse": 0, "connectResponses": 0},
        command=FIRST_ERROR,
        # 0.141.0 knows no routing.
        older={
            "exit_code": 0,
            "prints": "hello",
            "calls": {"checkAccounts": 0, "createResponse": 1},
            "misses": 2,
            "command": (),
        },
    ),
    "openness-probe": DONE,
    "models-client-version": DONE,
    "models-etag-change": DONE,
    "outage-plugins": Case(prints="hello", calls={"createResponse 200": 1, "listInstalledPlugins 503": SOME}),
    "outage-analytics": Case(prints="hello", calls={"createResponse 200": 1, "sendAnalyticsEvents 503": SOME}),
}


def met(outcome, call: str, times: int | range) -> bool:
    count = outcome.count(call)
    return count in times if isinstance(times, range) else count == times


def test_every_named_scenario_is_met() -> None:
    assert sorted(CASES) == sorted(name for name in scenarios() if not name.startswith("app-server-"))


@pytest.mark.parametrize("name", CASES)
def test_codex_meets(name, release, try_codex) -> None:
    case = CASES[name]
    if release == "0.141.0":
        case = replace(case, **case.older)

    outcome = try_codex(name, case.command)

    assert outcome.exit_code == case.exit_code, outcome.output
    assert case.prints in outcome.output
    assert {call: outcome.count(call) for call, times in case.calls.items() if not met(outcome, call, times)} == {}
    assert len(outcome.misses) == case.misses, outcome.misses


#: Attempts of a turn whose failure never ends, with one retry of each layer: of requests, and of streams.
ATTEMPTS = {
    "usage-limit-reached": (1, 1),
    "usage-insufficient-quota": (1, 1),
    "server-context-length-exceeded": (1, 1),
    "server-overloaded": (2, 2),
    "rate-limit-slow-down": (4, 2),
    "rate-limit-retry-after": (2, 1),
    "rate-limit-retry-text": (2, 2),
    "stream-cut": (2, 2),
    "stream-missing-completed": (2, 2),
}


@pytest.mark.parametrize("name", ATTEMPTS)
def test_codex_gives_up_after_the_measured_attempts(name, release, try_codex, tmp_path) -> None:
    scenario = named_scenario(name)
    scenario.faults = [msgspec.structs.replace(fault, times=None) for fault in scenario.faults]
    scenario.model = [msgspec.structs.replace(step, times=None) for step in scenario.model[:1]]
    file = tmp_path / "endless.yaml"
    file.write_bytes(msgspec.json.encode(scenario))

    outcome = try_codex(file, with_provider("request_max_retries=1, stream_max_retries=1"))

    assert outcome.exit_code == 1
    assert outcome.count("createResponse") == ATTEMPTS[name][release == "0.141.0"]
