"""Logins that wait for a person: in a browser, or with a device code."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Generator
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, quote_plus, urlencode

from codex_mockserver.app_server._errors import RpcError
from codex_mockserver.app_server._tasks import Pause, Steps
from codex_mockserver.world import AppServerLogin
from codex_mockserver.world.authorization_codes import challenge_of, redeem_code
from codex_mockserver.world.device_codes import (
    DEVICE_REDIRECT_URI,
    AuthorizationPending,
    begin_device_login,
    poll_device,
)
from codex_mockserver.world.logins import AccessDenied, approve_login, begin_login
from codex_mockserver.world.tokens import CODEX_CLIENT_ID, CODEX_SCOPE, GrantRejected, IssuedTokens

if TYPE_CHECKING:
    from codex_mockserver.app_server._server import AppServer

__all__ = ["BrowserLogin", "DeviceLogin", "PendingLogin", "begin"]

Json = dict[str, Any]

#: Seconds between two looks at what the person has decided.
_LOOK = 0.2
#: Seconds until a login is over.
_BROWSER_LIFE = 600
_DEVICE_LIFE = 900


class LoginFailed(Exception):  # noqa: N818 (an answer of the protocol, not a fault of the program)
    """A login ends without tokens; the text is what clients are told."""


class PendingLogin(ABC):
    """A login that waits; its id is what clients cancel it by."""

    #: What its failures begin with.
    prefix = ""
    life = 0

    def __init__(self, server: AppServer) -> None:
        self.server = server
        self.id = server.world.ids.uuid()
        #: Why it was ended from outside.
        self.ended: str | None = None

    @abstractmethod
    def answer(self) -> Json:
        """Return what ``account/login/start`` answers."""

    @abstractmethod
    def tokens(self) -> IssuedTokens | None:
        """Return the tokens, or None while nobody has decided.

        Raises:
            LoginFailed: It is over without.
        """

    def end(self, reason: str) -> None:
        """End it without a person; everyone is told."""
        self.ended = reason
        self.tell(f"{self.prefix}{reason}")

    def tell(self, error: str | None) -> None:
        """Tell everyone how it ended."""
        params = {"loginId": self.id, "success": error is None, "error": error, "onboardingEntrypoint": None}
        self.server.notify_all("account/login/completed", params)


class BrowserLogin(PendingLogin):
    """A login on the page of the authorization server; this server finds the code in the world by itself."""

    prefix = "Login server error: "
    life = _BROWSER_LIFE

    def __init__(self, server: AppServer, originator: str) -> None:
        super().__init__(server)
        self._originator = originator
        #: Why it is denied, where it is.
        self._refusal = "The person declined the login."
        self._verifier = server.world.ids.secret()
        self._challenge = challenge_of(self._verifier)
        self._state = server.world.ids.secret()
        host = "127.0.0.1" if server.traits.hosts_login_by_number else "localhost"
        self._redirect_uri = f"http://{host}:1455/auth/callback"

    def answer(self) -> Json:
        """Return the page to open."""
        url = f"{self.server.issuer}/oauth/authorize?{self._query()}"
        return {"type": "chatgpt", "loginId": self.id, "authUrl": url}

    def approve(self, account: str) -> None:
        """Decide in the place of a person."""
        login = begin_login(
            self.server.world,
            client_id=CODEX_CLIENT_ID,
            redirect_uri=self._redirect_uri,
            state=self._state,
            scope=CODEX_SCOPE,
            code_challenge=self._challenge,
        )
        try:
            approve_login(self.server.world, login, account)
        except AccessDenied as denied:
            self._refusal = denied.description

    def tokens(self) -> IssuedTokens | None:
        """Redeem the code that a decision left in the world."""
        state = self.server.world.state
        for code, record in list(state.authorization_codes.items()):
            if record.code_challenge == self._challenge:
                return self._redeemed(code)
        for login in state.logins.values():
            if login.code_challenge == self._challenge and login.status == "denied":
                raise LoginFailed(f"Sign-in failed: {self._refusal}")
        return None

    def _redeemed(self, code: str) -> IssuedTokens:
        try:
            return redeem_code(
                self.server.world,
                code,
                client_id=CODEX_CLIENT_ID,
                redirect_uri=self._redirect_uri,
                verifier=self._verifier,
            )
        except GrantRejected as rejected:
            raise LoginFailed(rejected.message) from None

    def _query(self) -> str:
        challenge = {"code_challenge": self._challenge, "code_challenge_method": "S256"}
        head = {"response_type": "code", "client_id": CODEX_CLIENT_ID, "redirect_uri": self._redirect_uri}
        flags = {"id_token_add_organizations": "true", "codex_cli_simplified_flow": "true"}
        scope, state, sender = {"scope": CODEX_SCOPE}, {"state": self._state}, {"originator": self._originator}
        if self.server.traits.hosts_login_by_number:
            return urlencode({**head, **challenge, **state, **scope, **flags, **sender}, quote_via=quote_plus)
        return urlencode({**head, **scope, **challenge, **flags, **state, **sender}, quote_via=quote)


class DeviceLogin(PendingLogin):
    """A login with a code that is typed on another device."""

    life = _DEVICE_LIFE

    def __init__(self, server: AppServer) -> None:
        super().__init__(server)
        self._device = begin_device_login(server.world, CODEX_CLIENT_ID)

    def answer(self) -> Json:
        """Return the page to open and the code to type there."""
        return {
            "type": "chatgptDeviceCode",
            "loginId": self.id,
            "verificationUrl": f"{self.server.issuer}/codex/device",
            "userCode": self._device.user_code,
        }

    def tokens(self) -> IssuedTokens | None:
        """Ask for the decision as a device does."""
        settings = self.server.script.settings
        approver = settings.auto_approve_account if settings.auto_approve else None
        try:
            device = poll_device(self.server.world, self._device.id, self._device.user_code, auto_approve=approver)
            return redeem_code(
                self.server.world,
                device.authorization_code or "",
                client_id=CODEX_CLIENT_ID,
                redirect_uri=DEVICE_REDIRECT_URI,
                verifier=device.code_verifier or "",
            )
        except AuthorizationPending:
            return None
        except GrantRejected:
            raise LoginFailed("device auth failed with status 400 Bad Request") from None


def begin(login: PendingLogin) -> Steps:
    """Wait until a person has decided, or the login is ended or over."""
    account = login.server.account
    try:
        tokens = yield from _decision(login)
    except LoginFailed as failed:
        account.pending = None
        login.tell(f"{login.prefix}{failed}")
        return
    if tokens is None:
        return
    account.pending = None
    session = login.server.world.state.sessions[tokens.session_id]
    account.sign_in(AppServerLogin("chatgpt", session.account, session.workspace), tokens=tokens)
    try:
        account.check()
    except RpcError as error:
        # Somebody is signed in then, all the same.
        login.tell(error.message)
        return
    login.tell(None)
    account.announce()


def _decision(login: PendingLogin) -> Generator[Pause, Any, IssuedTokens | None]:
    """Wait for the tokens; None when the login was ended from outside."""
    deadline = login.server.tasks.now() + login.life
    while login.ended is None:
        if (tokens := login.tokens()) is not None:
            return tokens
        if login.server.tasks.now() >= deadline:
            raise LoginFailed("Login timed out")
        yield Pause(_LOOK)
    return None
