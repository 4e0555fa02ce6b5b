"""Who is signed in, as ``account/read`` and ``getAuthStatus`` tell it."""

from __future__ import annotations

import pytest

from codex_conformance.app_servers import Setup
from codex_conformance.probes import at, require
from codex_conformance.suites.server.account.people import account_of, backed, client_of
from codex_conformance.suites.server.app_servers import AppServers
from codex_mockserver.world.tokens import terminate_session

_UNROUTED = {"accounts": {"plus": {"routing": False}}}


@pytest.mark.codex("account.read.nobody")
def test_nobody_is_signed_in(app_servers: AppServers) -> None:
    found = client_of(app_servers).ask("account/read", {})
    said = (found.get("account"), found.get("requiresOpenaiAuth"))
    require(said == (None, True), expected="no account, and that a login is needed", found=found)


@pytest.mark.codex("account.read.own-provider")
def test_a_provider_of_ones_own_needs_no_login(app_servers: AppServers) -> None:
    found = app_servers.client().ask("account/read", {})
    said = (found.get("account"), found.get("requiresOpenaiAuth"))
    require(said == (None, False), expected="no account, and that no login is needed", found=found)


@pytest.mark.codex("account.read.api-key")
def test_a_key_is_told_without_the_key(app_servers: AppServers) -> None:
    client = client_of(app_servers)
    client.ask("account/login/start", {"type": "apiKey", "apiKey": "sk-testkit-read"})
    client.wait_for("account/updated")
    found = client.ask("account/read", {})
    require(at(found, "/account/type") == "apiKey", expected="an account of the type apiKey", found=found)
    require("sk-testkit-read" not in str(found), expected="an answer without the key", found="one with it")


@pytest.mark.codex("account.read.chatgpt")
@pytest.mark.parametrize("login", ["free", "team"])
def test_a_subscriber_is_told_with_address_and_plan(app_servers: AppServers, login: str) -> None:
    found = account_of(client_of(app_servers, login))
    said = tuple(at(found, f"/{each}") for each in ("type", "email", "planType"))
    wanted = ("chatgpt", f"{login}@example.com", login)
    require(said == wanted, expected=str(wanted), found=found)


@pytest.mark.codex("account.read.unknown-plan")
def test_a_plan_that_nobody_knows_is_unknown(app_servers: AppServers) -> None:
    found = account_of(client_of(app_servers, "mystery"))
    require(at(found, "/planType") == "unknown", expected="planType unknown", found=found)


@pytest.mark.codex("account.read.user-id")
def test_the_user_is_named(app_servers: AppServers) -> None:
    client, world = backed(app_servers, "plus")
    found, user = client.ask("account/read", {}), world.account("plus").user_id
    require(at(found, "/userId") == user, expected=f"userId {user}", found=found)


@pytest.mark.codex("account.read.routing")
def test_the_routing_is_that_of_the_workspace(app_servers: AppServers) -> None:
    behind = backed(app_servers, "team")
    workspace = behind.workspace("team")
    found = at(behind.client.ask("account/read", {}), "/workspaceRouting", dict)
    said = tuple(found.get(each) for each in ("chatgptAccountId", "backendOrigin", "accountRoutingOverride"))
    wanted = (workspace.id, workspace.backend_origin, workspace.routing_override)
    require(said == wanted, expected=str(wanted), found=found)


@pytest.mark.codex("account.read.workspace-name")
def test_the_workspace_has_its_name(app_servers: AppServers) -> None:
    found = account_of(client_of(app_servers, "team"))
    require(at(found, "/workspaceName") == "Acme", expected="workspaceName Acme", found=found)


@pytest.mark.codex("account.read.routing-missing")
def test_an_account_without_a_route_is_refused(app_servers: AppServers) -> None:
    client = client_of(app_servers, "plus", scenario=_UNROUTED)
    error = client.refusal("account/read", {}, misuse=False)
    require(error.get("code") == -32603, expected="the error -32603", found=error)


@pytest.mark.codex("account.read.refreshes")
def test_a_refresh_brings_another_token_of_the_same_account(app_servers: AppServers) -> None:
    client = client_of(app_servers, "plus")
    first, before = client.ask("getAuthStatus", {"includeToken": True}), account_of(client)
    after = account_of(client, refreshToken=True)
    second = client.ask("getAuthStatus", {"includeToken": True})
    require(after == before, expected=f"the account as before: {before}", found=after)
    differs = at(first, "/authToken", str) != at(second, "/authToken", str)
    require(differs, expected="another token than before", found="the same")


