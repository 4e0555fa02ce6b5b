"""Tokens: issued at a login, rotated by refreshes, revoked as a family.

All tokens that come from one login form its session. A refresh token works once; when an
old one comes back, somebody else may hold it, so the newest is revoked as well; access
tokens that are out live to their end.
"""

from __future__ import annotations

from dataclasses import dataclass

import msgspec

from codex_mockserver.world._state import AccessToken, RefreshToken, Session
from codex_mockserver.world._transitions import advance, can
from codex_mockserver.world._world import World
from codex_mockserver.world.claims import access_token_claims, id_token_claims
from codex_mockserver.world.credentials import Caller, CredentialsRejected
from codex_mockserver.world.signing import BadToken, read_token, sign_claims

__all__ = [
    "CLIENTS",
    "CODEX_CLIENT_ID",
    "CODEX_SCOPE",
    "ISSUER",
    "GrantRejected",
    "IssuedTokens",
    "exchange_for_api_key",
    "expire_access_tokens",
    "issue_tokens",
    "refresh_tokens",
    "revoke_session",
    "revoke_token",
    "switch_workspace",
    "terminate_session",
]

ISSUER = "https://auth.openai.com"
CODEX_CLIENT_ID = "app_EMoamEEZ73f0CkXaXp7hrann"
CODEX_SCOPE = "openid profile email offline_access api.connectors.read api.connectors.invoke"

#: The clients that may ask for tokens.
CLIENTS = frozenset({CODEX_CLIENT_ID})

#: Seconds after which a refresh token that nobody used is over.
REFRESH_TOKEN_LIFE = 30 * 24 * 3600


@dataclass(frozen=True, slots=True)
class IssuedTokens:
    """The tokens of one answer of the token endpoint."""

    access_token: str
    id_token: str
    refresh_token: str
    #: Seconds that the access token lives.
    expires_in: int
    scope: str
    #: The ChatGPT account id, which is the workspace that the tokens are for.
    account_id: str
    session_id: str


class GrantRejected(Exception):  # noqa: N818 (an answer of the protocol, not a fault of the program)
    """A grant is not accepted; the code is what the wire says, the message is for people."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(code, message)
        self.code = code
        self.message = message


def issue_tokens(
    world: World,
    account_name: str,
    workspace_id: str | None = None,
    *,
    issuer: str = ISSUER,
    client_id: str = CODEX_CLIENT_ID,
    scope: str = CODEX_SCOPE,
    nonce: str | None = None,
) -> IssuedTokens:
    """Log an account in and return its tokens; without a workspace, the account's first.

    Tokens of an account with expired credentials are past their life from the start.

    Raises:
        Problem: There is no such account or workspace.
    """
    account = world.account(account_name)
    session = Session(
        id=world.ids.new("sess_", 24),
        account=account.name,
        workspace=world.workspace(workspace_id or account.workspaces[0].id).id,
        client_id=client_id,
        scope=scope,
        issuer=issuer,
        created_at=world.now(),
        nonce=nonce,
    )
    return _issue(world, session)


def refresh_tokens(world: World, refresh_token: str, client_id: str) -> IssuedTokens:
    """Redeem a refresh token for new tokens; it cannot be used again.

    Raises:
        GrantRejected: refresh_token_reused (which revokes the newest one too), refresh_token_expired,
            refresh_token_invalidated, or invalid_grant for a token that is not known.
    """
    record = world.state.refresh_tokens.get(refresh_token)
    session = world.state.sessions[record.session] if record else None
    if record is None or session is None or session.client_id != client_id:
        raise GrantRejected("invalid_grant", "The refresh token is not known.")
    if record.status == "active" and world.now() >= record.expires_at:
        record.status = advance("refresh_token", record.status, "expire")
    if record.status == "rotated":
        _end_refresh_tokens(world, session.id, "revoke")
    if record.status != "active":
        raise GrantRejected(*_ENDED[record.status])
    record.status = advance("refresh_token", record.status, "rotate")
    return _issue(world, session)


#: What a client is told about a refresh token that is over, by its state.
_ENDED = {
    "rotated": ("refresh_token_reused", "The refresh token was already used; sign in again."),
    "expired": ("refresh_token_expired", "The refresh token has expired; sign in again."),
    "revoked": ("refresh_token_invalidated", "The refresh token was revoked; sign in again."),
    "terminated": ("app_session_terminated", "The session was terminated; sign in again."),
}


class _Subject(msgspec.Struct):
    """The claims of an id token that an exchange looks at."""

    sid: str
    aud: list[str]
    exp: int


def exchange_for_api_key(world: World, id_token: str, client_id: str) -> str:
    """Return the API key of the person that an id token names.

    Raises:
        GrantRejected: invalid_subject_token when the token is not valid or the account has no platform access.
    """
    try:
        subject = msgspec.convert(read_token(id_token), _Subject)
    except (BadToken, msgspec.ValidationError):
        raise _no_api_key("The id token is not one of this issuer.") from None
    session = world.state.sessions.get(subject.sid)
    if session is None or subject.aud != [client_id]:
        raise _no_api_key("The id token was not made for this client.")
    if world.now() >= subject.exp or not _is_live(world, session.id):
        raise _no_api_key("The id token has expired.")
    account = world.account(session.account)
    if not account.platform_access:
        raise _no_api_key("The account belongs to no organization of the API platform.")
    return account.api_key


def switch_workspace(world: World, caller: Caller, workspace_id: str) -> str:
    """Move the caller's session to another workspace of the account and return an access token for it.

    The refresh token stays valid and gives tokens for the new workspace.

    Raises:
        CredentialsRejected: The caller has no session, or does not belong to the workspace.
    """
    if caller.session is None:
        raise CredentialsRejected("invalid_token", "Switching workspaces needs an access token from a login.")
    if workspace_id not in [workspace.id for workspace in caller.account.workspaces]:
        raise CredentialsRejected("wrong_workspace", "The account does not belong to this workspace.")
    caller.session.workspace = workspace_id
    return _issue_access_token(world, caller.session)[0]


def revoke_token(world: World, token: str) -> None:
    """Log out the session of a refresh or access token; an unknown token is no error."""
    record = world.state.refresh_tokens.get(token) or world.state.access_tokens.get(token)
    if record is not None:
        revoke_session(world, record.session)


def revoke_session(world: World, session_id: str) -> None:
    """Revoke every token of a session that is still good, as a logout does."""
    _end_session(world, session_id, "revoke")


def terminate_session(world: World, session_id: str) -> None:
    """End a session from the service's side, as a change of the password does: app_session_terminated."""
    _end_session(world, session_id, "terminate")


