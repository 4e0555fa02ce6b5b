"""Who calls: the credentials that a request brings, checked against the world."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

from codex_mockserver.world._state import Account, Session, Workspace
from codex_mockserver.world._transitions import advance
from codex_mockserver.world._world import World

__all__ = ["Caller", "CredentialsRejected", "authenticate"]


@dataclass(frozen=True, slots=True)
class Caller:
    """The person and the workspace that a request acts for."""

    account: Account
    workspace: Workspace
    #: ``accessToken``, ``personalAccessToken`` or ``apiKey``.
    kind: str
    #: The login that the access token belongs to; None for the other kinds.
    session: Session | None = None


class CredentialsRejected(Exception):  # noqa: N818 (an answer of the protocol, not a fault of the program)
    """The credentials of a request are not accepted.

    Args:
        code: missing_token, invalid_token, token_expired, token_invalidated or wrong_workspace.
        message: One sentence for people.
    """

    def __init__(self, code: str, message: str) -> None:
        super().__init__(code, message)
        self.code = code
        self.message = message


def authenticate(world: World, headers: Mapping[str, str], schemes: Collection[str]) -> Caller:
    """Return who calls.

    Args:
        world: The world whose tokens and keys count.
        headers: The request's headers by lower-case name.
        schemes: The contract's security schemes of which one is enough: ``accessToken``, which
            personal access tokens serve too, and ``apiKey``.

    Raises:
        CredentialsRejected: There are none, or they are not valid here.
    """
    scheme, _, token = headers.get("authorization", "").partition(" ")
    token = token.strip()
    if scheme.lower() != "bearer" or not token:
        raise CredentialsRejected("missing_token", "Send the header Authorization: Bearer followed by a token.")
    wanted, find = _kind(token)
    if wanted not in schemes:
        raise CredentialsRejected("invalid_token", f"This endpoint takes {' or '.join(schemes)}, not {wanted}.")
    return find(world, token, headers.get("chatgpt-account-id"))


def _by_api_key(world: World, token: str, _workspace_id: str | None) -> Caller:
    for account in world.state.accounts.values():
        if account.api_key == token:
            return Caller(account, account.workspaces[0], "apiKey")
    raise CredentialsRejected("invalid_token", "The API key is not known.")


def _by_personal_access_token(world: World, token: str, workspace_id: str | None) -> Caller:
    for account in world.state.accounts.values():
        if account.personal_access_token == token:
            workspace = _workspace(account, workspace_id or account.workspaces[0].id)
            return Caller(account, workspace, "personalAccessToken")
    raise CredentialsRejected("invalid_token", "The personal access token is not known.")


def _by_access_token(world: World, token: str, workspace_id: str | None) -> Caller:
    record = world.state.access_tokens.get(token)
    if record is None:
        raise CredentialsRejected("invalid_token", "The access token is not known.")
    if record.status == "active" and world.now() >= record.expires_at:
        record.status = advance("access_token", record.status, "expire")
    if record.status != "active":
        raise CredentialsRejected(*_ENDED[record.status])
    if workspace_id is not None and workspace_id != record.workspace:
        raise CredentialsRejected("wrong_workspace", "The access token belongs to another workspace.")
    session = world.state.sessions[record.session]
    account = world.account(session.account)
    return Caller(account, _workspace(account, record.workspace), "accessToken", session)


def _workspace(account: Account, workspace_id: str) -> Workspace:
    for workspace in account.workspaces:
        if workspace.id == workspace_id:
            return workspace
    raise CredentialsRejected("wrong_workspace", "The account does not belong to this workspace.")


#: What a caller is told about an access token that is over, by its state.
_ENDED = {
    "expired": ("token_expired", "The access token has expired; refresh it."),
    "revoked": ("token_invalidated", "The access token was revoked; sign in again."),
}

_Finder = Callable[[World, str, str | None], Caller]

#: The security scheme and the look-up of a token, by its prefix.
_KINDS: dict[str, tuple[str, _Finder]] = {
    "sk-": ("apiKey", _by_api_key),
    "at-": ("accessToken", _by_personal_access_token),
}


def _kind(token: str) -> tuple[str, _Finder]:
    return _KINDS.get(token[:3], ("accessToken", _by_access_token))
