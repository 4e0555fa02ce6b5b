"""Who calls: every kind of credential, right and wrong."""

from __future__ import annotations

import pytest

from codex_mockserver.world import Clock, World
from codex_mockserver.world.credentials import CredentialsRejected, authenticate
from codex_mockserver.world.tokens import issue_tokens

BOTH = ("accessToken", "apiKey")


@pytest.fixture
def world():
    return World(seed=1, clock=Clock(frozen_at=1_800_000_000))


def call(world, authorization, schemes=BOTH, workspace=None):
    headers = {} if workspace is None else {"chatgpt-account-id": workspace}
    return authenticate(world, {"authorization": authorization, **headers}, schemes)


def rejection(world, authorization, schemes=BOTH, workspace=None):
    with pytest.raises(CredentialsRejected) as rejected:
        call(world, authorization, schemes, workspace)
    return rejected.value.code


def credential(world, kind, name="team"):
    account = world.account(name)
    tokens = {
        "accessToken": lambda: issue_tokens(world, name).access_token,
        "personalAccessToken": lambda: account.personal_access_token,
        "apiKey": lambda: account.api_key,
    }
    return f"Bearer {tokens[kind]()}"


@pytest.mark.parametrize("kind", ["accessToken", "personalAccessToken", "apiKey"])
def test_each_kind_of_credential_names_its_account(world, kind):
    caller = call(world, credential(world, kind))

    assert caller.kind == kind
    assert caller.account is world.account("team")
    assert caller.workspace is world.account("team").workspaces[0]
    assert (caller.session is not None) == (kind == "accessToken")


@pytest.mark.parametrize("header", ["", "Basic dTpw", "Bearer", "Bearer ", "sk-testkit"])
def test_a_request_without_bearer_token_misses_one(world, header):
    assert rejection(world, header) == "missing_token"


def test_a_request_without_the_header_misses_one(world):
    with pytest.raises(CredentialsRejected, match="missing_token"):
        authenticate(world, {}, BOTH)


def test_the_scheme_is_read_without_regard_to_case(world):
    assert call(world, credential(world, "apiKey").replace("Bearer", "bearer")).kind == "apiKey"


@pytest.mark.parametrize("token", ["sk-definitely-wrong", "at-wrong", "x.y.z", "ä"])
def test_an_unknown_token_is_invalid(world, token):
    assert rejection(world, f"Bearer {token}") == "invalid_token"


@pytest.mark.parametrize(
    ("kind", "schemes"),
    [("apiKey", ["accessToken"]), ("accessToken", ["apiKey"]), ("personalAccessToken", ["apiKey"])],
    ids=["key for token", "token for key", "personal token for key"],
)
def test_a_credential_of_the_wrong_kind_is_invalid(world, kind, schemes):
    assert rejection(world, credential(world, kind), schemes) == "invalid_token"


def test_an_id_token_is_no_access_token(world):
    assert rejection(world, f"Bearer {issue_tokens(world, 'plus').id_token}") == "invalid_token"


@pytest.mark.parametrize("kind", ["accessToken", "personalAccessToken"])
def test_the_account_header_may_repeat_the_workspace(world, kind):
    own = world.account("team").workspaces[0].id

    assert call(world, credential(world, kind), workspace=own).workspace.id == own


def test_a_personal_access_token_reaches_every_workspace_of_its_account(world):
    second = world.account("team").workspaces[1].id

    assert call(world, credential(world, "personalAccessToken"), workspace=second).workspace.id == second


def test_an_access_token_does_not_reach_another_workspace_of_its_account(world):
    second = world.account("team").workspaces[1].id

    assert rejection(world, credential(world, "accessToken"), workspace=second) == "wrong_workspace"


@pytest.mark.parametrize("kind", ["accessToken", "personalAccessToken"])
@pytest.mark.parametrize("name", ["plus", None], ids=["foreign", "unknown"])
def test_no_credential_reaches_a_foreign_workspace(world, kind, name):
    foreign = world.account(name).workspaces[0].id if name else "nowhere"

    assert rejection(world, credential(world, kind), workspace=foreign) == "wrong_workspace"


def test_tokens_of_one_world_mean_nothing_in_another(world):
    assert rejection(World(seed=2), credential(world, "accessToken")) == "invalid_token"
