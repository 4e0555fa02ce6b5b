"""The account messages of the real app-server, with the mock behind it."""

from __future__ import annotations

from typing import Any

import pytest

from codex_mockserver.world.tokens import issue_tokens

READ_LIMITS = "account/rateLimits/read"


def log_in_as(account: str):
    return pytest.mark.parametrize("logged_in", [account], indirect=True, ids=[account])


def test_browser_login(codex, backend, login_port, app_server, person) -> None:
    started = app_server.result("account/login/start", {"type": "chatgpt"})

    person.decide(started["authUrl"], account="team")

    completed = app_server.notification("account/login/completed")
    assert (completed["success"], completed["loginId"]) == (True, started["loginId"])
    assert app_server.notification("account/updated") == {"authMode": "chatgpt", "planType": "team"}
    account = app_server.result("account/read", {})["account"]
    assert (account["type"], account["email"], account["planType"]) == ("chatgpt", "team@example.com", "team")


def test_device_login(backend, app_server, person) -> None:
    started = app_server.result("account/login/start", {"type": "chatgptDeviceCode"})
    assert started["verificationUrl"] == "https://auth.openai.com/codex/device"

    person.enter_code(started["userCode"], account="pro")

    assert app_server.notification("account/login/completed")["success"]
    assert app_server.notification("account/updated") == {"authMode": "chatgpt", "planType": "pro"}
    assert app_server.result("account/read", {})["account"]["planType"] == "pro"


def test_login_cancelled(app_server) -> None:
    started = app_server.result("account/login/start", {"type": "chatgptDeviceCode"})

    answer = app_server.result("account/login/cancel", {"loginId": started["loginId"]})

    assert answer == {"status": "canceled"}
    assert app_server.notification("account/login/completed")["success"] is False


def test_external_tokens_are_asked_for_again_after_401(codex, backend, app_server) -> None:
    """The host supplies a token that is dead; when a model call is refused, the server asks the host for another."""
    dead = issue_tokens(backend.world, "plus")
    backend.world.state.access_tokens[dead.access_token].status = "revoked"
    fresh = issue_tokens(backend.world, "plus")

    def supply(tokens) -> dict[str, Any]:
        plan = "plus"
        return {"accessToken": tokens.access_token, "chatgptAccountId": tokens.account_id, "chatgptPlanType": plan}

    app_server.send(
        {"id": "login", "method": "account/login/start", "params": {"type": "chatgptAuthTokens", **supply(dead)}}
    )
    if not codex.is_new:
        # The old release asks only when a model call is refused.
        app_server.notification("account/login/completed")
        thread = app_server.result("thread/start", {"cwd": str(codex.work)})["thread"]["id"]
        text = {"type": "text", "text": "hello", "text_elements": []}
        app_server.send({"id": "turn", "method": "turn/start", "params": {"threadId": thread, "input": [text]}})
    request = app_server._await(lambda message: message.get("method") == "account/chatgptAuthTokens/refresh")
    app_server.send({"id": request["id"], "result": supply(fresh)})

    if codex.is_new:
        assert app_server.notification("account/login/completed")["success"]
    else:
        assert app_server.notification("turn/completed")["turn"]["status"] == "completed"


def test_account_read(codex, backend, logged_in) -> None:
    result = logged_in.result("account/read", {})

    workspace = backend.world.account("team").workspaces[0]
    assert result["account"]["email"] == "team@example.com"
    if codex.is_new:
        assert result["account"]["workspaceName"] == workspace.name
        assert result["workspaceRouting"]["chatgptAccountId"] == workspace.id
        assert result["workspaceRouting"]["accountRoutingOverride"] == "NO_CONSTRAINT"


@log_in_as("mystery")
def test_an_unknown_plan_type_does_not_lose_the_account(logged_in) -> None:
    assert logged_in.result("account/read", {})["account"]["planType"] == "unknown"
    assert logged_in.result(READ_LIMITS)["rateLimits"]["planType"] == "unknown"


def test_a_forced_refresh(codex, backend, logged_in) -> None:
    before = codex.auth["tokens"]["refresh_token"]

    logged_in.result("account/read", {"refreshToken": True})

    assert codex.auth["tokens"]["refresh_token"] != before
    refresh = backend.journal.single_request("exchangeToken")
    assert refresh.json.get("refresh_reason") == ("forced" if codex.is_new else None)


