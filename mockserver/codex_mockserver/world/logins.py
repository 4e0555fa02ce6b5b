"""Browser logins: an authorization request that waits until a person decides."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from codex_mockserver.world._state import Account, Login, Workspace
from codex_mockserver.world._transitions import advance
from codex_mockserver.world._world import World
from codex_mockserver.world.authorization_codes import issue_code

__all__ = [
    "AccessDenied",
    "Choice",
    "Login",
    "LoginOver",
    "approve_login",
    "begin_login",
    "choices",
    "choose",
    "deny_login",
    "waiting_login",
]

#: Seconds that the login page waits.
LOGIN_LIFE = 1800


@dataclass(frozen=True, slots=True)
class Choice:
    """An account together with the workspace to work in: what a person picks on a page."""

    account: Account
    workspace: Workspace

    def demand_entitlement(self) -> None:
        """Raise :class:`AccessDenied` when the workspace may not use Codex."""
        if not self.workspace.codex_entitled:
            raise AccessDenied("missing_codex_entitlement: this workspace may not use Codex.")


class AccessDenied(Exception):  # noqa: N818 (an answer of the protocol, not a fault of the program)
    """The login ends without access; the description goes to the client."""

    def __init__(self, description: str) -> None:
        super().__init__(description)
        self.description = description


class LoginOver(Exception):  # noqa: N818 (an answer of the protocol, not a fault of the program)
    """The login is not known, was decided before, or has waited too long."""


def choices(world: World, allowed: Collection[str] = ()) -> list[Choice]:
    """Return what a person may pick: every workspace of every account, or the allowed workspaces only."""
    pairs = (Choice(account, workspace) for account, workspace in world.workspaces())
    return [choice for choice in pairs if not allowed or choice.workspace.id in allowed]


def choose(world: World, picked: str, allowed: Collection[str] = ()) -> Choice:
    """Return the choice that a ChatGPT account id or the short name of an account means.

    Raises:
        AccessDenied: It means nothing that may be picked.
    """
    for choice in choices(world, allowed):
        if picked in (choice.workspace.id, choice.account.name):
            return choice
    raise AccessDenied("This account has no workspace that may be used here.")


def begin_login(
    world: World,
    *,
    client_id: str,
    redirect_uri: str,
    state: str | None,
    scope: str,
    code_challenge: str,
    allowed_workspaces: Collection[str] = (),
    nonce: str | None = None,
) -> Login:
    """Remember a checked authorization request until a person decides; its id works once."""
    login = Login(
        id=world.ids.secret("login_"),
        client_id=client_id,
        redirect_uri=redirect_uri,
        state=state,
        scope=scope,
        code_challenge=code_challenge,
        expires_at=world.now() + LOGIN_LIFE,
        allowed_workspaces=list(allowed_workspaces),
        nonce=nonce,
    )
    world.remember(world.state.logins, login.id, login)
    return login


def waiting_login(world: World, login_id: str) -> Login:
    """Return the login that still waits under this id.

    Raises:
        LoginOver: There is none.
    """
    login = world.state.logins.get(login_id)
    if login is None:
        raise LoginOver
    if login.status == "waiting" and world.now() >= login.expires_at:
        login.status = advance("login", login.status, "expire")
    if login.status != "waiting":
        raise LoginOver
    return login


def approve_login(world: World, login: Login, picked: str) -> str:
    """Approve with the account that was picked, and return the authorization code.

    Raises:
        AccessDenied: The account may not be used, which ends the login.
    """
    try:
        choice = choose(world, picked, login.allowed_workspaces)
        choice.demand_entitlement()
    except AccessDenied:
        deny_login(login)
        raise
    login.status = advance("login", login.status, "approve")
    return issue_code(
        world,
        account=choice.account.name,
        workspace=choice.workspace.id,
        client_id=login.client_id,
        redirect_uri=login.redirect_uri,
        scope=login.scope,
        code_challenge=login.code_challenge,
        nonce=login.nonce,
    )


def deny_login(login: Login) -> None:
    """End the login without access."""
    login.status = advance("login", login.status, "deny")
