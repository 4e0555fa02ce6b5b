"""The exchange of an id token for an API key."""

from __future__ import annotations

from typing import Any

import pytest

from codex_conformance.probes import Answer, HttpProbe, require
from codex_conformance.suites.server.oauth.answers import require_refusal
from codex_conformance.suites.server.oauth.logins import UNATTENDED, Logins
from codex_conformance.targets import Credentials

pytestmark = pytest.mark.codex(scenario=UNATTENDED)


def _exchange(http: HttpProbe, logins: Logins, id_token: str, **changes: Any) -> Answer:
    form = {
        "grant_type": "urn:ietf:params:oauth:grant-type:token-exchange",
        "client_id": logins.client_id,
        "requested_token": "openai-api-key",
        "subject_token": id_token,
        "subject_token_type": "urn:ietf:params:oauth:token-type:id_token",
    }
    return http.call("exchangeToken", form=form | changes)


@pytest.mark.codex("oauth.api-key.given")
def test_an_id_token_gives_a_key(http: HttpProbe, logins: Logins) -> None:
    answer = _exchange(http, logins, logins.tokens().at("/id_token", str)).require_status(200)
    require(answer.at("/access_token", str), expected="a key in access_token", found=answer.text)


@pytest.mark.codex("oauth.api-key.works")
def test_the_key_works(http: HttpProbe, logins: Logins) -> None:
    answer = _exchange(http, logins, logins.tokens().at("/id_token", str))
    key = Credentials(api_key=answer.at("/access_token", str))
    http.call("listModels", credentials=key, face="api").require_status(200)


@pytest.mark.codex("oauth.api-key.forged")
def test_a_forged_id_token_gives_none(http: HttpProbe, logins: Logins) -> None:
    signed, _, signature = logins.tokens().at("/id_token", str).rpartition(".")
    forged = f"{signed}.{signature[::-1]}"
    require_refusal(_exchange(http, logins, forged), "an id token with another signature")


@pytest.mark.codex("oauth.api-key.other-client")
def test_another_client_gets_none(http: HttpProbe, logins: Logins) -> None:
    id_token = logins.tokens().at("/id_token", str)
    require_refusal(_exchange(http, logins, id_token, client_id="app_another"), "the id token of another client")


@pytest.mark.codex("oauth.api-key.access-token")
def test_an_access_token_gives_none(http: HttpProbe, logins: Logins) -> None:
    access_token = logins.tokens().at("/access_token", str)
    require_refusal(_exchange(http, logins, access_token), "an access token in the place of the id token")


@pytest.mark.codex(
    "oauth.api-key.no-organization", scenario={"settings": {"auto_approve": True, "auto_approve_account": "free"}}
)
def test_without_an_organization_there_is_none_and_the_login_lives(http: HttpProbe, logins: Logins) -> None:
    tokens = logins.tokens()
    require_refusal(_exchange(http, logins, tokens.at("/id_token", str)), "a person without an organization")
    logins.refreshed(tokens.at("/refresh_token", str))