def _end_session(world: World, session_id: str, event: str) -> None:
    _end_refresh_tokens(world, session_id, event)
    for token in world.state.access_tokens.values():
        if token.session == session_id and can("access_token", token.status, "revoke"):
            token.status = advance("access_token", token.status, "revoke")


def expire_access_tokens(world: World, account_name: str) -> None:
    """End the life of every access token of an account early, as the client cannot foresee."""
    account = world.account(account_name)
    for token in world.state.access_tokens.values():
        owner = world.state.sessions[token.session].account
        if owner == account.name and can("access_token", token.status, "expire"):
            token.status = advance("access_token", token.status, "expire")


def _end_refresh_tokens(world: World, session_id: str, event: str) -> None:
    for token in world.state.refresh_tokens.values():
        if token.session == session_id and can("refresh_token", token.status, event):
            token.status = advance("refresh_token", token.status, event)


def _issue(world: World, session: Session) -> IssuedTokens:
    account, now = world.account(session.account), world.now()
    access_token, expires_in = _issue_access_token(world, session)
    claims = id_token_claims(account, world.workspace(session.workspace), session, token_id=world.ids.uuid(), now=now)
    refresh_token = world.ids.secret("rt_")
    refresh_life = 0 if account.credentials_expired else REFRESH_TOKEN_LIFE
    record = RefreshToken(session=session.id, expires_at=now + refresh_life)
    world.remember(world.state.refresh_tokens, refresh_token, record)
    return IssuedTokens(
        access_token=access_token,
        id_token=sign_claims(claims),
        refresh_token=refresh_token,
        expires_in=expires_in,
        scope=session.scope,
        account_id=session.workspace,
        session_id=session.id,
    )


def _issue_access_token(world: World, session: Session) -> tuple[str, int]:
    """Return a new access token and the seconds that it lives."""
    is_from_login = session.id not in world.state.sessions
    # The newest session goes last, so that a session is forgotten after its tokens and never before.
    world.remember(world.state.sessions, session.id, session)
    account, workspace = world.account(session.account), world.workspace(session.workspace)
    token_id, now = world.ids.uuid(), world.now()
    claims = access_token_claims(account, workspace, session, token_id=token_id, now=now, is_from_login=is_from_login)
    token = sign_claims(claims)
    record = AccessToken(session=session.id, workspace=workspace.id, expires_at=claims["exp"])
    world.remember(world.state.access_tokens, token, record)
    return token, claims["exp"] - claims["iat"]


def _is_live(world: World, session_id: str) -> bool:
    tokens = world.state.refresh_tokens.values()
    return any(token.session == session_id and can("refresh_token", token.status, "rotate") for token in tokens)


def _no_api_key(message: str) -> GrantRejected:
    return GrantRejected("invalid_subject_token", message)
