"""The life of tokens as a state machine that walks with a login server."""

from __future__ import annotations

from dataclasses import dataclass, field

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from codex_conformance.fuzzing import Machine, Search
from codex_conformance.suites.server.oauth.answers import require_refusal
from codex_conformance.suites.server.oauth.logins import Code, Logins

__all__ = ["TokenLife"]

#: Logins of one walk.
_MOST = 3


@dataclass
class _Session:
    """A login as the model sees it."""

    code: Code
    refresh_token: str
    #: Refresh tokens that were used, and give nothing any more.
    spent: list[str] = field(default_factory=list)
    is_revoked: bool = False


class TokenLife(Machine):
    """Logs in, refreshes, and tries what is over again."""

    def __init__(self, found: Search, logins: Logins) -> None:
        super().__init__(found)
        self.logins = logins
        self.sessions: list[_Session] = []

    @precondition(lambda self: len(self.sessions) < _MOST)
    @rule()
    def log_in(self) -> None:
        """Log in."""
        code = self.logins.code()
        tokens = self.logins.redeem(code).require_status(200)
        self.sessions.append(_Session(code, tokens.at("/refresh_token", str)))

    @precondition(lambda self: self.live)
    @rule(data=st.data())
    def refresh(self, data: st.DataObject) -> None:
        """Refresh a live session; a server that rotates ends the life of the old token."""
        session = data.draw(st.sampled_from(self.live))
        answer = self.logins.refreshed(session.refresh_token)
        answer.at("/access_token", str)
        new = answer.at("/refresh_token", str) if answer.has("/refresh_token") else session.refresh_token
        if new != session.refresh_token:
            session.spent.append(session.refresh_token)
            session.refresh_token = new

    @precondition(lambda self: any(each.spent for each in self.sessions))
    @rule(data=st.data())
    def use_a_spent_token(self, data: st.DataObject) -> None:
        """Refresh with a token that was refreshed before."""
        session = data.draw(st.sampled_from([each for each in self.sessions if each.spent]))
        require_refusal(self.logins.refresh(data.draw(st.sampled_from(session.spent))), "a spent refresh token")
        self._doubt(session)

    @precondition(lambda self: self.sessions)
    @rule(data=st.data())
    def redeem_a_code_again(self, data: st.DataObject) -> None:
        """Redeem a code for the second time."""
        session = data.draw(st.sampled_from(self.sessions))
        require_refusal(self.logins.redeem(session.code), "a code that was used")
        self._doubt(session)

    @precondition(lambda self: self.live)
    @rule(data=st.data())
    def revoke(self, data: st.DataObject) -> None:
        """Log a session out."""
        session = data.draw(st.sampled_from(self.live))
        self.logins.revoke(session.refresh_token).require_status(200)
        session.is_revoked = True

    @precondition(lambda self: len(self.live) < len(self.sessions))
    @rule(data=st.data())
    def use_a_revoked_token(self, data: st.DataObject) -> None:
        """Refresh a session that was logged out."""
        session = data.draw(st.sampled_from([each for each in self.sessions if each.is_revoked]))
        require_refusal(self.logins.refresh(session.refresh_token), "a revoked refresh token")

    @property
    def live(self) -> list[_Session]:
        """The sessions whose refresh token must be good."""
        return [each for each in self.sessions if not each.is_revoked]

    def _doubt(self, session: _Session) -> None:
        """Forget a session: a server may end it when somebody uses again what was used, and need not."""
        self.sessions.remove(session)
