"""What the issuer says about itself, and about the owner of a token."""

from __future__ import annotations

from typing import Any

from codex_mockserver.http._answer import Answer, json_answer
from codex_mockserver.http._call import Call
from codex_mockserver.http._oauth_token import GRANT_TYPES
from codex_mockserver.world.signing import public_jwk
from codex_mockserver.world.tokens import CODEX_SCOPE

__all__ = ["authorization_server_metadata", "discovery", "jwks", "whoami"]


def discovery(call: Call) -> Answer:
    """Describe the OpenID provider."""
    openid = {
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "claims_supported": ["aud", "email", "email_verified", "exp", "iat", "iss", "nonce", "sub"],
    }
    return json_answer({**_metadata(call.origin), **openid})


def authorization_server_metadata(call: Call) -> Answer:
    """Describe the authorization server as RFC 8414 has it."""
    return json_answer(_metadata(call.origin))


def jwks(_call: Call) -> Answer:
    """Give the public half of the key that signs all tokens."""
    return json_answer({"keys": [public_jwk()]})


def whoami(call: Call) -> Answer:
    """Tell whose token the caller has."""
    caller = call.signed_in
    owner = {
        "email": caller.account.email,
        "chatgpt_user_id": caller.account.user_id,
        "chatgpt_account_id": caller.workspace.id,
        "chatgpt_plan_type": caller.workspace.plan_type,
        "chatgpt_account_is_fedramp": caller.workspace.is_fedramp,
    }
    return json_answer(owner)


def _metadata(issuer: str) -> dict[str, Any]:
    return {
        "issuer": issuer,
        "authorization_endpoint": f"{issuer}/oauth/authorize",
        "token_endpoint": f"{issuer}/oauth/token",
        "revocation_endpoint": f"{issuer}/oauth/revoke",
        "jwks_uri": f"{issuer}/.well-known/jwks.json",
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "grant_types_supported": list(GRANT_TYPES),
        "code_challenge_methods_supported": ["S256"],
        "token_endpoint_auth_methods_supported": ["none"],
        "revocation_endpoint_auth_methods_supported": ["none"],
        "scopes_supported": CODEX_SCOPE.split(),
    }
