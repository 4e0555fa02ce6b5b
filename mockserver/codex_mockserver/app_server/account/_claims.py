"""What a token says of its bearer, read without a check of its signature, as the client reads it."""

from __future__ import annotations

import base64
from typing import Any

import msgspec

from codex_schemas.account import SignedIn

__all__ = ["NoToken", "signed_in_by"]

_AUTH = "https://api.openai.com/auth"
_PROFILE = "https://api.openai.com/profile"
_PARTS = 3


class NoToken(ValueError):  # noqa: N818 (an answer of the protocol, not a fault of the program)
    """A text is no token with claims."""


def signed_in_by(token: str, account_id: str, plan_type: str | None = None) -> SignedIn:
    """Return who a token is for.

    Args:
        token: The access token.
        account_id: The workspace that the host names beside it.
        plan_type: The plan that the host names; left out, the token's own.

    Raises:
        NoToken: It is none.
    """
    claims = _claims(token)
    auth, profile = _table(claims, _AUTH), _table(claims, _PROFILE)
    return SignedIn(
        account_id=account_id,
        user_id=str(auth.get("chatgpt_user_id") or auth.get("user_id") or claims.get("sub") or ""),
        email=str(profile.get("email") or claims.get("email") or ""),
        plan_type=plan_type or auth.get("chatgpt_plan_type"),
    )


def _claims(token: str) -> dict[str, Any]:
    parts = token.split(".")
    if len(parts) != _PARTS or not all(parts):
        raise NoToken
    try:
        return msgspec.json.decode(base64.urlsafe_b64decode(parts[1] + "=="), type=dict[str, Any])
    except (ValueError, msgspec.DecodeError):
        raise NoToken from None


def _table(claims: dict[str, Any], name: str) -> dict[str, Any]:
    table = claims.get(name)
    return table if isinstance(table, dict) else {}
