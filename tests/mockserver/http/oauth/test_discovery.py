"""What the issuer says about itself and about the owner of a token."""

from __future__ import annotations

import pytest

from codex_mockserver.world.tokens import issue_tokens

PATHS = ["/.well-known/openid-configuration", "/.well-known/oauth-authorization-server"]
WHOAMI = ["/api/accounts/v1/user-auth-credential/whoami", "/v1/user-auth-credential/whoami"]


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("origin", ["https://auth.openai.com", "http://127.0.0.1:8765", "http://localhost:1"])
async def test_the_metadata_names_the_address_that_was_asked(client, path, origin):
    client.base_url = origin
    metadata = (await client.get(path)).json()

    assert metadata["issuer"] == origin
    assert metadata["token_endpoint"] == f"{origin}/oauth/token"
    assert metadata["code_challenge_methods_supported"] == ["S256"]


@pytest.mark.parametrize("path", PATHS)
async def test_every_endpoint_that_the_metadata_names_exists(client, path):
    metadata = (await client.get(path)).json()
    for name in ("authorization_endpoint", "token_endpoint", "revocation_endpoint", "jwks_uri"):
        answer = await client.request(
            "GET" if name in ("jwks_uri", "authorization_endpoint") else "POST", metadata[name]
        )
        assert answer.status_code in (200, 400), name


@pytest.mark.parametrize("path", WHOAMI)
async def test_a_personal_access_token_tells_its_owner(client, path):
    account = client.world.account("pro")
    headers = {"authorization": f"Bearer {account.personal_access_token}"}

    assert (await client.get(path, headers=headers)).json() == {
        "email": "pro@example.com",
        "chatgpt_user_id": account.user_id,
        "chatgpt_account_id": account.workspaces[0].id,
        "chatgpt_plan_type": "pro",
        "chatgpt_account_is_fedramp": False,
    }


@pytest.mark.parametrize("path", WHOAMI)
@pytest.mark.parametrize("token", ["at-wrong", "sk-wrong", None])
async def test_without_a_known_token_nobody_is_told(client, path, token):
    headers = {"authorization": f"Bearer {token}"} if token else {}

    assert (await client.get(path, headers=headers)).status_code == 401


async def test_an_access_token_tells_its_workspace(client):
    second = client.world.account("team").workspaces[1].id
    token = issue_tokens(client.world, "team", second).access_token
    answer = await client.get(WHOAMI[0], headers={"authorization": f"Bearer {token}"})

    assert answer.json()["chatgpt_account_id"] == second
