"""Who is signed in when another server starts in the same home."""

from __future__ import annotations

import pytest

from codex_conformance.app_servers import Server, Setup
from codex_conformance.probes import AppServerProbe, at, require
from codex_conformance.suites.server.account.people import Backed, account_of, log_in_with_tokens
from codex_conformance.suites.server.app_servers import AppServers


@pytest.fixture
def server(app_servers: AppServers) -> Server:
    """Return a server in a home in which nobody is signed in."""
    return app_servers.start(Setup(login="nobody"))


def _client(app_servers: AppServers, server: Server) -> AppServerProbe:
    client = app_servers.connect(server)
    client.handshake()
    return client


def _log_in_with_a_key(client: AppServerProbe) -> None:
    client.ask("account/login/start", {"type": "apiKey", "apiKey": "sk-testkit-restart"})
    client.wait_for("account/updated")


@pytest.mark.codex("account.restart.key")
def test_a_key_is_kept(app_servers: AppServers, server: Server) -> None:
    _log_in_with_a_key(_client(app_servers, server))
    server.restart()
    found = account_of(_client(app_servers, server))
    require(at(found, "/type") == "apiKey", expected="an account of the type apiKey", found=found)


@pytest.mark.codex("account.restart.logout")
def test_a_logout_is_for_good(app_servers: AppServers, server: Server) -> None:
    client = _client(app_servers, server)
    _log_in_with_a_key(client)
    client.ask("account/logout")
    server.restart()
    found = account_of(_client(app_servers, server))
    require(found is None, expected="nobody signed in", found=found)


@pytest.mark.codex("account.restart.tokens")
def test_tokens_of_the_host_are_not_kept(app_servers: AppServers, server: Server) -> None:
    assert server.world is not None, "the requirement must need account.backend"
    log_in_with_tokens(Backed(_client(app_servers, server), server.world))
    server.restart()
    found = account_of(_client(app_servers, server))
    require(found is None, expected="nobody signed in", found=found)
