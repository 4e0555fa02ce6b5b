"""What a client makes of the account and its limits, as an app-server tells them in a turn."""

from __future__ import annotations

from typing import Any

import pytest

from codex_conformance.probes import require
from codex_conformance.suites.client.app_server.talks import insert, require_answer_once, talk
from codex_conformance.suites.client.trials import Trials, require_failure

_LIMITS = "account/rateLimits/updated"
_WORDS = ("log in", "login", "sign in", "logged out", "signed out", "sign-in", "authenticat", "unauthorized")
_ASKED_FOR_TOKENS = talk(
    insert(
        {
            "id": "testkit-refresh",
            "method": "account/chatgptAuthTokens/refresh",
            "params": {"reason": "unauthorized", "previousAccountId": None},
        }
    )
)
#: Limits of which some part is not there, or is something that nobody knows.
_SPARSE: dict[str, dict[str, Any]] = {
    "no-windows": {"limitId": "codex", "primary": None, "secondary": None, "credits": None, "planType": None},
    "nothing-at-all": {},
    "one-window": {"limitId": "codex", "primary": {"usedPercent": 7}, "secondary": None},
    "no-times": {"primary": {"usedPercent": 7, "windowDurationMins": None, "resetsAt": None}},
    "unknown": {"limitId": "testkit_unknown", "rateLimitReachedType": "testkit_unknown", "testkit_unknown": {"a": [1]}},
}


@pytest.mark.parametrize("limits", _SPARSE.values(), ids=_SPARSE)
@pytest.mark.codex("account.client.limits.sparse")
def test_limits_with_gaps_end_no_turn(trial: Trials, limits: dict[str, Any]) -> None:
    message = {"method": _LIMITS, "params": {"rateLimits": limits}}
    require_answer_once(trial("app-server", talk(insert(message))))


@pytest.mark.codex("account.client.updated.unknown-mode")
def test_a_mode_that_nobody_knows_ends_no_turn(trial: Trials) -> None:
    message = {"method": "account/updated", "params": {"authMode": "testkit_unknown", "planType": "testkit_unknown"}}
    require_answer_once(trial("app-server", talk(insert(message))))


@pytest.mark.codex("account.client.tokens.refresh-answered")
def test_a_request_for_tokens_is_answered(trial: Trials) -> None:
    outcome = trial("app-server", _ASKED_FOR_TOKENS)
    open_ = [question for question, answer in outcome.questions if answer is None]
    require(outcome.questions and not open_, expected="tokens or an error", found="no answer")


@pytest.mark.codex("account.client.tokens.turn-goes-on")
def test_a_request_for_tokens_ends_no_turn(trial: Trials) -> None:
    require_answer_once(trial("app-server", _ASKED_FOR_TOKENS))


@pytest.mark.codex("account.client.logged-out.failure")
def test_without_a_login_there_is_no_turn(trial: Trials) -> None:
    require_failure(trial("app-server", talk(), account=None))


@pytest.mark.codex("account.client.logged-out.told")
def test_without_a_login_the_person_is_told(trial: Trials) -> None:
    output = trial("app-server", talk(), account=None).output.lower()
    require(any(word in output for word in _WORDS), expected="a word about logging in", found=output[-400:])
