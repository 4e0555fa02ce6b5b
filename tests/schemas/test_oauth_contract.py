"""The contract of the OAuth surface says what Codex 0.141.0 and 0.169.0 send and read."""

import pytest

from codex_schemas import load

JWT = "aGVhZGVy.e30.c2ln"


def accepts(schema: str, message: object) -> bool:
    return load("oauth").validator(schema).is_valid(message)


def test_operations_are_those_that_codex_calls():
    assert set(load("oauth").operations) == {
        "authorize",
        "submitAuthorization",
        "exchangeToken",
        "revokeToken",
        "requestUserCode",
        "pollDeviceToken",
        "showDevicePage",
        "submitDeviceCode",
        "discovery",
        "authorizationServerMetadata",
        "jwks",
        "whoami",
        "whoamiOverride",
    }


@pytest.mark.parametrize("operation", ["exchangeToken", "revokeToken"])
def test_token_endpoints_take_form_and_json(operation):
    assert set(load("oauth").operation(operation).request_types) == {
        "application/x-www-form-urlencoded",
        "application/json",
    }


@pytest.mark.parametrize("operation", ["whoami", "whoamiOverride"])
def test_whoami_needs_a_token(operation):
    assert load("oauth").operation(operation).security == ("accessToken",)


@pytest.mark.parametrize(
    ("fields", "accepted"),
    [
        pytest.param({"interval": "5"}, True, id="digits"),
        pytest.param({"interval": " 1 "}, True, id="blanks-around"),
        pytest.param({"interval": "0"}, True, id="zero"),
        pytest.param({}, True, id="absent"),
        pytest.param({"interval": 5}, False, id="number"),
        pytest.param({"interval": None}, False, id="null"),
        pytest.param({"interval": "1.5"}, False, id="fraction"),
        pytest.param({"interval": "-1"}, False, id="negative"),
        pytest.param({"interval": ""}, False, id="empty"),
    ],
)
def test_device_interval_is_a_string_of_digits(fields, accepted):
    assert accepts("UserCodeResponse", {"device_auth_id": "da_1", "user_code": "ABCD", **fields}) is accepted


@pytest.mark.parametrize(
    ("codes", "accepted"),
    [
        pytest.param({"user_code": "ABCD"}, True, id="user_code"),
        pytest.param({"usercode": "ABCD"}, True, id="usercode"),
        pytest.param({"user_code": "ABCD", "usercode": "ABCD"}, False, id="both"),
        pytest.param({}, False, id="neither"),
    ],
)
def test_user_code_has_exactly_one_spelling(codes, accepted):
    assert accepts("UserCodeResponse", {"device_auth_id": "da_1", **codes}) is accepted


@pytest.mark.parametrize("missing", ["authorization_code", "code_challenge", "code_verifier"])
def test_device_authorization_needs_all_three_fields(missing):
    approved = {"authorization_code": "ac_1", "code_challenge": "c" * 43, "code_verifier": "v" * 43}
    assert accepts("DeviceAuthorization", approved)

    del approved[missing]

    assert not accepts("DeviceAuthorization", approved)


GRANTS = {
    "authorization_code": {
        "client_id": "app_1",
        "code": "ac_1",
        "redirect_uri": "http://localhost:1455/auth/callback",
        "code_verifier": "v" * 43,
    },
    "refresh_token": {"client_id": "app_1", "refresh_token": "rt_1"},
    "urn:ietf:params:oauth:grant-type:token-exchange": {
        "client_id": "app_1",
        "requested_token": "openai-api-key",
        "subject_token": JWT,
        "subject_token_type": "urn:ietf:params:oauth:token-type:id_token",
    },
}


@pytest.mark.parametrize("grant", GRANTS)
def test_token_request_of_each_grant_is_accepted(grant):
    assert accepts("TokenRequest", {"grant_type": grant, **GRANTS[grant]})


@pytest.mark.parametrize(
    ("grant", "missing"), [pytest.param(g, m, id=f"{g.rpartition(':')[2]}-{m}") for g in GRANTS for m in GRANTS[g]]
)
def test_token_request_needs_every_field_of_its_grant(grant, missing):
    fields = {name: value for name, value in GRANTS[grant].items() if name != missing}
    assert not accepts("TokenRequest", {"grant_type": grant, **fields})


@pytest.mark.parametrize("grant", ["password", "client_credentials", "", None])
def test_token_request_of_another_grant_is_refused(grant):
    assert not accepts("TokenRequest", {"grant_type": grant, **GRANTS["refresh_token"]})


@pytest.mark.parametrize(
    "fields",
    [
        pytest.param({"refresh_reason": "forced"}, id="reason"),
        pytest.param({"refresh_reason": "a_later_reason"}, id="unknown-reason"),
        pytest.param({"scope": "openid"}, id="scope"),
    ],
)
def test_refresh_may_carry_more(fields):
    assert accepts("RefreshTokenGrant", {"grant_type": "refresh_token", **GRANTS["refresh_token"], **fields})