@pytest.mark.codex("account.read.plan-of-token")
def test_a_new_plan_is_told_with_the_next_token(app_servers: AppServers) -> None:
    behind = backed(app_servers, "plus")
    before = account_of(behind.client)
    behind.workspace().plan_type = "pro"
    meanwhile, after = account_of(behind.client), account_of(behind.client, refreshToken=True)
    plans = [at(each, "/planType") for each in (before, meanwhile, after)]
    require(plans == ["plus", "plus", "pro"], expected="plus until the refresh, then pro", found=plans)


@pytest.mark.codex("account.read.credentials-over")
def test_credentials_that_cannot_be_refreshed_are_nobody(app_servers: AppServers) -> None:
    found = client_of(app_servers, "expired").ask("account/read", {})
    said = (found.get("account"), found.get("requiresOpenaiAuth"))
    require(said == (None, True), expected="no account, and that a login is needed", found=found)


@pytest.mark.codex("account.status.token-withheld")
def test_a_token_that_is_over_is_withheld(app_servers: AppServers) -> None:
    client = client_of(app_servers, "expired")
    client.ask("account/read", {})
    found = client.ask("getAuthStatus", {"includeToken": True})
    require(found.get("authToken") is None, expected="no token", found="a token")


@pytest.mark.codex("account.read.session-over")
def test_a_session_that_is_over_is_nobody(app_servers: AppServers) -> None:
    client, world = backed(app_servers, "plus")
    client.ask("getAuthStatus", {"includeToken": True})
    for session in list(world.state.sessions):
        terminate_session(world, session)
    found = client.ask("account/read", {"refreshToken": True})
    require(found.get("account") is None, expected="no account", found=found)


@pytest.mark.codex("account.status.method")
@pytest.mark.parametrize(("login", "method"), [("nobody", None), ("plus", "chatgpt")])
def test_the_way_to_sign_in_is_told(app_servers: AppServers, login: str, method: str | None) -> None:
    found = client_of(app_servers, login).ask("getAuthStatus", {})
    require(found.get("authMethod") == method, expected=f"authMethod {method}", found=found)


@pytest.mark.codex("account.status.token-on-request")
def test_a_token_is_told_only_on_request(app_servers: AppServers) -> None:
    client = client_of(app_servers, "plus")
    for params in ({}, {"includeToken": False}):
        found = client.ask("getAuthStatus", params)
        require(found.get("authToken") is None, expected=f"no token for {params}", found="a token")


@pytest.mark.codex("account.status.token-given")
def test_the_token_is_told_on_request(app_servers: AppServers) -> None:
    client = client_of(app_servers)
    client.ask("account/login/start", {"type": "apiKey", "apiKey": "sk-testkit-status"})
    client.wait_for("account/updated")
    found = client.ask("getAuthStatus", {"includeToken": True})
    require(found.get("authMethod") == "apikey", expected="authMethod apikey", found=found.get("authMethod"))
    given = found.get("authToken")
    require(given == "sk-testkit-status", expected="the key that was given", found="another" if given else "none")


@pytest.mark.codex("account.status.agrees")
@pytest.mark.parametrize("setup", [Setup(login="nobody"), Setup()], ids=["nobody", "a provider of one's own"])
def test_both_ways_to_ask_agree(app_servers: AppServers, setup: Setup) -> None:
    client = app_servers.client(setup)
    found = [client.ask(method, {}).get("requiresOpenaiAuth") for method in ("account/read", "getAuthStatus")]
    require(found[0] == found[1], expected="the same requiresOpenaiAuth", found=found)


@pytest.mark.codex("account.updated.at-start")
def test_the_account_is_announced_once_at_the_start(app_servers: AppServers) -> None:
    client = client_of(app_servers, "plus")
    client.ask("account/read", {})
    client.wait_for("account/updated")
    client.settle()
    found = client.notifications("account/updated")
    require(found == [{"authMode": "chatgpt", "planType": "plus"}], expected="one account/updated", found=found)
