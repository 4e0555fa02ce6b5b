"""Refreshing: which tokens it gives, how often, and how a client learns that it is over."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from codex_conformance.probes import HttpProbe, require
from codex_conformance.suites.server.oauth.answers import (
    FINAL_CODES,
    error_code,
    in_short,
    require_no_more_scope,
    require_one_winner,
    require_refusal,
)
from codex_conformance.suites.server.oauth.jwt import jwt_at
from codex_conformance.suites.server.oauth.logins import UNATTENDED, Logins, at_once

pytestmark = pytest.mark.codex(scenario=UNATTENDED)

_A_YEAR = 365 * 24 * 3600
#: What clients send besides the three fields of a refresh.
_MORE_FIELDS: dict[str, dict[str, str]] = {
    "reason of 0.169.0": {"refresh_reason": "proactive_expiry"},
    "a reason of the future": {"refresh_reason": "solar_flare"},
    "scope, as other clients send it": {"scope": "openid profile email"},
    "an unknown field": {"device_fingerprint": "none"},
}


def _login(logins: Logins) -> str:
    """Log in and return the refresh token."""
    token: str = logins.tokens().at("/refresh_token", str)
    return token


@pytest.mark.codex("oauth.refresh.access-token")
def test_a_refresh_gives_an_access_token(logins: Logins) -> None:
    before = logins.tokens()
    after = logins.refreshed(before.at("/refresh_token", str)).at("/access_token", str)
    require(after, expected="an access token", found=after)


@pytest.mark.codex("oauth.refresh.json")
def test_json_is_taken(logins: Logins) -> None:
    logins.refresh(_login(logins)).require_status(200)


@pytest.mark.codex("oauth.refresh.form")
def test_a_form_is_taken(logins: Logins) -> None:
    logins.refresh(_login(logins), is_form=True).require_status(200)


@pytest.mark.codex("oauth.refresh.more-fields")
@pytest.mark.parametrize("fields", _MORE_FIELDS.values(), ids=_MORE_FIELDS)
def test_more_fields_do_no_harm(logins: Logins, fields: dict[str, str]) -> None:
    logins.refresh(_login(logins), fields).require_status(200)


@pytest.mark.codex("oauth.refresh.again-and-again")
def test_each_refresh_leads_to_the_next(logins: Logins) -> None:
    token = _login(logins)
    for _ in range(4):
        answer = logins.refreshed(token)
        token = answer.at("/refresh_token", str) if answer.has("/refresh_token") else token


@pytest.mark.codex("oauth.refresh.same-person")
@pytest.mark.parametrize("claim", ["iss", "sub", "aud"])
def test_the_new_id_token_is_of_the_same_person(logins: Logins, claim: str) -> None:
    before = logins.tokens()
    after = logins.refreshed(before.at("/refresh_token", str))
    if not after.has("/id_token"):
        return
    wanted, found = (jwt_at(answer, "/id_token").claims.get(claim) for answer in (before, after))
    require(found == wanted, expected=f"the {claim} {wanted} of the login", found=found)


@pytest.mark.codex("oauth.refresh.same-account")
def test_the_account_stays(logins: Logins) -> None:
    before = logins.tokens()
    after = logins.refreshed(before.at("/refresh_token", str))
    wanted = jwt_at(before, "/id_token").account.get("chatgpt_account_id")
    named = [pointer for pointer in ("/id_token", "/access_token") if after.has(pointer)]
    found = {pointer: jwt_at(after, pointer).account.get("chatgpt_account_id") for pointer in named}
    require(set(found.values()) == {wanted}, expected=f"the account {wanted} of the login", found=found)


@pytest.mark.codex("oauth.refresh.scope-not-widened")
def test_a_refresh_gives_no_wider_scope(logins: Logins) -> None:
    answer = logins.refresh(_login(logins), {"scope": "openid admin:everything"})
    if not httpx.codes.is_client_error(answer.status):
        require_no_more_scope(answer)


@pytest.mark.codex("oauth.refresh.rotates")
def test_a_refresh_gives_another_refresh_token(logins: Logins) -> None:
    token = _login(logins)
    found = logins.refreshed(token).at("/refresh_token", str)
    require(found != token, expected="a refresh token that differs from the one that was sent", found="the same")


@pytest.mark.codex("oauth.refresh.old-token-dead")
def test_a_token_is_dead_when_its_successor_was_used(logins: Logins) -> None:
    token = _login(logins)
    logins.refreshed(logins.refreshed(token).at("/refresh_token", str))
    require_refusal(logins.refresh(token), "a refresh token whose successor was used")


def _reuse(logins: Logins) -> Any:
    """Use a refresh token, its successor, and then the first again; return that answer."""
    token = _login(logins)
    logins.refreshed(logins.refreshed(token).at("/refresh_token", str))
    return require_refusal(logins.refresh(token), "a refresh token that was used")


@pytest.mark.codex("oauth.refresh.reuse-final")
def test_a_client_learns_that_reuse_is_final(logins: Logins) -> None:
    answer = _reuse(logins)
    fine = answer.status == httpx.codes.UNAUTHORIZED or error_code(answer) in FINAL_CODES
    require(fine, expected=f"status 401, or a code of {', '.join(FINAL_CODES)}", found=in_short(answer))


@pytest.mark.codex("oauth.refresh.reuse-code")
def test_reuse_has_its_own_code(logins: Logins) -> None:
    found = error_code(_reuse(logins))
    require(found == "refresh_token_reused", expected="the code refresh_token_reused", found=found)


@pytest.mark.codex("oauth.refresh.refusal-form")
def test_a_refused_refresh_has_the_nested_form(logins: Logins) -> None:
    answer = _reuse(logins)
    error = answer.at("/error")
    names = sorted(error) if isinstance(error, dict) else []
    fine = answer.status == 401 and names == ["code", "message", "param", "type"]
    require(fine, expected="status 401 and an error of code, message, param and type", found=answer.text)


@pytest.mark.codex("oauth.refresh.reuse-revokes")
def test_reuse_ends_the_newest_token(logins: Logins) -> None:
    token = _login(logins)
    newest = logins.refreshed(logins.refreshed(token).at("/refresh_token", str)).at("/refresh_token", str)
    logins.refresh(token)
    require_refusal(logins.refresh(newest), "the newest refresh token after an old one came back")


@pytest.mark.codex("oauth.refresh.race")
def test_of_concurrent_refreshes_one_succeeds(logins: Logins) -> None:
    token = _login(logins)
    require_one_winner(at_once(lambda: logins.refresh(token)), "refreshes with one token")


@pytest.mark.codex("oauth.refresh.race-not-lost")
def test_of_concurrent_refreshes_not_all_fail(logins: Logins) -> None:
    token = _login(logins)
    statuses = [answer.status for answer in at_once(lambda: logins.refresh(token))]
    fine = 200 in statuses and not any(status >= 500 for status in statuses)
    require(fine, expected="a refresh that succeeds, and none that fails with 500 or more", found=sorted(statuses))


@pytest.mark.codex("oauth.refresh.logins-apart")
def test_one_login_does_not_end_with_another(logins: Logins) -> None:
    first, second = _login(logins), _login(logins)
    logins.refreshed(second)
    logins.refresh(second)
    logins.refresh(first).require_status(200)


@pytest.mark.codex("oauth.refresh.unknown")
def test_a_made_up_token_is_refused(logins: Logins) -> None:
    require_refusal(logins.refresh("rt_never_issued"), "a refresh token that was never issued")


@pytest.mark.codex("oauth.refresh.other-client")
def test_another_client_is_refused(logins: Logins) -> None:
    answer = logins.refresh(_login(logins), {"client_id": "app_another"})
    require_refusal(answer, "the refresh token of another client")


@pytest.mark.codex("oauth.refresh.access-token-is-none")
def test_an_access_token_does_not_refresh(logins: Logins) -> None:
    require_refusal(logins.refresh(logins.tokens().at("/access_token", str)), "an access token as a refresh token")


@pytest.mark.codex("oauth.refresh.expired-code")
def test_an_expired_token_has_its_own_code(http: HttpProbe, logins: Logins) -> None:
    token = _login(logins)
    http.world.advance(_A_YEAR)
    require_refusal(logins.refresh(token), "a refresh token after a year without use", "refresh_token_expired")


@pytest.mark.codex("oauth.refresh.revoked-code")
def test_a_revoked_token_has_its_own_code(logins: Logins) -> None:
    token = _login(logins)
    logins.revoke(token)
    require_refusal(logins.refresh(token), "a refresh token that was revoked", "refresh_token_invalidated")
