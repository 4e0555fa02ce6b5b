"""Authorization codes: one attempt at redemption each, bound to client, redirect and PKCE verifier."""

from __future__ import annotations

import base64
import hashlib

from codex_mockserver.world._state import AuthorizationCode
from codex_mockserver.world._transitions import advance
from codex_mockserver.world._world import World
from codex_mockserver.world.tokens import ISSUER, GrantRejected, IssuedTokens, issue_tokens, revoke_session

__all__ = ["CODE_LIFE", "challenge_of", "issue_code", "redeem_code"]

#: Seconds in which a code must be redeemed.
CODE_LIFE = 600
#: Seconds in which a second redemption passes for a client that repeats itself, and not for a thief.
REPLAY_GRACE = 60


def challenge_of(verifier: str) -> str:
    """Return the S256 code challenge of a verifier."""
    digest = hashlib.sha256(verifier.encode()).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def issue_code(
    world: World,
    *,
    account: str,
    workspace: str,
    client_id: str,
    redirect_uri: str,
    scope: str,
    code_challenge: str,
    nonce: str | None = None,
) -> str:
    """Return a new code that stands for a person's approval."""
    code = world.ids.secret("ac_")
    record = AuthorizationCode(
        account=account,
        workspace=workspace,
        client_id=client_id,
        redirect_uri=redirect_uri,
        scope=scope,
        code_challenge=code_challenge,
        expires_at=world.now() + CODE_LIFE,
        nonce=nonce,
    )
    world.remember(world.state.authorization_codes, code, record)
    return code


def redeem_code(
    world: World, code: str, *, client_id: str, redirect_uri: str, verifier: str, issuer: str = ISSUER
) -> IssuedTokens:
    """Redeem a code for tokens.

    A code is good for one attempt: a wrong verifier ends it too. A replay after the first minute
    revokes what the first redemption gave, since one of the two parties must have stolen it.

    Raises:
        GrantRejected: invalid_grant.
    """
    record = world.state.authorization_codes.get(code)
    if record is None:
        raise GrantRejected("invalid_grant", "The authorization code is not known.")
    if record.session is not None:
        session = world.state.sessions.get(record.session)
        if session is not None and world.now() >= session.created_at + REPLAY_GRACE:
            revoke_session(world, record.session)
        raise GrantRejected("invalid_grant", "The authorization code was already used.")
    if record.status != "issued":
        raise GrantRejected("invalid_grant", "The authorization code is over; start the login again.")
    if fault := _fault(world, record, client_id, redirect_uri, verifier):
        record.status = advance("authorization_code", record.status, "expire")
        raise GrantRejected("invalid_grant", fault)
    record.status = advance("authorization_code", record.status, "redeem")
    tokens = issue_tokens(
        world,
        record.account,
        record.workspace,
        issuer=issuer,
        client_id=client_id,
        scope=record.scope,
        nonce=record.nonce,
    )
    record.session = tokens.session_id
    return tokens


def _fault(world: World, record: AuthorizationCode, client_id: str, redirect_uri: str, verifier: str) -> str | None:
    """Say what is wrong with an attempt, None when nothing is."""
    checks = (
        (world.now() < record.expires_at, "The authorization code has expired."),
        (client_id == record.client_id, "The authorization code was issued to another client."),
        (redirect_uri == record.redirect_uri, "The redirect_uri differs from the one of the authorization request."),
        (challenge_of(verifier) == record.code_challenge, "The code_verifier does not fit the code_challenge."),
    )
    return next((fault for fine, fault in checks if not fine), None)
