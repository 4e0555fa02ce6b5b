"""Tokens: what they say, how they rotate, how they end."""

from __future__ import annotations

import pytest

from codex_mockserver.world import SEEDED_NAMES, Clock, World
from codex_mockserver.world.credentials import CredentialsRejected, authenticate
from codex_mockserver.world.signing import read_token, sign_claims
from codex_mockserver.world.tokens import (
    CODEX_CLIENT_ID,
    GrantRejected,
    exchange_for_api_key,
    expire_access_tokens,
    issue_tokens,
    refresh_tokens,
    revoke_session,
    revoke_token,
    switch_workspace,
    terminate_session,
)
from codex_schemas import Problem, load

NOW = 1_800_000_000
DAY = 24 * 3600
AUTH = "https://api.openai.com/auth"


@pytest.fixture
def world():
    return World(seed=1, clock=Clock(frozen_at=NOW))


def refresh(world, token):
    return refresh_tokens(world, token, CODEX_CLIENT_ID)


def refusal(world, token):
    with pytest.raises(GrantRejected) as refused:
        refresh(world, token)
    return refused.value.code


def call(world, token, **headers):
    return authenticate(world, {"authorization": f"Bearer {token}", **headers}, ["accessToken"])


def rejection(world, token):
    with pytest.raises(CredentialsRejected) as rejected:
        call(world, token)
    return rejected.value.code


@pytest.mark.parametrize("name", SEEDED_NAMES)
def test_claims_fit_the_contract(world, name):
    tokens = issue_tokens(world, name)
    load("oauth").validator("IdTokenClaims").check(read_token(tokens.id_token))
    load("oauth").validator("AccessTokenClaims").check(read_token(tokens.access_token))


@pytest.mark.parametrize("schema", ["IdTokenClaims", "AccessTokenClaims"])
def test_every_claim_of_the_contract_is_there(world, schema):
    """A claim that the contract describes is one that a client may look for."""
    tokens = issue_tokens(world, "plus", nonce="n-1")
    claims = read_token(tokens.id_token if schema == "IdTokenClaims" else tokens.access_token)
    schemas = load("oauth").document["components"]["schemas"]
    parts = [schemas["AuthClaims"], schemas[schema.replace("Claims", "AuthClaims")]["allOf"][1]]
    described = {name for part in parts for name in part["properties"]}

    assert schemas[schema]["properties"].keys() - claims.keys() <= {"email"}
    assert described <= claims[AUTH].keys()


def test_the_id_token_tells_who_the_person_is(world):
    claims = read_token(issue_tokens(world, "team", nonce="n-1").id_token)
    team = world.account("team")

    assert claims["email"] == "team@example.com"
    assert claims["aud"] == [CODEX_CLIENT_ID]
    assert claims["nonce"] == "n-1"
    assert claims[AUTH]["chatgpt_account_id"] == team.workspaces[0].id
    assert claims[AUTH]["chatgpt_plan_type"] == "team"
    assert claims[AUTH]["chatgpt_user_id"] == team.user_id


def test_without_platform_access_there_is_no_organization(world):
    tokens = issue_tokens(world, "free")
    id_token, access_token = read_token(tokens.id_token), read_token(tokens.access_token)

    assert id_token[AUTH]["organizations"] == []
    assert "organization_id" not in id_token[AUTH]
    assert "poid" not in access_token[AUTH]


def test_the_access_token_lives_ten_days_of_the_worlds_time(world):
    tokens = issue_tokens(world, "plus")
    claims = read_token(tokens.access_token)

    assert (claims["iat"], claims["exp"]) == (NOW, NOW + 10 * DAY)
    assert tokens.expires_in == claims["exp"] - claims["iat"]
    world.clock.advance(10 * DAY - 1)
    assert call(world, tokens.access_token).account.name == "plus"
    world.clock.advance(1)
    assert rejection(world, tokens.access_token) == "token_expired"


def test_tokens_of_a_chosen_workspace_name_it(world):
    second = world.account("team").workspaces[1]
    tokens = issue_tokens(world, "team", second.id)

    assert tokens.account_id == second.id
    assert read_token(tokens.access_token)[AUTH]["chatgpt_account_id"] == second.id


@pytest.mark.parametrize(("account", "workspace"), [("nobody", None), ("plus", "nowhere")])
def test_tokens_for_what_does_not_exist_are_a_clear_error(world, account, workspace):
    with pytest.raises(Problem, match="looking up"):
        issue_tokens(world, account, workspace)


def test_equal_worlds_issue_equal_tokens(world):
    twin = World(seed=1, clock=Clock(frozen_at=NOW))

    assert issue_tokens(world, "plus") == issue_tokens(twin, "plus")


def test_a_refresh_rotates_all_tokens_and_keeps_the_session(world):
    first = issue_tokens(world, "plus")
    second = refresh(world, first.refresh_token)

    assert second.session_id == first.session_id
    assert second.refresh_token != first.refresh_token
    assert second.access_token != first.access_token
    assert call(world, first.access_token).session is call(world, second.access_token).session


def test_reuse_revokes_the_newest_refresh_token_too(world):
    """The old token is told apart from the newest; access tokens live to their end."""
    first = issue_tokens(world, "plus")
    second = refresh(world, first.refresh_token)

    assert refusal(world, first.refresh_token) == "refresh_token_reused"
    assert refusal(world, second.refresh_token) == "refresh_token_invalidated"
    assert refusal(world, first.refresh_token) == "refresh_token_reused"
    assert call(world, second.access_token).account.name == "plus"


