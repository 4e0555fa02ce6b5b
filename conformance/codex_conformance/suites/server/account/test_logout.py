"""Signing out, and what several clients are told."""

from __future__ import annotations

import pytest

from codex_conformance.app_servers import Setup
from codex_conformance.probes import require
from codex_conformance.suites.server.account.people import account_of, backed, client_of
from codex_conformance.suites.server.app_servers import AppServers
from codex_mockserver.world.credentials import CredentialsRejected, authenticate

_NOBODY = {"authMode": None, "planType": None}


@pytest.mark.codex("account.logout.forgets")
@pytest.mark.parametrize("login", ["plus", "nobody"])
def test_after_a_logout_nobody_is_signed_in(app_servers: AppServers, login: str) -> None:
    client = client_of(app_servers, login)
    client.ask("account/logout")
    told = client.wait_for("account/updated", lambda each: each.get("authMode") is None)["params"]
    require(told.get("planType") is None, expected=f"account/updated with {_NOBODY}", found=told)
    require(account_of(client) is None, expected="no account", found=account_of(client))


@pytest.mark.codex("account.logout.key")
def test_a_logout_forgets_a_key(app_servers: AppServers) -> None:
    client = client_of(app_servers)
    client.ask("account/login/start", {"type": "apiKey", "apiKey": "sk-testkit-logout"})
    client.wait_for("account/updated")
    client.ask("account/logout")
    found = client.ask("getAuthStatus", {"includeToken": True})
    require(found.get("authMethod") is None, expected="no authMethod", found=found.get("authMethod"))
    require(found.get("authToken") is None, expected="no token", found="a token")


@pytest.mark.codex("account.logout.revokes")
def test_a_logout_revokes_the_tokens(app_servers: AppServers) -> None:
    client, world = backed(app_servers, "plus")
    token = client.ask("getAuthStatus", {"includeToken": True}).get("authToken")
    client.ask("account/logout")
    client.wait_for("account/updated", lambda each: each.get("authMode") is None)
    try:
        authenticate(world, {"authorization": f"Bearer {token}"}, ["accessToken"])
    except CredentialsRejected:
        return
    require(holds=False, expected="a token that the backend no longer takes", found="one that it takes")


@pytest.mark.codex("account.logout.closes-limits")
def test_after_a_logout_limits_cannot_be_read(app_servers: AppServers) -> None:
    client = client_of(app_servers, "plus")
    client.ask("account/rateLimits/read")
    client.ask("account/logout")
    error = client.refusal("account/rateLimits/read", misuse=False)
    require(error.get("code") == -32600, expected="the error -32600", found=error)


@pytest.mark.codex("account.clients.all-told", needs=("app-server.websocket",))
def test_every_client_is_told_of_a_login(app_servers: AppServers) -> None:
    server = app_servers.start(Setup(login="nobody"), websocket=True)
    clients = [app_servers.connect(server, name) for name in ("a", "b")]
    for client in clients:
        client.handshake()
    clients[0].ask("account/login/start", {"type": "apiKey", "apiKey": "sk-testkit-clients"})
    for client in clients:
        client.wait_for("account/login/completed", lambda each: each.get("success") is True)
        client.wait_for("account/updated", lambda each: each.get("authMode") == "apikey")


@pytest.mark.codex("account.clients.same-account", needs=("app-server.websocket",))
def test_every_client_has_the_same_account(app_servers: AppServers) -> None:
    server = app_servers.start(Setup(login="nobody"), websocket=True)
    first, second = (app_servers.connect(server, name) for name in ("a", "b"))
    first.handshake()
    first.ask("account/login/start", {"type": "apiKey", "apiKey": "sk-testkit-clients"})
    first.wait_for("account/updated")
    second.handshake()
    found = account_of(second)
    require(found == account_of(first), expected="the account of the first client", found=found)
