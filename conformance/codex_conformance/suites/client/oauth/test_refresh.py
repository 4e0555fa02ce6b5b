"""When a client takes new tokens, and when it does not."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from codex_conformance.clients import Outcome, violations
from codex_conformance.probes import require
from codex_conformance.suites.client.oauth.refreshes import EARLY, REFUSED, grant, kept_tokens, refreshes, refused
from codex_conformance.suites.client.trials import Trials, require_failure, require_success
from codex_mockserver import Exchange

#: What says that a refresh token is no good any more, whatever the status.
_FINAL = ["refresh-reused", "refresh-expired", "refresh-invalidated"]
_FINAL_400 = [f"{name}-400" for name in _FINAL]


def _two(trial: Trials) -> Outcome:
    """Let two processes with one file need new tokens at the same time."""
    scenario = {**EARLY, "faults": [{"on": "exchangeToken", "times": None, "delay": 2}]}
    return trial("turn", scenario, face="chatgpt", together=2)


def _mended(trial: Trials, *faults: dict[str, Any]) -> Outcome:
    """Let a turn be refused until there is a new token; a client may try the old one a second time before it asks."""
    for times in (1, 2):
        scenario = {
            "name": "refused",
            "settings": {"websocket": False},
            "faults": [{**REFUSED, "times": times}, *faults],
        }
        outcome = trial("turn", scenario, face="chatgpt")
        if refreshes(outcome):
            break
    return outcome


def _require_one(calls: Sequence[Exchange]) -> None:
    require(len(calls) == 1, expected="one refresh", found=len(calls))


@pytest.mark.codex("oauth.client.refresh.ahead")
def test_a_token_that_ends_soon_is_refreshed_ahead(trial: Trials) -> None:
    outcome = require_success(trial("turn", EARLY, face="chatgpt"))
    calls = [(call.operation, call.status) for call in outcome.requests("createResponse", "exchangeToken")]
    require(calls[:1] == [("exchangeToken", 200)], expected="a refresh before the turn", found=calls)


@pytest.mark.codex("oauth.client.refresh.not-without-need")
def test_a_token_that_is_good_is_not_refreshed(trial: Trials) -> None:
    calls = refreshes(trial("turn", face="chatgpt"))
    require(not calls, expected="no refresh", found=len(calls))


@pytest.mark.codex("oauth.client.refresh.fits-contract")
def test_a_refresh_fits_the_contract(trial: Trials) -> None:
    calls = refreshes(trial("turn", EARLY, face="chatgpt"))
    found = [str(each) for call in calls for each in violations(call)]
    require(calls and not found, expected="a refresh that fits the contract", found=found or "no refresh")


@pytest.mark.codex("oauth.client.refresh.once-on-401")
def test_a_refusal_with_401_is_mended_by_one_refresh(trial: Trials) -> None:
    _require_one(refreshes(require_success(_mended(trial))))


@pytest.mark.codex("oauth.client.refresh.patient")
def test_a_slow_refresh_is_not_sent_twice(trial: Trials) -> None:
    _require_one(refreshes(require_success(_mended(trial, {"on": "exchangeToken", "times": None, "delay": 2}))))


@pytest.mark.codex("oauth.client.refresh.stores-rotated")
def test_the_new_refresh_token_is_kept(trial: Trials) -> None:
    outcome = trial("turn", EARLY, face="chatgpt")
    given = [call.response_json["refresh_token"] for call in refreshes(outcome) if call.status == 200]
    kept = kept_tokens(outcome).get("refresh_token")
    require(given[-1:] == [kept], expected="the latest refresh token in the file", found="another one")


@pytest.mark.codex("oauth.client.refresh.never-reused")
def test_a_refresh_token_is_never_used_twice(trial: Trials) -> None:
    outcome = trial("turn", EARLY, face="chatgpt", then="turn")
    used = [grant(call) for call in refreshes(outcome)]
    require(used and len(used) == len(set(used)), expected="each refresh token once", found=f"{len(used)} uses")


@pytest.mark.codex("oauth.client.refresh.race")
def test_two_processes_with_one_file_both_go_on(trial: Trials) -> None:
    good = [call for call in refreshes(require_success(_two(trial))) if call.status == 200]
    require(len(good) == 1, expected="one refresh that goes through", found=len(good))


@pytest.mark.codex("oauth.client.refresh.race-once")
def test_two_processes_with_one_file_refresh_once(trial: Trials) -> None:
    _require_one(refreshes(_two(trial)))


@pytest.mark.parametrize("scenario", _FINAL)
@pytest.mark.codex("oauth.client.refresh.final")
def test_a_token_that_is_no_good_any_more_is_not_tried_again(trial: Trials, scenario: str) -> None:
    _require_one(refreshes(require_failure(trial("turn", scenario, face="chatgpt"))))


@pytest.mark.parametrize("scenario", _FINAL_400)
@pytest.mark.codex("oauth.client.refresh.by-code")
def test_the_code_counts_and_not_the_status(trial: Trials, scenario: str) -> None:
    _require_one(refreshes(require_failure(trial("turn", scenario, face="chatgpt"))))


@pytest.mark.parametrize("scenario", _FINAL)
@pytest.mark.codex("oauth.client.refresh.final-told")
def test_the_person_is_told_to_log_in_again(trial: Trials, scenario: str) -> None:
    output = trial("turn", scenario, face="chatgpt").output.lower()
    words = ("log in", "login", "sign in", "logged out", "log out", "sign-in")
    require(any(word in output for word in words), expected="a word about logging in", found=output[-400:])


@pytest.mark.codex("oauth.client.refresh.keeps-login")
def test_a_passing_failure_does_not_lose_the_login(trial: Trials) -> None:
    outcome = trial("turn", refused(503, body={"error": {"message": "Later.", "code": "server_error"}}), face="chatgpt")
    require(refreshes(outcome), expected="a refresh", found=outcome.ending)
    kept = kept_tokens(outcome).get("refresh_token")
    require(
        kept == outcome.surroundings.refresh_token, expected="the refresh token in the file", found="another, or none"
    )


@pytest.mark.codex("oauth.client.refresh.bounded")
def test_a_service_that_fails_is_not_asked_without_end(trial: Trials) -> None:
    count = len(refreshes(trial("turn", refused(500), face="chatgpt")))
    require(count <= 30, expected="at most 30 refreshes", found=count)


@pytest.mark.codex("oauth.client.refresh.partial-answer")
def test_what_an_answer_leaves_out_stays(trial: Trials) -> None:
    nothing = {"on": "exchangeToken", "times": None, "answer": {"status": 200, "body": {}}}
    outcome = require_success(_mended(trial, nothing))
    kept = kept_tokens(outcome)
    missing = [name for name in ("refresh_token", "id_token") if not kept.get(name)]
    require(not missing, expected="the tokens that were there", found=f"no {' and no '.join(missing)}")


@pytest.mark.codex("oauth.client.refresh.next-turn-uses-it")
def test_the_new_access_token_is_used(trial: Trials) -> None:
    outcome = require_success(trial("turn", EARLY, face="chatgpt"))
    given = [call.response_json["access_token"] for call in refreshes(outcome)]
    sent = {call.headers.get("authorization") for call in outcome.requests("createResponse")}
    require(sent == {f"Bearer {token}" for token in given}, expected="the new access token", found="another one")
