"""The token endpoint with its grants, and revocation."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from codex_mockserver.http._answer import Answer, json_answer
from codex_mockserver.http._call import Call
from codex_mockserver.http._refusal import NO_STORE, Refusal
from codex_mockserver.world.authorization_codes import redeem_code
from codex_mockserver.world.device_codes import DEVICE_REDIRECT_PATH, DEVICE_REDIRECT_URI
from codex_mockserver.world.tokens import (
    CLIENTS,
    GrantRejected,
    IssuedTokens,
    exchange_for_api_key,
    refresh_tokens,
    revoke_token,
)

__all__ = ["GRANT_TYPES", "demand_known_client", "exchange_token", "nested_refusal", "revoke"]


def exchange_token(call: Call) -> Answer:
    """Exchange a code, a refresh token or an id token for tokens."""
    grant = _GRANTS.get(call.body["grant_type"])
    if grant is None:
        raise Refusal(
            400,
            f"The grant_type must be one of {', '.join(_GRANTS)}.",
            code="unsupported_grant_type",
            headers=NO_STORE,
        )
    demand_known_client(call.body["client_id"])
    redeem, refuse = grant
    try:
        return json_answer(redeem(call, call.body), headers=NO_STORE)
    except GrantRejected as rejected:
        raise refuse(rejected) from None


def revoke(call: Call) -> Answer:
    """Revoke a token; one that is not known needs no revoking."""
    if "client_id" in call.body:
        demand_known_client(call.body["client_id"])
    revoke_token(call.world, call.body["token"])
    return Answer(200, headers=NO_STORE)


def demand_known_client(client_id: str) -> None:
    """Refuse a client that is not known."""
    if client_id not in CLIENTS:
        raise Refusal(401, "The client_id is not known.", code="invalid_client", headers=NO_STORE)


def nested_refusal(status: int, rejected: GrantRejected) -> Refusal:
    """Return the refusal in the nested form that refreshes and device codes use."""
    error = {"message": rejected.message, "type": "invalid_request_error", "param": None, "code": rejected.code}
    return Refusal(status, rejected.message, code=rejected.code, headers=NO_STORE, body={"error": error})


def _code_refusal(rejected: GrantRejected) -> Refusal:
    return Refusal(400, rejected.message, code=rejected.code, headers=NO_STORE)


def _token_refusal(rejected: GrantRejected) -> Refusal:
    return nested_refusal(401, rejected)


def _redeem(call: Call, form: dict[str, Any]) -> dict[str, Any]:
    redirect_uri = form["redirect_uri"]
    if redirect_uri == call.origin + DEVICE_REDIRECT_PATH:
        # A device names the issuer as it knows it, which may be this mock's own address.
        redirect_uri = DEVICE_REDIRECT_URI
    tokens = redeem_code(
        call.world,
        form["code"],
        client_id=form["client_id"],
        redirect_uri=redirect_uri,
        verifier=form["code_verifier"],
        issuer=call.origin,
    )
    return _token_response(tokens)


def _refresh(call: Call, form: dict[str, Any]) -> dict[str, Any]:
    return _token_response(refresh_tokens(call.world, form["refresh_token"], form["client_id"]))


def _exchange(call: Call, form: dict[str, Any]) -> dict[str, Any]:
    return {
        "access_token": exchange_for_api_key(call.world, form["subject_token"], form["client_id"]),
        "issued_token_type": "urn:ietf:params:oauth:token-type:access_token",
        "token_type": "Bearer",
    }


def _token_response(tokens: IssuedTokens) -> dict[str, Any]:
    return {
        "id_token": tokens.id_token,
        "access_token": tokens.access_token,
        "refresh_token": tokens.refresh_token,
        "token_type": "Bearer",
        "expires_in": tokens.expires_in,
        "scope": tokens.scope,
    }


#: What each grant gives, and the form in which it is refused.
_GRANTS: dict[str, tuple[Callable[[Call, dict[str, Any]], dict[str, Any]], Callable[[GrantRejected], Refusal]]] = {
    "authorization_code": (_redeem, _code_refusal),
    "refresh_token": (_refresh, _token_refusal),
    "urn:ietf:params:oauth:grant-type:token-exchange": (_exchange, _token_refusal),
}

GRANT_TYPES = tuple(_GRANTS)
