"""What a client does with the WebSocket transport, and without it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from codex_conformance.clients import ModelCall, Outcome
from codex_conformance.probes import require
from codex_conformance.suites.client.responses.scenarios import PLAIN, over_websocket, tool_turn
from codex_conformance.suites.client.trials import Trials, require_failure, require_success
from codex_schemas import load_events

_FULL = {"accounts": {"plus": {"primary": {"used_percent": 100, "resets_in_seconds": 7200}}}}
_TOOL_TURN = tool_turn({"exec_command": {"cmd": "echo sea-42"}}, websocket=True)
#: Handshakes that nobody calls a loop.
_MOST = 20


def _require_posted(outcome: Outcome) -> None:
    require_success(outcome)
    done = [each.status for each in outcome.requests("createResponse")]
    require(200 in done, expected="the turn over POST", found=outcome.ending)


@pytest.mark.codex("responses.client.websocket.refused-upgrade")
def test_refused_upgrade(trial: Trials) -> None:
    _require_posted(trial("turn", "websocket-refused-426"))


@pytest.mark.codex("responses.client.websocket.refused-upgrade-once")
def test_refused_upgrade_once(trial: Trials) -> None:
    count = len(trial("turn", "websocket-refused-426").requests("connectResponses"))
    require(count == 1, expected="one handshake", found=count)


@pytest.mark.codex("responses.client.websocket.not-there")
def test_not_there(trial: Trials) -> None:
    outcome = trial("turn", "websocket-refused-404")
    _require_posted(outcome)
    count = len(outcome.requests("connectResponses"))
    require(count <= _MOST, expected=f"at most {_MOST} handshakes", found=count)


@pytest.mark.codex("responses.client.websocket.refused-for-the-rate")
def test_refused_for_the_rate(trial: Trials) -> None:
    outcome = trial("turn", "websocket-refused-429")
    require("usage limit" not in outcome.output.lower(), expected="no word about the plan", found=outcome.ending)
    count = len(outcome.requests("connectResponses"))
    require(count <= _MOST, expected=f"at most {_MOST} handshakes", found=count)


@pytest.mark.codex("responses.client.websocket.one-at-a-time")
def test_one_at_a_time(trial: Trials) -> None:
    for calls in _by_connection(trial("turn", _TOOL_TURN)):
        for call in calls[:-1]:
            has_ended = any(_ends(event) for event in call.events)
            require(has_ended, expected="the end of the response before the next request", found=str(call))


@pytest.mark.codex("responses.client.websocket.whole-input")
def test_whole_input(trial: Trials) -> None:
    for scenario in ("{}", "websocket-connection-limit-reached", "websocket-previous-response-not-found"):
        for calls in _by_connection(trial("turn", scenario)):
            first, is_warm = next(call for call in calls if not call.is_prewarm), calls[0].is_prewarm
            previous = first.body.get("previous_response_id")
            known = (
                {event["response"].get("id") for event in calls[0].events if "response" in event} if is_warm else set()
            )
            is_whole = previous is None or previous in known
            require(
                is_whole, expected="the whole conversation, or that of the prewarm", found=f"a turn after {previous}"
            )
            has_prompt = any("hello" in text for text in first.user_texts)
            require(has_prompt, expected="the prompt in the first request", found=first.user_texts)


@pytest.mark.codex("responses.client.websocket.connection-limit")
def test_connection_limit(trial: Trials) -> None:
    require_success(trial("turn", "websocket-connection-limit-reached"))


@pytest.mark.codex("responses.client.websocket.previous-response-unknown")
def test_previous_response_unknown(trial: Trials) -> None:
    require_success(trial("turn", "websocket-previous-response-not-found"))


@pytest.mark.codex("responses.client.websocket.prewarm-refused")
def test_prewarm_refused(trial: Trials) -> None:
    require_success(trial("turn", "websocket-prewarm-failure"))


@pytest.mark.codex("responses.client.websocket.final-error")
def test_final_error(trial: Trials) -> None:
    outcome = require_failure(trial("turn", _FULL))
    refused = [call for call in outcome.turns if call.status is not None]
    require(len(refused) == 1, expected="one refused request", found=", ".join(map(str, outcome.turns)))


@pytest.mark.codex("responses.client.websocket.error-without-status")
def test_error_without_status(trial: Trials) -> None:
    require_success(trial("impatient-turn", "websocket-error-without-status"))


@pytest.mark.codex("responses.client.websocket.incremental")
def test_incremental(trial: Trials) -> None:
    outcome = trial("turn", _TOOL_TURN)
    last = outcome.turns[-1]
    kinds = [str(item.get("type")) for item in last.items]
    is_incremental = "previous_response_id" in last.body and all(kind.endswith("_output") for kind in kinds)
    require(is_incremental, expected="the previous response, and the output alone", found=", ".join(kinds))


@pytest.mark.codex("responses.client.websocket.beta-header")
def test_beta_header(trial: Trials) -> None:
    for exchange in trial("turn", over_websocket(PLAIN)).requests("connectResponses"):
        found = exchange.headers.get("openai-beta", "no such header")
        require("responses_websockets" in found, expected="openai-beta: responses_websockets=…", found=found)


def _ends(event: Mapping[str, Any]) -> bool:
    """Tell whether a response is over with an event."""
    kind = str(event.get("type"))
    return kind == "error" or load_events().is_terminal(kind)


def _by_connection(outcome: Outcome) -> list[list[ModelCall]]:
    """Return the requests of each WebSocket on which there was a turn."""
    found: dict[int, list[ModelCall]] = {}
    for call in outcome.model_calls:
        if call.is_websocket:
            found.setdefault(call.exchange.number, []).append(call)
    return [calls for calls in found.values() if any(not call.is_prewarm for call in calls)]