def test_reuse_leaves_other_sessions_alone(world):
    first, other = issue_tokens(world, "plus"), issue_tokens(world, "plus")
    refresh(world, first.refresh_token)
    refusal(world, first.refresh_token)

    assert refresh(world, other.refresh_token).session_id == other.session_id


def test_an_idle_refresh_token_expires(world):
    tokens = issue_tokens(world, "plus")
    world.clock.advance(365 * DAY)

    assert refusal(world, tokens.refresh_token) == "refresh_token_expired"
    assert refusal(world, tokens.refresh_token) == "refresh_token_expired"


def test_an_unknown_refresh_token_is_an_invalid_grant(world):
    assert refusal(world, "rt_unknown") == "invalid_grant"


def test_another_client_cannot_refresh_and_harms_nothing(world):
    tokens = issue_tokens(world, "plus")
    with pytest.raises(GrantRejected, match="invalid_grant"):
        refresh_tokens(world, tokens.refresh_token, "app_other")

    assert refresh(world, tokens.refresh_token).session_id == tokens.session_id


def test_credentials_of_the_expired_account_are_over_at_once(world):
    tokens = issue_tokens(world, "expired")

    assert tokens.expires_in == 0
    assert rejection(world, tokens.access_token) == "token_expired"
    assert refusal(world, tokens.refresh_token) == "refresh_token_expired"


@pytest.mark.parametrize("which", ["refresh_token", "access_token"])
def test_revoking_either_token_ends_the_session(world, which):
    tokens = issue_tokens(world, "plus")
    revoke_token(world, getattr(tokens, which))

    assert refusal(world, tokens.refresh_token) == "refresh_token_invalidated"
    assert rejection(world, tokens.access_token) == "token_invalidated"


def test_a_terminated_session_has_a_code_of_its_own(world):
    tokens = issue_tokens(world, "plus")
    terminate_session(world, tokens.session_id)

    assert refusal(world, tokens.refresh_token) == "app_session_terminated"
    assert rejection(world, tokens.access_token) == "token_invalidated"


def test_revoking_twice_or_nothing_is_no_error(world):
    tokens = issue_tokens(world, "plus")
    revoke_session(world, tokens.session_id)
    revoke_session(world, tokens.session_id)
    revoke_token(world, "rt_unknown")


def test_access_tokens_can_be_expired_early_for_one_account(world):
    plus, pro = issue_tokens(world, "plus"), issue_tokens(world, "pro")
    expire_access_tokens(world, "plus")

    assert rejection(world, plus.access_token) == "token_expired"
    assert call(world, pro.access_token).account.name == "pro"
    assert refresh(world, plus.refresh_token).session_id == plus.session_id


def test_a_switch_moves_the_session_to_the_other_workspace(world):
    """The refresh token from before the switch stays good and follows it."""
    tokens = issue_tokens(world, "team")
    second = world.account("team").workspaces[1]
    switched = switch_workspace(world, call(world, tokens.access_token), second.id)

    assert call(world, switched).workspace is second
    assert call(world, tokens.access_token).workspace is world.account("team").workspaces[0]
    assert refresh(world, tokens.refresh_token).account_id == second.id


def test_nobody_switches_to_a_foreign_workspace(world):
    caller = call(world, issue_tokens(world, "team").access_token)
    with pytest.raises(CredentialsRejected, match="wrong_workspace"):
        switch_workspace(world, caller, world.account("plus").workspaces[0].id)


def test_a_personal_access_token_has_no_session_to_switch(world):
    caller = call(world, world.account("team").personal_access_token)
    with pytest.raises(CredentialsRejected, match="invalid_token"):
        switch_workspace(world, caller, world.account("team").workspaces[1].id)


def test_an_id_token_is_exchanged_for_the_api_key(world):
    tokens = issue_tokens(world, "plus")

    assert exchange_for_api_key(world, tokens.id_token, CODEX_CLIENT_ID) == world.account("plus").api_key


def spoil(world, how):
    tokens = issue_tokens(world, "free" if how == "no platform access" else "plus")
    match how:
        case "signature":
            return tokens.id_token[:-4] + "AAAA"
        case "access token":
            return tokens.access_token
        case "logged out":
            revoke_session(world, tokens.session_id)
        case "expired":
            world.clock.advance(3600)
        case "odd claims":
            return sign_claims({"sid": ["x"]})
    return tokens.id_token


@pytest.mark.parametrize(
    "how", ["signature", "access token", "logged out", "expired", "no platform access", "odd claims"]
)
def test_no_api_key_for(world, how):
    with pytest.raises(GrantRejected, match="invalid_subject_token"):
        exchange_for_api_key(world, spoil(world, how), CODEX_CLIENT_ID)


def test_no_api_key_for_another_client(world):
    with pytest.raises(GrantRejected, match="invalid_subject_token"):
        exchange_for_api_key(world, issue_tokens(world, "plus").id_token, "app_other")


def test_tokens_survive_a_snapshot(world):
    tokens = issue_tokens(world, "plus")
    later = World()
    later.restore(world.snapshot())

    assert call(later, tokens.access_token).account.name == "plus"
    refresh(later, tokens.refresh_token)
    assert refusal(later, tokens.refresh_token) == "refresh_token_reused"
