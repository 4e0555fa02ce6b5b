"""Signed tokens, judged by an independent library."""

from __future__ import annotations

import pytest
from joserfc import jwt
from joserfc.errors import BadSignatureError
from joserfc.jwk import RSAKey

from codex_mockserver.world.signing import KEY_ID, BadToken, public_jwk, read_token, sign_claims

CLAIMS = {"sub": "user-1", "exp": 1_800_000_000, "name": "Zoë"}


def test_a_token_verifies_against_the_published_key():
    token = jwt.decode(sign_claims(CLAIMS), RSAKey.import_key(public_jwk()), algorithms=["RS256"])

    assert token.claims == CLAIMS
    assert token.header == {"alg": "RS256", "kid": KEY_ID, "typ": "JWT"}


def test_a_changed_signature_does_not_verify():
    head, body, signature = sign_claims(CLAIMS).split(".")
    forged = f"{head}.{body}.{'A' * len(signature)}"

    with pytest.raises(BadSignatureError):
        jwt.decode(forged, RSAKey.import_key(public_jwk()), algorithms=["RS256"])
    with pytest.raises(BadToken):
        read_token(forged)


def test_equal_claims_give_equal_bytes():
    assert sign_claims(dict(CLAIMS)) == sign_claims(dict(CLAIMS))


def test_the_key_has_2048_bits():
    assert RSAKey.import_key(public_jwk()).raw_value.key_size == 2048


def test_reading_gives_the_claims_back():
    assert read_token(sign_claims(CLAIMS)) == CLAIMS


@pytest.mark.parametrize(
    "token",
    ["", ".", "..", "a.b.c", "e30.e30.", "\u00e4.\u00e4.\u00e4", "x" * 20_000],
    ids=["empty", "dot", "dots", "garbage", "no signature", "not ascii", "long"],
)
def test_what_is_no_token_is_refused(token):
    with pytest.raises(BadToken):
        read_token(token)


def test_another_key_does_not_count():
    header, key = {"alg": "RS256", "kid": KEY_ID}, RSAKey.generate_key(2048)

    with pytest.raises(BadToken):
        read_token(jwt.encode(header, CLAIMS, key))
