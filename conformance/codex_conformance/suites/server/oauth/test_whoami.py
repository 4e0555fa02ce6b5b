"""Whose token it is."""

from __future__ import annotations

from typing import Any

import pytest

from codex_conformance.probes import Answer, HttpProbe, require
from codex_conformance.suites.server.oauth.jwt import altered, jwt_at
from codex_conformance.suites.server.oauth.logins import UNATTENDED, Logins
from codex_conformance.targets import Credentials

#: Moments in 2001 and in 2100.
_LONG_AGO = 1_000_000_000
_FAR_AHEAD = 4_102_444_800

_ALTERED: dict[str, dict[str, Any]] = {
    "a later end": {"exp": _FAR_AHEAD},
    "another person": {"sub": "user-codex-testkit-another"},
}


@pytest.mark.codex("oauth.whoami.owner", scenario=UNATTENDED)
def test_a_token_tells_its_account(http: HttpProbe, logins: Logins) -> None:
    tokens = logins.tokens()
    wanted = jwt_at(tokens, "/access_token").account.get("chatgpt_account_id")
    answer = _ask(http, tokens.at("/access_token", str))
    found = answer.require_status(200).at("/chatgpt_account_id", str)
    require(found == wanted, expected=f"the account {wanted} of the token", found=found)


@pytest.mark.codex("oauth.whoami.refused")
@pytest.mark.parametrize("token", ["at-never-issued", "a.b.c", None], ids=["personal", "no token of ours", "none"])
def test_nobody_is_told_without_a_token(http: HttpProbe, token: str | None) -> None:
    owner = None if token is None else Credentials(access_token=token)
    http.call("whoami", credentials=owner).require_status(401)


@pytest.mark.codex("oauth.whoami.challenge")
def test_a_refusal_names_the_scheme(http: HttpProbe) -> None:
    found = http.call("whoami").require_status(401).headers.get("www-authenticate", "")
    require(found.lower().startswith("bearer"), expected="WWW-Authenticate: Bearer", found=found or "none")


@pytest.mark.codex("oauth.whoami.expired", scenario=UNATTENDED)
def test_a_token_that_names_the_past_has_no_owner(http: HttpProbe, logins: Logins) -> None:
    _ask(http, altered(logins.tokens().at("/access_token", str), exp=_LONG_AGO)).require_status(401)


@pytest.mark.codex("oauth.whoami.expired", scenario=UNATTENDED, needs=("control",))
def test_a_token_ends_when_it_says(http: HttpProbe, logins: Logins) -> None:
    tokens = logins.tokens()
    token = jwt_at(tokens, "/access_token")
    http.world.advance(token.time("exp") - token.time("iat") + 1)
    _ask(http, tokens.at("/access_token", str)).require_status(401)


@pytest.mark.codex("oauth.whoami.altered", scenario=UNATTENDED)
@pytest.mark.parametrize("claims", _ALTERED.values(), ids=_ALTERED)
def test_nobody_may_change_what_was_signed(http: HttpProbe, logins: Logins, claims: dict[str, Any]) -> None:
    _ask(http, altered(logins.tokens().at("/access_token", str), **claims)).require_status(401)


@pytest.mark.codex("oauth.refresh.access-token-lives", scenario=UNATTENDED)
def test_an_access_token_outlives_a_refresh(http: HttpProbe, logins: Logins) -> None:
    tokens = logins.tokens()
    logins.refreshed(tokens.at("/refresh_token", str))
    _ask(http, tokens.at("/access_token", str)).require_status(200)


def _ask(http: HttpProbe, access_token: str) -> Answer:
    return http.call("whoami", credentials=Credentials(access_token=access_token))
