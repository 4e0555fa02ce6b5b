"""Who is signed in at an app-server, and the world of the backend behind it."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import Any, NamedTuple

import httpx

from codex_conformance.app_servers import Setup
from codex_conformance.probes import AppServerProbe, require
from codex_conformance.suites.server.app_servers import AppServers
from codex_mockserver.world import Workspace, World
from codex_mockserver.world.tokens import IssuedTokens, issue_tokens

__all__ = ["APPROVED", "Backed", "account_of", "backed", "client_of", "log_in_with_tokens", "open_page"]

Json = dict[str, Any]

#: A scenario in which every login is approved without a person.
APPROVED = {"settings": {"auto_approve": True, "device_interval": 1}}


class Backed(NamedTuple):
    """A client of an app-server, and the world that the suite holds behind it."""

    client: AppServerProbe
    world: World

    def workspace(self, account: str = "plus") -> Workspace:
        """Return the first workspace of an account."""
        return self.world.account(account).workspaces[0]


def client_of(app_servers: AppServers, login: str = "nobody", **setup: Any) -> AppServerProbe:
    """Start an app-server where somebody is signed in, and connect to it."""
    return app_servers.client(Setup(login=login, **setup))


def backed(app_servers: AppServers, login: str = "nobody", **setup: Any) -> Backed:
    """Do the same where the world behind it is the suite's, as the capability ``account.backend`` says."""
    server = app_servers.start(Setup(login=login, **setup))
    assert server.world is not None, "the requirement must need account.backend"
    client = app_servers.connect(server)
    client.handshake()
    return Backed(client, server.world)


def account_of(client: AppServerProbe, **params: Any) -> Any:
    """Return the account that ``account/read`` tells; None for nobody."""
    return client.ask("account/read", params).get("account")


def log_in_with_tokens(backed: Backed, account: str = "plus", **more: Any) -> IssuedTokens:
    """Sign in with tokens that the host got for an account, and wait until that is done."""
    tokens = issue_tokens(backed.world, account)
    params = {"type": "chatgptAuthTokens", "accessToken": tokens.access_token, "chatgptAccountId": tokens.account_id}
    backed.client.ask("account/login/start", {**params, **more})
    ended: Mapping[str, Any] = backed.client.wait_for("account/login/completed")["params"]
    require(ended.get("success") is True, expected="a login that succeeds", found=ended)
    backed.client.wait_for("account/updated", lambda each: each.get("authMode") == "chatgptAuthTokens")
    return tokens


def open_page(url: str) -> None:
    """Open a page of a login in a browser, and follow it back to the app-server; a mock in this process has no page."""
    with suppress(httpx.ConnectError), httpx.Client(trust_env=False, follow_redirects=True) as browser:
        browser.get(url)
