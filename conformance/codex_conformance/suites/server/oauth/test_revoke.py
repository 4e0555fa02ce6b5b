"""Revocation, which is what a logout asks for."""

from __future__ import annotations

import pytest

from codex_conformance.probes import HttpProbe
from codex_conformance.suites.server.oauth.answers import require_refusal
from codex_conformance.suites.server.oauth.logins import UNATTENDED, Logins
from codex_conformance.targets import Credentials

pytestmark = pytest.mark.codex(scenario=UNATTENDED)


@pytest.mark.codex("oauth.revoke.json")
def test_json_is_taken(logins: Logins) -> None:
    logins.revoke(logins.tokens().at("/refresh_token", str)).require_status(200)


@pytest.mark.codex("oauth.revoke.form")
def test_a_form_is_taken(logins: Logins) -> None:
    logins.revoke(logins.tokens().at("/refresh_token", str), is_form=True).require_status(200)


@pytest.mark.codex("oauth.revoke.ends-refreshes")
@pytest.mark.parametrize("hint", ["refresh_token", "access_token", None], ids=["hint", "wrong hint", "no hint"])
def test_a_revoked_token_refreshes_no_more(logins: Logins, hint: str | None) -> None:
    token = logins.tokens().at("/refresh_token", str)
    logins.revoke(token, hint)
    require_refusal(logins.refresh(token), "a refresh token that was revoked")


@pytest.mark.codex("oauth.revoke.ends-access")
@pytest.mark.parametrize("name", ["refresh_token", "access_token"])
def test_a_revocation_ends_the_access_token(http: HttpProbe, logins: Logins, name: str) -> None:
    tokens = logins.tokens()
    owner = Credentials(access_token=tokens.at("/access_token", str))
    http.call("whoami", credentials=owner).require_status(200)
    logins.revoke(tokens.at(f"/{name}", str), name)
    http.call("whoami", credentials=owner).require_status(401)


@pytest.mark.codex("oauth.revoke.twice")
def test_a_second_revocation_succeeds_too(logins: Logins) -> None:
    token = logins.tokens().at("/refresh_token", str)
    logins.revoke(token).require_status(200)
    logins.revoke(token).require_status(200)


@pytest.mark.codex("oauth.revoke.unknown")
@pytest.mark.parametrize("hint", ["refresh_token", "access_token"])
def test_revoking_an_unknown_token_succeeds(logins: Logins, hint: str) -> None:
    logins.revoke("never-issued", hint).require_status(200)


@pytest.mark.codex("oauth.revoke.others-live")
def test_other_logins_go_on(logins: Logins) -> None:
    mine, other = (logins.tokens().at("/refresh_token", str) for _ in range(2))
    logins.revoke(mine).require_status(200)
    logins.refreshed(other)


@pytest.mark.codex("oauth.revoke.nothing")
def test_revoking_nothing_is_an_error(http: HttpProbe) -> None:
    require_refusal(http.call("revokeToken", json={}, misuse=True), "a revocation without a token", "invalid_request")
