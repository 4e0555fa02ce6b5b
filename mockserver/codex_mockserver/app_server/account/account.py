"""Who is signed in at the app-server, in the world that the HTTP backend has too."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from codex_mockserver.app_server._errors import INTERNAL, RpcError
from codex_mockserver.app_server._kept import kept
from codex_mockserver.app_server.account._own_tokens import OwnTokens, are_taken
from codex_mockserver.app_server.configuration import needs_openai_login
from codex_mockserver.world import Account as Person
from codex_mockserver.world import AppServerLogin, Workspace
from codex_mockserver.world.tokens import IssuedTokens
from codex_mockserver.world.workspaces import accounts_check
from codex_schemas.account import SignedIn

if TYPE_CHECKING:
    from codex_mockserver.app_server._server import AppServer
    from codex_mockserver.app_server.account._logins import PendingLogin

__all__ = ["Account", "External", "Member"]

Json = dict[str, Any]

#: The modes in which somebody is signed in to ChatGPT.
_CHATGPT = frozenset({"chatgpt", "chatgptAuthTokens"})
_OVERRIDES = frozenset({"NO_CONSTRAINT", "us", "us_cr"})


@dataclass(frozen=True, slots=True)
class External:
    """Tokens that the host supplied; they are never kept."""

    token: str
    signed_in: SignedIn


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody who is signed in to ChatGPT, and what the world knows of them."""

    signed_in: SignedIn
    person: Person
    workspace: Workspace


class Account:
    """The login of one app-server.

    Args:
        server: The server; its world has the accounts, and keeps who is signed in.
    """

    def __init__(self, server: AppServer) -> None:
        self._server = server
        #: The login that waits for a person.
        self.pending: PendingLogin | None = None
        #: What the host supplied, while that is in force.
        self.external: External | None = None
        #: The API key that a client gave.
        self.api_key: str | None = None
        self._own = OwnTokens(server.world)
        self._is_announced = False

    @property
    def mode(self) -> str | None:
        """How somebody is signed in, as ``account/updated`` says it."""
        if self.external is not None:
            return "chatgptAuthTokens"
        login = kept(self._server).login
        return None if login is None else login.mode

    @property
    def is_chatgpt(self) -> bool:
        """Whether somebody is signed in to ChatGPT."""
        return self.mode in _CHATGPT

    @property
    def signed_in(self) -> SignedIn | None:
        """Who is signed in to ChatGPT."""
        if self.external is not None:
            return self.external.signed_in
        if (login := self._own_login) is None:
            return None
        person, workspace = self._server.world.account(login.account), self._server.world.workspace(login.workspace)
        plan_type = self._own.plan_type(login)
        return SignedIn(workspace.id, person.user_id, person.email, plan_type, login.last_used_at)

    @property
    def token(self) -> str | None:
        """The API key or the access token that requests would carry."""
        if self.external is not None:
            return self.external.token
        login = self._own_login
        return self.api_key if login is None else self._own.access_token(login)

    @property
    def is_over(self) -> bool:
        """Whether the backend has refused to refresh the login for good; tokens past their life are refreshed now."""
        if (login := self._own_login) is not None:
            self._own.renew(login)
        return self._own.are_over

    @property
    def is_taken(self) -> bool:
        """Whether the backend takes the tokens in use."""
        if self.external is not None:
            return are_taken(self._server.world, self.external.token, self.external.signed_in.account_id)
        login = self._own_login
        return login is not None and self._own.are_good(login)

    def member(self, what: str) -> Member:
        """Return who is signed in to ChatGPT, for a call that the backend takes.

        Args:
            what: What that is needed for, as an error says it: ``to read rate limits``.

        Raises:
            RpcError: Nobody is, or the backend does not take the tokens.
        """
        member = self._member(what)
        if not self.is_taken:
            raise RpcError(f"the backend refused the credentials {what}: 401 Unauthorized", INTERNAL)
        return member

    def check(self) -> Json | None:
        """Return what ``accounts/check`` answers; None in releases that do not ask.

        Raises:
            RpcError: It does not say where the traffic goes.
        """
        if not self._server.traits.checks_routing:
            return None
        member = self._member("to discover workspace routing")
        if member.workspace.backend_origin is None:
            raise RpcError("workspace routing discovery missing backend origin", INTERNAL)
        if member.workspace.routing_override not in _OVERRIDES:
            raise RpcError("workspace routing discovery has invalid account routing override", INTERNAL)
        return accounts_check(member.person, member.workspace)

    def sign_in(self, login: AppServerLogin, *, tokens: IssuedTokens | None = None, api_key: str | None = None) -> None:
        """Take the place of whoever was signed in."""
        self.external = None
        login.last_used_at = int(self._server.world.now())
        kept(self._server).login = login
        self._own.begin(tokens)
        self.api_key = api_key

    def sign_out(self) -> None:
        """Forget who is signed in, and revoke the tokens."""
        self._own.revoke()
        self.external = self.api_key = None
        kept(self._server).login = None

    def refresh(self) -> None:
        """Get new tokens, where the server keeps the login itself."""
        if self.external is None and (login := self._own_login) is not None:
            self._own.refresh(login)

    def move_to(self, workspace: Workspace) -> None:
        """Work in another workspace of the same person."""
        login = kept(self._server).login
        if login is not None:
            login.workspace = workspace.id
            login.last_used_at = int(self._server.world.now())
            self._own.begin()

    def announce(self) -> None:
        """Tell everyone who is signed in now."""
        signed_in = self.signed_in
        plan = None if signed_in is None else self.plan_of(signed_in)
        self._server.notify_all("account/updated", {"authMode": self.mode, "planType": plan})

    def announce_beginning(self) -> None:
        """Tell who is signed in once in the life of the process, as releases do that look where traffic goes."""
        if self._server.traits.checks_routing and self.is_chatgpt and not self._is_announced and not self.is_over:
            self._is_announced = True
            self.announce()

    def plan_of(self, signed_in: SignedIn) -> str:
        """Return a plan type in the words of the release."""
        known = self._server.contract.definitions["v2/PlanType"]["enum"]
        plan = signed_in.plan_type
        return plan if plan is not None and plan in known else "unknown"

    def read(self) -> Json:
        """Return what ``account/read`` answers for those who are not signed in to ChatGPT."""
        forms = {"apikey": {"type": "apiKey"}}
        bedrock = {"type": "amazonBedrock", "usesCodexManagedCredentials": True}
        is_wanted = needs_openai_login(self._server)
        mode = self.mode or ""
        account = bedrock if mode.startswith("bedrock") else forms.get(mode) if is_wanted else None
        return {"account": account, "requiresOpenaiAuth": is_wanted}

    @property
    def _own_login(self) -> AppServerLogin | None:
        """The ChatGPT login that the server keeps itself."""
        login = kept(self._server).login
        return login if login is not None and login.mode in _CHATGPT else None

    def _member(self, what: str) -> Member:
        """Return who is signed in to ChatGPT, whether or not the backend takes the tokens."""
        signed_in = self.signed_in
        if signed_in is None:
            kind = "codex account" if self.mode is None else "chatgpt"
            raise RpcError(f"{kind} authentication required {what}")
        for person, workspace in self._server.world.workspaces():
            if workspace.id == signed_in.account_id and person.user_id == signed_in.user_id:
                return Member(signed_in, person, workspace)
        raise RpcError("workspace routing discovery unauthorized (401)", INTERNAL)
