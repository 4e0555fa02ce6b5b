"""Signed bearer tokens: HS256, checked in the order of the real app-server."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import msgspec

__all__ = ["JwtRule"]

_INVALID = "invalid websocket jwt"
_PARTS = 3
_WHOLE_NUMBERS = ("exp", "nbf")


@dataclass(frozen=True, slots=True)
class JwtRule:
    """What a signed bearer token must be."""

    secret: bytes
    issuer: str | None = None
    audience: str | None = None
    #: Seconds by which the clocks may differ.
    skew: int = 30

    def complaint(self, token: str, now: float) -> str | None:
        """Return why a token is refused, or None."""
        claims = self._claims(token)
        if claims is None or not _are_well_formed(claims):
            return _INVALID
        complaints = {
            "expired websocket jwt": now > claims["exp"] + self.skew,
            "websocket jwt is not valid yet": now < (claims.get("nbf") or 0) - self.skew,
            "websocket jwt issuer mismatch": self.issuer is not None and claims.get("iss") != self.issuer,
            "websocket jwt audience mismatch": self.audience is not None and self.audience not in _audiences(claims),
        }
        return next((complaint for complaint, holds in complaints.items() if holds), None)

    def _claims(self, token: str) -> Mapping[str, Any] | None:
        """Return the claims of a token that is signed with the secret."""
        parts = token.split(".")
        if len(parts) != _PARTS:
            return None
        signed = ".".join(parts[:2]).encode()
        try:
            header, claims, signature = map(_decoded, parts)
            is_hs256 = msgspec.json.decode(header)["alg"] == "HS256"
            content = msgspec.json.decode(claims)
        except (ValueError, TypeError, LookupError):
            return None
        is_genuine = hmac.compare_digest(signature, hmac.digest(self.secret, signed, hashlib.sha256))
        return content if is_hs256 and is_genuine and isinstance(content, dict) else None


def _decoded(part: str) -> bytes:
    """Decode base64url without padding.

    Raises:
        ValueError: It is not that.
    """
    if not part.replace("-", "").replace("_", "").isalnum():
        raise binascii.Error("not in the alphabet")
    return base64.b64decode(part + "=" * (-len(part) % 4), altchars="-_", validate=True)


def _are_well_formed(claims: Mapping[str, Any]) -> bool:
    times = [claims.get(name) for name in _WHOLE_NUMBERS]
    audiences = claims.get("aud") or []
    return (
        type(times[0]) is int
        and (times[1] is None or type(times[1]) is int)
        and isinstance(claims.get("iss") or "", str)
        and isinstance(audiences, (str, list))
        and all(isinstance(audience, str) for audience in audiences)
    )


def _audiences(claims: Mapping[str, Any]) -> list[str]:
    audiences = claims.get("aud") or []
    return [audiences] if isinstance(audiences, str) else audiences
