"""The token endpoint: three grants, form and JSON, and every refusal; revocation."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace

import pytest

from codex_mockserver.http._oauth_token import exchange_token
from codex_mockserver.http._refusal import Refusal
from codex_mockserver.world.signing import read_token
from codex_mockserver.world.tokens import CODEX_CLIENT_ID, issue_tokens, revoke_session

EXCHANGE = {
    "grant_type": "urn:ietf:params:oauth:grant-type:token-exchange",
    "requested_token": "openai-api-key",
    "subject_token_type": "urn:ietf:params:oauth:token-type:id_token",
}


def oauth_error(answer, status, code):
    """Expect the form of RFC 6749."""
    assert (answer.status_code, answer.json()["error"]) == (status, code)
    assert answer.json()["error_description"]


def nested_error(answer, status, code):
    """Expect the nested form."""
    error = answer.json()["error"]
    assert (answer.status_code, error["code"]) == (status, code)
    assert error.keys() == {"message", "type", "param", "code"}


async def test_a_code_gives_all_tokens(client):
    tokens = await client.log_in()

    assert tokens.keys() == {"id_token", "access_token", "refresh_token", "token_type", "expires_in", "scope"}
    claims = read_token(tokens["access_token"])
    assert tokens["expires_in"] == claims["exp"] - claims["iat"] == 864_000
    assert tokens["token_type"] == "Bearer"


async def test_tokens_are_never_cached(client):
    answer = await client.redeem((await client.decide())["code"])

    assert answer.headers["cache-control"] == "no-store"
    assert (await client.redeem("ac_unknown")).headers["cache-control"] == "no-store"


async def test_the_issuer_is_the_address_that_the_client_used(client):
    client.base_url = "http://127.0.0.1:8765"
    tokens = await client.log_in()

    assert read_token(tokens["id_token"])["iss"] == "http://127.0.0.1:8765"


async def test_the_nonce_comes_back_in_the_id_token(client):
    back = await client.decide(nonce="n-0S6")
    tokens = (await client.redeem(back["code"])).json()

    assert read_token(tokens["id_token"])["nonce"] == "n-0S6"


@pytest.mark.parametrize(
    "changed",
    [
        {"code_verifier": "w" * 43},
        {"redirect_uri": "http://localhost:1455/other"},
        {"code": "ac_garbage"},
    ],
    ids=["verifier", "redirect", "code"],
)
async def test_a_wrong_redemption_is_an_invalid_grant(client, changed):
    code = (await client.decide())["code"]

    oauth_error(await client.redeem(changed.pop("code", code), **changed), 400, "invalid_grant")


async def test_a_replayed_code_is_an_invalid_grant(client):
    code = (await client.decide())["code"]
    assert (await client.redeem(code)).status_code == 200

    oauth_error(await client.redeem(code), 400, "invalid_grant")


async def test_an_expired_code_is_an_invalid_grant(client):
    code = (await client.decide())["code"]
    client.world.clock.advance(601)

    oauth_error(await client.redeem(code), 400, "invalid_grant")


@pytest.mark.parametrize("missing", ["grant_type", "code", "redirect_uri", "client_id", "code_verifier"])
async def test_a_missing_field_is_an_invalid_request_and_spends_nothing(client, missing):
    code = (await client.decide())["code"]
    fields = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": "http://localhost:1455/auth/callback",
        "client_id": CODEX_CLIENT_ID,
        "code_verifier": client.verifier,
    }
    del fields[missing]

    oauth_error(await client.post("/oauth/token", data=fields), 400, "invalid_request")
    assert (await client.redeem(code)).status_code == 200


async def test_an_unknown_client_is_told_so(client):
    answer = await client.redeem((await client.decide())["code"], client_id="app_other")

    oauth_error(answer, 401, "invalid_client")


def test_an_unknown_grant_is_unsupported():
    call = SimpleNamespace(body={"grant_type": "password", "client_id": CODEX_CLIENT_ID})
    with pytest.raises(Refusal) as refused:
        exchange_token(call)

    assert (refused.value.status, refused.value.code) == (400, "unsupported_grant_type")


@pytest.mark.parametrize("encoding", ["json", "data"])
async def test_a_refresh_rotates_in_both_encodings(client, encoding):
    old = await client.log_in()
    body = {"client_id": CODEX_CLIENT_ID, "grant_type": "refresh_token", "refresh_token": old["refresh_token"]}
    extra = {"refresh_reason": "proactive_expiry"} if encoding == "json" else {"scope": "openid"}
    answer = await client.post("/oauth/token", **{encoding: {**body, **extra}})

    assert answer.status_code == 200
    assert answer.json()["refresh_token"] != old["refresh_token"]
    assert answer.headers["cache-control"] == "no-store"


async def test_a_code_can_be_redeemed_as_json(client):
    body = {
        "grant_type": "authorization_code",
        "code": (await client.decide())["code"],
        "redirect_uri": "http://localhost:1455/auth/callback",
        "client_id": CODEX_CLIENT_ID,
        "code_verifier": client.verifier,
    }

    assert (await client.post("/oauth/token", json=body)).status_code == 200


async def test_a_reused_refresh_token_revokes_its_family(client):
    old = await client.log_in()
    new = (await client.refresh(old["refresh_token"])).json()

    nested_error(await client.refresh(old["refresh_token"]), 401, "refresh_token_reused")
    nested_error(await client.refresh(new["refresh_token"]), 401, "refresh_token_invalidated")


async def test_an_idle_refresh_token_has_expired(client):
    tokens = await client.log_in()
    client.world.clock.advance(365 * 24 * 3600)

    nested_error(await client.refresh(tokens["refresh_token"]), 401, "refresh_token_expired")


async def test_a_garbage_refresh_token_is_an_invalid_grant(client):
    nested_error(await client.refresh("rt_garbage"), 401, "invalid_grant")


async def test_an_id_token_gives_the_api_key(client):
    tokens = await client.log_in("pro")
    answer = await client.token(subject_token=tokens["id_token"], **EXCHANGE)

    assert answer.status_code == 200
    assert answer.json()["access_token"] == client.world.account("pro").api_key


async def test_an_account_without_platform_access_gets_no_api_key(client):
    tokens = await client.log_in("free")

    nested_error(await client.token(subject_token=tokens["id_token"], **EXCHANGE), 401, "invalid_subject_token")


@pytest.mark.parametrize("encoding", ["json", "data"])
@pytest.mark.parametrize("which", ["refresh_token", "access_token"])
async def test_revocation_ends_the_session(client, encoding, which):
    tokens = await client.log_in()
    body = {"token": tokens[which], "token_type_hint": which, "client_id": CODEX_CLIENT_ID}
    answer = await client.post("/oauth/revoke", **{encoding: body})

    assert answer.status_code == 200
    nested_error(await client.refresh(tokens["refresh_token"]), 401, "refresh_token_invalidated")


async def test_revoking_an_unknown_token_succeeds(client):
    assert (await client.post("/oauth/revoke", json={"token": "rt_unknown"})).status_code == 200


async def test_revoking_nothing_is_an_invalid_request(client):
    oauth_error(await client.post("/oauth/revoke", json={}), 400, "invalid_request")


async def test_of_concurrent_redemptions_one_succeeds(client):
    code = (await client.decide())["code"]
    answers = await asyncio.gather(*(client.redeem(code) for _ in range(8)))

    assert sorted(answer.status_code for answer in answers) == [200] + [400] * 7


async def test_of_concurrent_refreshes_one_succeeds(client):
    token = (await client.log_in())["refresh_token"]
    answers = await asyncio.gather(*(client.refresh(token) for _ in range(8)))

    assert sorted(answer.status_code for answer in answers) == [200] + [401] * 7


@pytest.mark.parametrize("state", ["expired", "revoked"])
async def test_an_access_token_that_is_over_is_told_apart(client, state):
    tokens = issue_tokens(client.world, "plus")
    if state == "revoked":
        revoke_session(client.world, tokens.session_id)
    else:
        client.world.clock.advance(10 * 24 * 3600)
    answer = await client.get(
        "/api/accounts/v1/user-auth-credential/whoami",
        headers={"authorization": f"Bearer {tokens.access_token}"},
    )

    oauth_error(answer, 401, {"expired": "token_expired", "revoked": "token_invalidated"}[state])
    assert answer.headers["www-authenticate"].startswith("Bearer")
