"""How a client begins its conversation with an app-server, and how it ends it."""

from __future__ import annotations

import pytest

from codex_conformance.clients import Outcome
from codex_conformance.probes import require
from codex_conformance.suites.client.app_server.talks import fault_at_answer, prompts, require_answer_once, sent, talk
from codex_conformance.suites.client.trials import Trials, require_failure

_INITIALIZE = "initialize"


def _methods(outcome: Outcome) -> list[str]:
    return [str((said.message or {}).get("method", "an answer")) for said in sent(outcome)]


def _answered_at(outcome: Outcome) -> int:
    """Return the place of the answer to the handshake in the conversation."""
    places = (place for place, said in enumerate(outcome.transcript) if said.side == "server")
    found = next((place for place in places if "userAgent" in outcome.transcript[place].text), None)
    require(found is not None, expected="a handshake that is answered", found=_methods(outcome))
    return found or 0


@pytest.mark.codex("app-server.client.handshake.initialize-first")
def test_it_begins_with_initialize(trial: Trials) -> None:
    methods = _methods(trial("app-server", talk()))
    require(methods[:1] == [_INITIALIZE], expected="initialize as the first message", found=methods[:3])


@pytest.mark.codex("app-server.client.handshake.waits-for-answer")
def test_it_waits_for_the_answer(trial: Trials) -> None:
    outcome = trial("app-server", talk({"on": _INITIALIZE, "delay": 1}))
    early = [said.text for said in outcome.transcript[: _answered_at(outcome)] if said.side == "client"]
    require(len(early) == 1, expected="initialize alone before its answer", found=early)


@pytest.mark.codex("app-server.client.handshake.slow-start")
def test_it_has_patience_with_a_slow_start(trial: Trials) -> None:
    outcome = trial("app-server", talk({"on": _INITIALIZE, "delay": 3}))
    require_answer_once(outcome)
    count = _methods(outcome).count(_INITIALIZE)
    require(count == 1, expected="one handshake, with one app-server", found=count)


@pytest.mark.codex("app-server.client.handshake.initialized-after")
def test_initialized_follows_the_answer(trial: Trials) -> None:
    outcome = trial("app-server", talk())
    later = [said.message for said in outcome.transcript[_answered_at(outcome) :] if said.side == "client"]
    found = [message.get("method") for message in later if message is not None][:3]
    require(found[:1] == ["initialized"], expected="initialized as the next message", found=found)


@pytest.mark.codex("app-server.client.handshake.once")
def test_there_is_one_handshake(trial: Trials) -> None:
    methods = _methods(trial("app-server", talk()))
    require(methods.count(_INITIALIZE) == 1, expected="initialize once", found=methods)


@pytest.mark.codex("app-server.client.handshake.refused")
def test_a_refused_handshake_is_told(trial: Trials) -> None:
    refusal = {"error": {"code": -32600, "message": "Invalid clientInfo.name: xyzzy."}}
    require_failure(trial("app-server", talk({"on": _INITIALIZE, "times": None, "replace": refusal})))


@pytest.mark.parametrize("release", ["0.141.0", "0.150.0", "0.160.0"])
@pytest.mark.codex("app-server.client.releases.older")
def test_an_older_release_serves(trial: Trials, release: str) -> None:
    require_answer_once(trial("app-server", talk(app_server={"version": release})))


@pytest.mark.codex("app-server.client.releases.unknown")
def test_a_release_that_nobody_knows_serves(trial: Trials) -> None:
    answer = {
        "userAgent": "client/9.7.0-alpha.3 (Plan9; mips) unknown (client; 1)",
        "codexHome": "/tmp/codex",  # noqa: S108 (nothing is written there)
        "platformFamily": "plan9",
        "platformOs": "plan9",
    }
    require_answer_once(trial("app-server", talk({"on": _INITIALIZE, "replace": {"result": answer}})))


@pytest.mark.codex("app-server.client.end.exit-is-failure")
def test_an_app_server_that_ends_in_a_turn_is_a_failure(trial: Trials) -> None:
    require_failure(trial("app-server", talk(fault_at_answer(exit=101))))


@pytest.mark.codex("app-server.client.end.turn-not-repeated")
def test_a_turn_that_broke_off_is_not_repeated(trial: Trials) -> None:
    count = len(prompts(trial("app-server", talk(fault_at_answer(exit=101)))))
    require(count == 1, expected="one turn", found=count)


@pytest.mark.codex("app-server.client.end.waits-for-its-end")
def test_no_app_server_is_left_behind(trial: Trials) -> None:
    outcome = trial("app-server", talk())
    require(
        outcome.app_server_exit is not None,
        expected="an app-server that has ended before its client",
        found="one that still runs",
    )