@log_in_as("limited")
def test_rate_limits(codex, backend, logged_in) -> None:
    """The app-server's numbers are those of the world."""
    result = logged_in.result(READ_LIMITS)

    limits = result["rateLimits"]
    assert limits["primary"]["usedPercent"] == 100
    assert limits["primary"]["windowDurationMins"] == 300
    assert limits["rateLimitReachedType"] == "rate_limit_reached"
    assert result["rateLimitResetCredits"]["availableCount"] == 1
    if codex.is_new:
        assert result["ordinaryUsageAllowed"] is False


@log_in_as("limited")
def test_a_reset_is_spent_once(backend, logged_in) -> None:
    def consume(key: str) -> str:
        return logged_in.result("account/rateLimitResetCredit/consume", {"idempotencyKey": key})["outcome"]

    assert [consume("one"), consume("one"), consume("two")] == ["reset", "alreadyRedeemed", "noCredit"]
    assert logged_in.result(READ_LIMITS)["rateLimits"]["primary"]["usedPercent"] == 0


@log_in_as("plus")
def test_without_credits_there_is_nothing_to_spend(logged_in) -> None:
    result = logged_in.result("account/rateLimitResetCredit/consume", {"idempotencyKey": "one"})

    assert result["outcome"] in ("noCredit", "nothingToReset")


def test_usage(backend, logged_in) -> None:
    workspace = backend.world.account("team").workspaces[0]
    workspace.tokens_by_day["2026-11-01"] = 1234

    result = logged_in.result("account/usage/read")

    assert result["summary"]["lifetimeTokens"] == 1234
    assert {"startDate": "2026-11-01", "tokens": 1234} in result["dailyUsageBuckets"]


def test_a_nudge_has_a_cool_down(backend, logged_in) -> None:
    def nudge() -> str:
        return logged_in.result("account/sendAddCreditsNudgeEmail", {"creditType": "credits"})["status"]

    assert [nudge(), nudge()] == ["sent", "cooldown_active"]
    backend.world.clock.advance(7 * 24 * 3600)
    assert nudge() == "sent"


def test_the_reads_of_the_new_release(codex, backend, logged_in) -> None:
    if not codex.is_new:
        pytest.skip("0.141.0 has no workspace messages, security setup or sessions")

    assert logged_in.result("account/workspaceMessages/read")["featureEnabled"] is True
    assert "notice" in logged_in.result("account/securitySetup/read")
    listed = logged_in.result("accountSession/list", {"refreshWorkspaceMetadata": True})
    names = [workspace["name"] for session in listed["sessions"] for workspace in session["workspaces"]]
    assert names == [workspace.name for workspace in backend.world.account("team").workspaces]


def test_switching_the_workspace(codex, backend, logged_in) -> None:
    if not codex.is_new:
        pytest.skip("0.141.0 cannot switch workspaces")
    session = logged_in.result("accountSession/list", {"refreshWorkspaceMetadata": True})["sessions"][0]
    other = backend.world.account("team").workspaces[1].id

    logged_in.result("accountSession/switch", {"sessionId": session["sessionId"], "accountId": other})

    assert logged_in.result("account/read", {})["workspaceRouting"]["chatgptAccountId"] == other


def test_logout(codex, backend, logged_in) -> None:
    token = codex.auth["tokens"]["refresh_token"]

    assert logged_in.result("account/logout") == {}

    assert backend.world.state.refresh_tokens[token].status == "revoked"
    assert logged_in.result("account/read", {})["account"] is None


def test_without_a_login_the_limits_cannot_be_read(app_server) -> None:
    assert app_server.call(READ_LIMITS)["error"]["code"] == -32600


def test_a_turn(codex, backend, logged_in) -> None:
    """A thread and a turn through the app-server end with the echo, and with new rate limits."""
    thread = logged_in.result("thread/start", {"cwd": str(codex.work)})["thread"]["id"]
    text = {"type": "text", "text": "about tides", "text_elements": []}

    logged_in.result("turn/start", {"threadId": thread, "input": [text]})

    assert logged_in.notification("turn/completed")["turn"]["status"] == "completed"
    assert logged_in.notification("account/rateLimits/updated")["rateLimits"]["primary"]["usedPercent"] >= 0
