"""Tokens of a login that the server keeps itself: got when they are first needed, and renewed when they are over."""

from __future__ import annotations

from codex_mockserver.world import AppServerLogin, World
from codex_mockserver.world.credentials import CredentialsRejected, authenticate
from codex_mockserver.world.tokens import (
    CODEX_CLIENT_ID,
    GrantRejected,
    IssuedTokens,
    issue_tokens,
    refresh_tokens,
    revoke_session,
)

__all__ = ["OwnTokens", "are_taken"]


class OwnTokens:
    """The tokens of one login after the other.

    Args:
        world: Issues them.
    """

    def __init__(self, world: World) -> None:
        self._world = world
        self.begin()

    def begin(self, tokens: IssuedTokens | None = None) -> None:
        """Begin with the tokens of a login; without any, they are got when they are needed."""
        self._tokens = tokens
        #: The plan that they claim.
        self._plan_type: str | None = None
        #: Whether a refresh was refused: the account is not told any more, and the token withheld.
        self.are_over = False

    def access_token(self, login: AppServerLogin) -> str | None:
        """Return the access token in use, None when the session is over."""
        token = self._current(login).access_token
        return None if self.are_over else token

    def plan_type(self, login: AppServerLogin) -> str:
        """Return the plan that the tokens claim: what changes at the backend, only the next ones say."""
        if self._plan_type is None:
            self._plan_type = self._world.workspace(login.workspace).plan_type
        return self._plan_type

    def are_good(self, login: AppServerLogin) -> bool:
        """Tell whether the backend takes them; those past their life are renewed before."""
        self.renew(login)
        return are_taken(self._world, self._current(login).access_token, login.workspace)

    def renew(self, login: AppServerLogin) -> None:
        """Refresh tokens that are past their life; those that nobody has needed yet will be new."""
        if self._tokens is None and not self._world.account(login.account).credentials_expired:
            return
        record = self._world.state.access_tokens.get(self._current(login).access_token)
        if record is not None and self._world.now() >= record.expires_at:
            self.refresh(login)

    def refresh(self, login: AppServerLogin) -> None:
        """Get new tokens; once that is refused, it is not tried again."""
        refresh_token = self._current(login).refresh_token
        if self.are_over:
            return
        try:
            self._tokens = refresh_tokens(self._world, refresh_token, CODEX_CLIENT_ID)
        except GrantRejected:
            self.are_over = True
        else:
            self._plan_type = None
            login.last_used_at = int(self._world.now())

    def revoke(self) -> None:
        """End their session, and forget them."""
        if self._tokens is not None:
            revoke_session(self._world, self._tokens.session_id)
        self.begin()

    def _current(self, login: AppServerLogin) -> IssuedTokens:
        if self._tokens is not None and self._tokens.session_id not in self._world.state.sessions:
            # A world that was reset does not know the tokens of before.
            self.begin()
        if self._tokens is None:
            self._tokens = issue_tokens(self._world, login.account, login.workspace)
        return self._tokens


def are_taken(world: World, token: str, workspace_id: str) -> bool:
    """Tell whether the backend takes an access token for a workspace."""
    headers = {"authorization": f"Bearer {token}", "chatgpt-account-id": workspace_id}
    try:
        authenticate(world, headers, ["accessToken"])
    except CredentialsRejected:
        return False
    return True
