"""What a client calls beside its turn may be down: plugins, connectors, hosted tools, analytics."""

from __future__ import annotations

from typing import Any

import pytest

from codex_conformance.clients import Outcome, violations
from codex_conformance.probes import require
from codex_conformance.suites.client.oauth.refreshes import kept_tokens
from codex_conformance.suites.client.trials import Trials, require_success

Json = dict[str, Any]

_PLUGINS = (
    "listPlugins",
    "listInstalledPlugins",
    "listSuggestedPlugins",
    "listFeaturedPlugins",
    "exportCuratedPlugins",
    "listConnectors",
    "listWorkspaceConnectors",
    "callMcp",
    "openMcpStream",
    "closeMcpSession",
)
_EVENTS = "sendAnalyticsEvents"
_ANALYTICS = (_EVENTS, "exportMetrics")
#: Requests that nobody calls a loop.
_FEW = 12
#: Letters that stand nowhere but in a prompt, and in an answer that repeats it.
_PROMPT = "sea-42-at-noon"


def _down(operations: tuple[str, ...], **what: Any) -> Json:
    return {"faults": [{"on": list(operations), "times": None, **what}]}


def _answer(status: int, body: object = None) -> Json:
    return {"answer": {"status": status, "body": body or {"detail": "Not now."}}}


_OUTAGES = {
    **{str(status): _answer(status) for status in (401, 403, 404, 429, 500)},
    "page": _answer(200, "<html>Please sign in.</html>"),
    "broken off": {"cut": True},
}
_OUTAGES_OF_PLUGINS = {name: _down(_PLUGINS, **what) for name, what in _OUTAGES.items()}
_OUTAGES_OF_ANALYTICS = {name: _down(_ANALYTICS, **_OUTAGES[name]) for name in ("403", "429", "500", "broken off")}
#: Seconds that a slow service takes.
_LATE = 2


def _chatty(trial: Trials, scenario: str | Json = "{}", **more: Any) -> Outcome:
    """Let a turn be taken with a home in which everything is on."""
    return trial("turn", scenario, side_calls=True, **more)


def _require_turn(outcome: Outcome) -> None:
    require_success(outcome)
    require(outcome.turns, expected="a request to the model", found=outcome.ending)


@pytest.mark.parametrize("scenario", _OUTAGES_OF_PLUGINS.values(), ids=_OUTAGES_OF_PLUGINS)
@pytest.mark.codex("wham.client.turn.plugins-outage")
def test_plugins_outage(trial: Trials, scenario: Json) -> None:
    _require_turn(_chatty(trial, scenario))


@pytest.mark.codex("wham.client.turn.plugins-login-kept")
def test_plugins_login_kept(trial: Trials) -> None:
    outcome = _chatty(trial, _OUTAGES_OF_PLUGINS["401"])
    given = [call.response_json for call in outcome.requests("exchangeToken") if call.status == 200]
    good = {outcome.surroundings.refresh_token, *(each.get("refresh_token") for each in given)}
    kept = kept_tokens(outcome).get("refresh_token")
    require(kept in good, expected="the refresh token in the file", found="another, or none")


@pytest.mark.parametrize("scenario", _OUTAGES_OF_ANALYTICS.values(), ids=_OUTAGES_OF_ANALYTICS)
@pytest.mark.codex("wham.client.turn.analytics-outage")
def test_analytics_outage(trial: Trials, scenario: Json) -> None:
    _require_turn(_chatty(trial, scenario))


@pytest.mark.codex("wham.client.turn.analytics-late")
def test_analytics_late(trial: Trials) -> None:
    _require_turn(_chatty(trial, _down(_ANALYTICS, delay=_LATE)))


@pytest.mark.parametrize("scenario", _OUTAGES_OF_ANALYTICS.values(), ids=_OUTAGES_OF_ANALYTICS)
@pytest.mark.codex("wham.client.analytics.bounded")
def test_analytics_bounded(trial: Trials, scenario: Json) -> None:
    count = len(_chatty(trial, scenario).requests(_EVENTS))
    require(count <= _FEW, expected=f"at most {_FEW} requests", found=count)


@pytest.mark.codex("wham.client.analytics.fits-contract")
def test_analytics_fit_contract(trial: Trials) -> None:
    calls = _chatty(trial).requests(_EVENTS)
    found = [f"{where}: {each}" for call in calls for where, each in violations(call)]
    require(not found, expected="events that fit the contract", found=found[0] if found else "")


@pytest.mark.codex("wham.client.analytics.no-content")
def test_analytics_have_no_content(trial: Trials) -> None:
    calls = _chatty(trial, prompt=_PROMPT).requests(_EVENTS)
    telling = [call for call in calls if _PROMPT.encode() in call.body]
    require(not telling, expected="events without the prompt and the answer", found=f"{len(telling)} with one of them")


@pytest.mark.codex("wham.client.analytics.switched-off")
def test_analytics_can_be_switched_off(trial: Trials) -> None:
    count = len(trial("turn").requests(*_ANALYTICS))
    require(count == 0, expected="no events", found=count)
