"""What the answer with tokens says, and what is in them."""

from __future__ import annotations

import pytest

from codex_conformance.probes import HttpProbe, require
from codex_conformance.suites.server.oauth.answers import require_no_more_scope, require_not_stored
from codex_conformance.suites.server.oauth.jwt import ALGORITHMS, is_signed_by, jwt_at, keys_of
from codex_conformance.suites.server.oauth.logins import UNATTENDED, Logins
from codex_schemas import load

pytestmark = pytest.mark.codex(scenario=UNATTENDED)

#: Seconds by which two readings of one moment may differ.
_TOLERANCE = 5
_TOKENS = {"/id_token": "IdTokenClaims", "/access_token": "AccessTokenClaims"}


@pytest.mark.codex("oauth.tokens.type")
def test_the_type_is_bearer(logins: Logins) -> None:
    found = logins.tokens().at("/token_type", str)
    require(found.lower() == "bearer", expected="token_type Bearer", found=found)


@pytest.mark.codex("oauth.tokens.json")
def test_the_answer_is_json(logins: Logins) -> None:
    found = logins.tokens().media_type
    require(found == "application/json", expected="application/json", found=found)


@pytest.mark.codex("oauth.tokens.no-store")
@pytest.mark.parametrize("grant", ["code", "refresh"])
def test_tokens_are_not_stored(logins: Logins, grant: str) -> None:
    answer = logins.tokens()
    if grant == "refresh":
        answer = logins.refreshed(answer.at("/refresh_token", str))
    require_not_stored(answer)


@pytest.mark.codex("oauth.tokens.expires-in")
def test_the_life_is_said_in_seconds(logins: Logins) -> None:
    found = logins.tokens().at("/expires_in", int)
    require(found > 0, expected="a number of seconds above 0", found=found)


@pytest.mark.codex("oauth.tokens.expiry-agrees")
def test_expires_in_agrees_with_the_access_token(logins: Logins) -> None:
    answer = logins.tokens()
    token = jwt_at(answer, "/access_token")
    life = token.time("exp") - token.time("iat")
    said = answer.at("/expires_in", int)
    require(abs(life - said) <= _TOLERANCE, expected=f"a token that lives {said} s, as expires_in says", found=life)


@pytest.mark.codex("oauth.tokens.scope")
def test_the_scope_is_within_what_was_asked_for(logins: Logins) -> None:
    require_no_more_scope(logins.tokens())


@pytest.mark.codex("oauth.tokens.unguessable")
def test_refresh_tokens_cannot_be_guessed(logins: Logins) -> None:
    tokens = [logins.tokens().at("/refresh_token", str) for _ in range(3)]
    fine = len(set(tokens)) == len(tokens) and all(len(token) >= 20 for token in tokens)
    require(fine, expected="three different tokens of at least 20 characters", found=[len(token) for token in tokens])


@pytest.mark.codex("oauth.id-token.readable")
def test_the_id_token_can_be_read(logins: Logins) -> None:
    jwt_at(logins.tokens(), "/id_token")


@pytest.mark.codex("oauth.access-token.expiry")
def test_the_access_token_says_when_it_ends(logins: Logins) -> None:
    token = jwt_at(logins.tokens(), "/access_token")
    found = token.time("exp")
    fine = isinstance(found, int) and found > token.time("iat")
    require(fine, expected="exp as whole seconds, later than iat", found=found)


@pytest.mark.codex("oauth.id-token.audience")
def test_the_id_token_is_for_the_client(logins: Logins) -> None:
    found = jwt_at(logins.tokens(), "/id_token").claims.get("aud")
    audiences = found if isinstance(found, list) else [found]
    require(logins.client_id in audiences, expected=f"the audience {logins.client_id}", found=found)


@pytest.mark.codex("oauth.id-token.issuer")
def test_the_id_token_is_of_the_issuer(http: HttpProbe, logins: Logins) -> None:
    issuer = http.call("discovery").at("/issuer", str)
    found = jwt_at(logins.tokens(), "/id_token").claims.get("iss")
    require(found == issuer, expected=f"the issuer {issuer} of discovery", found=found)


