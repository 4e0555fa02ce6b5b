"""Tokens that the host of an app-server supplies, and asks of better ones."""

from __future__ import annotations

from typing import Any

import pytest

from codex_conformance.probes import at, require
from codex_conformance.suites.server.account.people import Backed, account_of, backed, client_of, log_in_with_tokens
from codex_conformance.suites.server.app_servers import AppServers
from codex_mockserver.world.tokens import IssuedTokens, expire_access_tokens, issue_tokens

_REFRESH = "account/chatgptAuthTokens/refresh"
#: How often the host may be asked before something is said to be wrong: by the start of the thread, and by its turn.
_MOST_QUESTIONS = 20
_HELLO = ({"say": [{"message": "Hello"}], "times": None},)


def _given(tokens: IssuedTokens) -> dict[str, Any]:
    """Return what a host answers when it is asked for other tokens."""
    return {"accessToken": tokens.access_token, "chatgptAccountId": tokens.account_id, "chatgptPlanType": "plus"}


def _turn_with_old_tokens(behind: Backed) -> dict[str, Any]:
    """Begin a turn with tokens that the backend no longer takes, and return the first question to the host.

    They end before the thread starts: a thread may open a connection to its model ahead, with the tokens that are good
    at that moment, and then its turn asks for no others.
    """
    log_in_with_tokens(behind)
    expire_access_tokens(behind.world, "plus")
    thread = behind.client.thread()
    said = [{"type": "text", "text": "hello"}]
    behind.client.request("turn/start", {"threadId": thread, "input": said})
    asked: dict[str, Any] = behind.client.wait_for(_REFRESH)
    return asked


@pytest.mark.codex("account.tokens.taken")
def test_tokens_of_the_host_sign_in(app_servers: AppServers) -> None:
    behind = backed(app_servers)
    log_in_with_tokens(behind)
    found = account_of(behind.client)
    said = (at(found, "/type"), at(found, "/email"))
    require(said == ("chatgpt", "plus@example.com"), expected="the account of the tokens", found=found)


@pytest.mark.codex("account.tokens.plan-given")
def test_the_plan_of_the_host_counts(app_servers: AppServers) -> None:
    behind = backed(app_servers)
    log_in_with_tokens(behind, chatgptPlanType="pro")
    found = account_of(behind.client)
    require(at(found, "/planType") == "pro", expected="the plan pro, which the host named", found=found)


@pytest.mark.codex("account.tokens.no-token")
def test_a_text_that_is_no_token_is_refused(app_servers: AppServers) -> None:
    client = client_of(app_servers)
    params = {"type": "chatgptAuthTokens", "accessToken": "x", "chatgptAccountId": "y"}
    client.refusal("account/login/start", params, misuse=False)
    require(account_of(client) is None, expected="nobody signed in", found=account_of(client))


@pytest.mark.codex("account.tokens.keep-out-others")
@pytest.mark.parametrize(
    "params", [{"type": "apiKey", "apiKey": "sk-testkit"}, {"type": "chatgpt"}], ids=["key", "web"]
)
def test_no_other_login_takes_their_place(app_servers: AppServers, params: dict[str, str]) -> None:
    behind = backed(app_servers)
    log_in_with_tokens(behind)
    behind.client.refusal("account/login/start", params, misuse=False)
    found = behind.client.ask("getAuthStatus", {})
    require(found.get("authMethod") == "chatgptAuthTokens", expected="the tokens of the host", found=found)


@pytest.mark.codex("account.tokens.refresh-asked")
def test_the_host_is_asked_for_better_tokens(app_servers: AppServers) -> None:
    behind = backed(app_servers, model=_HELLO)
    asked = _turn_with_old_tokens(behind)
    params, workspace = at(asked, "/params", dict), behind.workspace()
    said = (params.get("reason"), params.get("previousAccountId"))
    require(said == ("unauthorized", workspace.id), expected=f"unauthorized, of {workspace.id}", found=params)


@pytest.mark.codex("account.tokens.refresh-used")
def test_the_better_tokens_are_used(app_servers: AppServers) -> None:
    behind = backed(app_servers, model=_HELLO)
    asked = _turn_with_old_tokens(behind)
    behind.client.reply(at(asked, "/id", (int, str)), _given(issue_tokens(behind.world, "plus")))
    ended = behind.client.wait_for("turn/completed")["params"]
    require(at(ended, "/turn/status") == "completed", expected="a turn that is completed", found=ended)


@pytest.mark.codex("account.tokens.refresh-refused")
def test_a_turn_tells_that_the_host_has_no_better_tokens(app_servers: AppServers) -> None:
    behind = backed(app_servers, model=_HELLO)
    asked = _turn_with_old_tokens(behind)
    for _ in range(_MOST_QUESTIONS):
        behind.client.refuse(at(asked, "/id", (int, str)))
        asked = behind.client.wait_for(_REFRESH)
        if behind.client.notifications("error"):
            return
    require(holds=False, expected="the notification error", found=f"{_MOST_QUESTIONS} more questions")


@pytest.mark.codex("account.tokens.logout")
def test_a_logout_forgets_the_tokens_of_the_host(app_servers: AppServers) -> None:
    behind = backed(app_servers)
    log_in_with_tokens(behind)
    behind.client.ask("account/logout")
    behind.client.wait_for("account/updated", lambda each: each.get("authMode") is None)
    require(account_of(behind.client) is None, expected="nobody signed in", found=account_of(behind.client))
