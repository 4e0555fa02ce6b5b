"""Signed tokens: JSON Web Tokens made with the public test key (RS256, deterministic)."""

from __future__ import annotations

import base64
import binascii
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any

import msgspec

from codex_mockserver.world._test_key import EXPONENT, KEY_ID, P, Q

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

__all__ = ["KEY_ID", "BadToken", "public_jwk", "read_token", "sign_claims"]

_MODULUS = P * Q
_SIGNATURES_KEPT = 4096
#: Characters that a token may have; what is longer is not worth signing again.
_LONGEST = 16_384


class BadToken(Exception):  # noqa: N818 (an answer about a token, not a fault of the program)
    """The text is no token that was signed with the public test key."""


def sign_claims(claims: dict[str, Any]) -> str:
    """Return the claims as a signed token; equal claims give equal bytes."""
    header = {"alg": "RS256", "kid": KEY_ID, "typ": "JWT"}
    signing_input = f"{_encode(msgspec.json.encode(header))}.{_encode(msgspec.json.encode(claims))}"
    return f"{signing_input}.{_signature(signing_input)}"


def read_token(token: str) -> dict[str, Any]:
    """Return the claims of a token whose signature is right.

    Raises:
        BadToken: The signature or the form is wrong.
    """
    signing_input, _, signature = token.rpartition(".")
    if len(token) > _LONGEST or not token.isascii() or signature != _signature(signing_input):
        raise BadToken
    try:
        return msgspec.json.decode(_decode(signing_input.split(".")[1]), type=dict[str, Any])
    except (binascii.Error, IndexError, msgspec.DecodeError, ValueError):
        raise BadToken from None


def public_jwk() -> dict[str, str]:
    """Return the public half of the key as a JSON Web Key."""
    return {
        "kty": "RSA",
        "use": "sig",
        "alg": "RS256",
        "kid": KEY_ID,
        "n": _encode(_MODULUS.to_bytes((_MODULUS.bit_length() + 7) // 8)),
        "e": _encode(EXPONENT.to_bytes(3)),
    }


@lru_cache(_SIGNATURES_KEPT)
def _signature(signing_input: str) -> str:
    """Sign; RS256 is deterministic, so the same function verifies by signing again."""
    from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15  # noqa: PLC0415 (heavy, first token only)
    from cryptography.hazmat.primitives.hashes import SHA256  # noqa: PLC0415

    return _encode(_private_key().sign(signing_input.encode(), PKCS1v15(), SHA256()))


@cache
def _private_key() -> RSAPrivateKey:
    from cryptography.hazmat.primitives.asymmetric import rsa  # noqa: PLC0415 (heavy, first token only)

    private_exponent = pow(EXPONENT, -1, (P - 1) * (Q - 1))
    return rsa.RSAPrivateNumbers(
        p=P,
        q=Q,
        d=private_exponent,
        dmp1=private_exponent % (P - 1),
        dmq1=private_exponent % (Q - 1),
        iqmp=pow(Q, -1, P),
        public_numbers=rsa.RSAPublicNumbers(EXPONENT, _MODULUS),
    ).private_key()


def _encode(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _decode(text: str) -> bytes:
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