@pytest.mark.parametrize("missing", ["id_token", "access_token", "refresh_token"])
def test_only_a_refresh_may_leave_a_token_out(missing):
    tokens = {"id_token": JWT, "access_token": "opaque", "refresh_token": "rt_1"}
    assert accepts("AuthorizationCodeTokens", tokens)

    del tokens[missing]

    assert accepts("RefreshedTokens", tokens)
    assert not accepts("AuthorizationCodeTokens", tokens)


@pytest.mark.parametrize("token", ["opaque", "a.b", "a.b.c.d", "a..c", "a.b=.c"])
def test_id_token_is_a_jwt(token):
    assert not accepts("RefreshedTokens", {"id_token": token})


@pytest.mark.parametrize(
    "body",
    [
        pytest.param({"error": "invalid_grant", "error_description": "No."}, id="rfc-6749"),
        pytest.param(
            {"error": {"message": "No.", "type": "invalid_request_error", "param": None, "code": "invalid_grant"}},
            id="nested",
        ),
        pytest.param({"error": {"code": "deviceauth_authorization_pending"}}, id="nested-code-only"),
        pytest.param({"code": "refresh_token_expired"}, id="top-level-code"),
    ],
)
def test_error_body_has_one_of_the_known_forms(body):
    assert accepts("ErrorBody", body)


@pytest.mark.parametrize("body", [{}, {"error": None}, {"error": {"message": "No."}}, "No.", []])
def test_other_error_bodies_are_refused(body):
    assert not accepts("ErrorBody", body)


@pytest.mark.parametrize("plan", ["pro", "hc", "education", "a_later_plan"])
def test_plan_type_is_open(plan):
    claims = {"https://api.openai.com/auth": {"chatgpt_plan_type": plan}}
    assert accepts("IdTokenClaims", claims)
    assert accepts("AccessTokenClaims", claims)


@pytest.mark.parametrize(
    "claims",
    [
        pytest.param({"exp": "soon"}, id="exp-text"),
        pytest.param({"https://api.openai.com/auth": "acct_1"}, id="auth-text"),
        pytest.param({"https://api.openai.com/auth": {"chatgpt_account_id": 1}}, id="account-number"),
        pytest.param({"https://api.openai.com/auth": {"chatgpt_account_is_fedramp": "true"}}, id="fedramp-text"),
    ],
)
def test_claims_have_the_types_that_codex_reads(claims):
    assert not accepts("IdTokenClaims", claims)
    assert not accepts("AccessTokenClaims", claims)


@pytest.mark.parametrize(
    "missing", ["chatgpt_user_id", "chatgpt_account_id", "chatgpt_plan_type", "chatgpt_account_is_fedramp"]
)
def test_token_owner_may_lack_only_the_email(missing):
    owner = {
        "email": None,
        "chatgpt_user_id": "user_1",
        "chatgpt_account_id": "acct_1",
        "chatgpt_plan_type": "pro",
        "chatgpt_account_is_fedramp": False,
    }
    assert accepts("TokenOwner", owner)

    del owner[missing]

    assert not accepts("TokenOwner", owner)


CREDENTIALS = {
    "chatgpt-0.141.0": {
        "auth_mode": "chatgpt",
        "OPENAI_API_KEY": None,
        "tokens": {"id_token": JWT, "access_token": JWT, "refresh_token": "rt_1", "account_id": "acct_1"},
        "last_refresh": "2026-01-01T00:00:00.123456789Z",
    },
    "api-key": {"auth_mode": "apikey", "OPENAI_API_KEY": "sk-fake"},
    "personal-access-token": {"OPENAI_API_KEY": None, "personal_access_token": "at-fake"},
    "agent-identity-jwt": {"auth_mode": "agentIdentity", "OPENAI_API_KEY": None, "agent_identity": JWT},
}


@pytest.mark.parametrize("credentials", CREDENTIALS.values(), ids=CREDENTIALS)
def test_credential_file_of_each_login_is_accepted(credentials):
    assert accepts("AuthDotJson", credentials)


def test_credential_file_needs_the_refresh_token():
    chatgpt = CREDENTIALS["chatgpt-0.141.0"]
    tokens = {name: value for name, value in chatgpt["tokens"].items() if name != "refresh_token"}
    assert not accepts("AuthDotJson", {**chatgpt, "tokens": tokens})


@pytest.mark.parametrize(
    ("owner", "accepted"), [pytest.param("x" * 43, True, id="43"), pytest.param("x" * 42, False, id="42")]
)
def test_login_owner_id_has_43_characters(owner, accepted):
    chatgpt = CREDENTIALS["chatgpt-0.141.0"]
    credentials = {**chatgpt, "tokens": {**chatgpt["tokens"], "login_owner_id": owner}}
    assert accepts("AuthDotJson", credentials) is accepted
