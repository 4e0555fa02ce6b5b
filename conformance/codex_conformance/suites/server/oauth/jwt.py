"""Reading the tokens of a server under test, and checking their signatures."""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, SECP256R1, EllipticCurvePublicNumbers
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicNumbers
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

from codex_conformance.probes import Answer, HttpProbe, Unmet, at

__all__ = ["ALGORITHMS", "Jwt", "altered", "is_signed_by", "jwt_at", "keys_of"]


@dataclass(frozen=True)
class Jwt:
    """A token in its parts."""

    header: Mapping[str, Any]
    claims: Mapping[str, Any]
    signed: bytes
    signature: bytes

    @property
    def account(self) -> Mapping[str, Any]:
        """The claims about the account at ChatGPT; empty where there are none."""
        found = self.claims.get("https://api.openai.com/auth")
        return found if isinstance(found, dict) else {}

    def time(self, name: str) -> float:
        """Return a claim that is a moment.

        Raises:
            Unmet: There is none.
        """
        moment: float = at(self.claims, f"/{name}", (int, float))
        return moment

    @property
    def email(self) -> Any:
        """The email address, where codex looks for it."""
        profile = self.claims.get("https://api.openai.com/profile")
        return self.claims.get("email") or (profile.get("email") if isinstance(profile, dict) else None)


def jwt_at(answer: Answer, pointer: str) -> Jwt:
    """Return the token at a pointer of an answer.

    Raises:
        Unmet: There is none.
    """
    return _read(answer.at(pointer, str), pointer.strip("/"))


def altered(token: str, **claims: Any) -> str:
    """Return a token with other claims under the signature that it had.

    Raises:
        Unmet: It is none.
    """
    changed = {**_read(token, "access_token").claims, **claims}
    header, _, signature = token.split(".")
    body = base64.urlsafe_b64encode(msgspec.json.encode(changed)).rstrip(b"=").decode()
    return f"{header}.{body}.{signature}"


def keys_of(http: HttpProbe) -> list[Mapping[str, Any]]:
    """Return the keys that the server publishes.

    Raises:
        Unmet: It publishes none.
    """
    keys = http.call("jwks").require_status(200).at("/keys", list)
    return [at(keys, f"/{number}", dict) for number in range(len(keys))]


def _read(token: str, name: str) -> Jwt:
    """Return a token in its parts, as codex reads it: the middle one is unpadded base64url of JSON.

    Raises:
        Unmet: It is none.
    """
    parts = token.split(".")
    try:
        header, claims, signature = (_decoded(part) for part in parts)
        return Jwt(_fields(header), _fields(claims), token.rpartition(".")[0].encode(), signature)
    except (msgspec.DecodeError, ValueError):
        expected = f"the {name} to be three parts of unpadded base64url, the first two of JSON"
        raise Unmet(expected=expected, found=f"{len(parts)} parts of {len(token)} characters in all") from None


def is_signed_by(token: Jwt, key: Mapping[str, Any]) -> bool:
    """Tell whether a token has a signature by a JSON Web Key."""
    try:
        ALGORITHMS[token.header["alg"]](token, key)
    except (InvalidSignature, LookupError, TypeError, ValueError):
        return False
    return True


def _verify_rsa(token: Jwt, key: Mapping[str, Any]) -> None:
    numbers = RSAPublicNumbers(_number(key["e"]), _number(key["n"]))
    numbers.public_key().verify(token.signature, token.signed, PKCS1v15(), SHA256())


def _verify_elliptic(token: Jwt, key: Mapping[str, Any]) -> None:
    numbers = EllipticCurvePublicNumbers(_number(key["x"]), _number(key["y"]), SECP256R1())
    half = len(token.signature) // 2
    halves = (int.from_bytes(part) for part in (token.signature[:half], token.signature[half:]))
    numbers.public_key().verify(encode_dss_signature(*halves), token.signed, ECDSA(SHA256()))


#: What is checked here, by its name in a token.
ALGORITHMS: Mapping[str, Callable[[Jwt, Mapping[str, Any]], None]] = {"RS256": _verify_rsa, "ES256": _verify_elliptic}


def _decoded(part: str) -> bytes:
    """Return the bytes of unpadded base64url; an empty part is none."""
    if not part or "=" in part:
        raise ValueError(part)
    return base64.b64decode(part + "=" * (-len(part) % 4), altchars=b"-_", validate=True)


def _fields(text: bytes) -> dict[str, Any]:
    return msgspec.json.decode(text, type=dict[str, Any])


def _number(part: str) -> int:
    return int.from_bytes(_decoded(part))
