"""Authorization codes: one attempt each, bound to what they were made for."""

from __future__ import annotations

import pytest

from codex_mockserver.world import Clock, World
from codex_mockserver.world.authorization_codes import challenge_of, issue_code, redeem_code
from codex_mockserver.world.signing import read_token
from codex_mockserver.world.tokens import CODEX_CLIENT_ID, CODEX_SCOPE, GrantRejected, refresh_tokens

VERIFIER = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
REDIRECT = "http://localhost:1455/auth/callback"


@pytest.fixture
def world():
    return World(seed=1, clock=Clock(frozen_at=1_800_000_000))


@pytest.fixture
def code(world):
    return issue_code(
        world,
        account="plus",
        workspace=world.account("plus").workspaces[0].id,
        client_id=CODEX_CLIENT_ID,
        redirect_uri=REDIRECT,
        scope=CODEX_SCOPE,
        code_challenge=challenge_of(VERIFIER),
        nonce="n-1",
    )


def redeem(world, code, **changed):
    fields = {"client_id": CODEX_CLIENT_ID, "redirect_uri": REDIRECT, "verifier": VERIFIER, **changed}
    return redeem_code(world, code, **fields)


def refuse(world, code, **changed):
    with pytest.raises(GrantRejected) as refused:
        redeem(world, code, **changed)
    assert refused.value.code == "invalid_grant"
    return refused.value.message


def test_the_challenge_is_that_of_rfc_7636():
    assert challenge_of(VERIFIER) == "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"


def test_a_code_gives_tokens_for_what_was_approved(world, code):
    tokens = redeem(world, code, issuer="http://127.0.0.1:1")
    claims = read_token(tokens.id_token)

    assert (claims["email"], claims["nonce"], claims["iss"]) == ("plus@example.com", "n-1", "http://127.0.0.1:1")
    assert tokens.scope == CODEX_SCOPE


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"verifier": "w" * 43}, "code_verifier"),
        ({"verifier": challenge_of(VERIFIER)}, "code_verifier"),
        ({"redirect_uri": REDIRECT + "/"}, "redirect_uri"),
        ({"client_id": "app_other"}, "client"),
    ],
    ids=["wrong verifier", "challenge as verifier", "other redirect", "other client"],
)
def test_a_wrong_attempt_ends_the_code(world, code, changed, reason):
    assert reason in refuse(world, code, **changed)
    assert "over" in refuse(world, code)


def test_a_code_is_over_after_ten_minutes(world, code):
    world.clock.advance(600)

    assert "expired" in refuse(world, code)


def test_a_code_is_good_until_then(world, code):
    world.clock.advance(599)

    assert redeem(world, code).session_id in world.state.sessions


def test_an_immediate_replay_is_refused_and_the_login_survives(world, code):
    tokens = redeem(world, code)
    world.clock.advance(59)
    refuse(world, code)

    assert refresh_tokens(world, tokens.refresh_token, CODEX_CLIENT_ID).session_id == tokens.session_id


def test_a_late_replay_revokes_what_the_code_gave(world, code):
    tokens = redeem(world, code)
    world.clock.advance(60)
    refuse(world, code)

    with pytest.raises(GrantRejected, match="refresh_token_invalidated"):
        refresh_tokens(world, tokens.refresh_token, CODEX_CLIENT_ID)


def test_an_unknown_code_is_refused(world):
    assert "not known" in refuse(world, "ac_unknown")