@pytest.mark.codex("oauth.id-token.times")
def test_the_id_token_has_its_times(logins: Logins) -> None:
    token = jwt_at(logins.tokens(), "/id_token")
    issued, ends = token.time("iat"), token.time("exp")
    require(issued < ends, expected=f"exp after iat, which is {issued}", found=ends)


@pytest.mark.codex("oauth.id-token.subject")
def test_the_subject_stays_the_same(logins: Logins) -> None:
    first, second = (jwt_at(logins.tokens(), "/id_token").claims.get("sub") for _ in range(2))
    fine = isinstance(first, str) and first and first == second
    require(fine, expected="the same sub in two logins of one person", found=[first, second])


@pytest.mark.codex("oauth.id-token.nonce")
def test_the_nonce_comes_back(logins: Logins) -> None:
    found = jwt_at(logins.tokens(nonce="n-0S6_WzA2Mj"), "/id_token").claims.get("nonce")
    require(found == "n-0S6_WzA2Mj", expected="the nonce n-0S6_WzA2Mj", found=found)


@pytest.mark.codex("oauth.id-token.signature")
def test_a_published_key_signed_the_id_token(http: HttpProbe, logins: Logins) -> None:
    token = jwt_at(logins.tokens(), "/id_token")
    algorithm = token.header.get("alg")
    if algorithm not in ("none", *ALGORITHMS):
        pytest.skip(f"not declared: a signature by {' or '.join(ALGORITHMS)}")
    named = [key for key in keys_of(http) if key.get("kid") == token.header.get("kid")]
    signed = any(is_signed_by(token, key) for key in named)
    require(signed, expected="a signature by the published key that the header names", found=dict(token.header))


@pytest.mark.codex("oauth.claims.account")
def test_the_id_token_names_the_account(logins: Logins) -> None:
    found = jwt_at(logins.tokens(), "/id_token").account.get("chatgpt_account_id")
    require(isinstance(found, str) and found, expected="chatgpt_account_id, a text", found=found)


@pytest.mark.codex("oauth.claims.plan")
def test_the_id_token_names_the_plan(logins: Logins) -> None:
    found = jwt_at(logins.tokens(), "/id_token").account.get("chatgpt_plan_type")
    require(isinstance(found, str) and found, expected="chatgpt_plan_type, a text", found=found)


@pytest.mark.codex("oauth.claims.user")
def test_the_id_token_names_the_user(logins: Logins) -> None:
    account = jwt_at(logins.tokens(), "/id_token").account
    found = account.get("chatgpt_user_id") or account.get("user_id")
    require(
        isinstance(found, str) and found,
        expected="chatgpt_user_id or user_id, a text",
        found=f"the claims {', '.join(account)}",
    )


@pytest.mark.codex("oauth.claims.email")
def test_the_id_token_has_an_email_address(logins: Logins) -> None:
    found = jwt_at(logins.tokens(), "/id_token").email
    require(isinstance(found, str) and "@" in found, expected="email, or that of the profile", found=found)


@pytest.mark.codex("oauth.claims.types")
@pytest.mark.parametrize("pointer", _TOKENS, ids=[pointer.strip("/") for pointer in _TOKENS])
def test_claims_have_their_types(logins: Logins, pointer: str) -> None:
    violations = load("oauth").validator(_TOKENS[pointer]).violations(dict(jwt_at(logins.tokens(), pointer).claims))
    require(not violations, expected="claims of the types that codex reads", found="; ".join(map(str, violations)))


@pytest.mark.codex("oauth.claims.agree")
@pytest.mark.parametrize("claim", ["chatgpt_account_id", "chatgpt_plan_type", "chatgpt_user_id"])
def test_both_tokens_say_the_same(logins: Logins, claim: str) -> None:
    answer = logins.tokens()
    wanted, found = (jwt_at(answer, pointer).account.get(claim) for pointer in _TOKENS)
    require(found == wanted, expected=f"{claim} {wanted} of the id token in the access token", found=found)
