"""What was used, and what a workspace tells its members; moving to another workspace."""

from __future__ import annotations

from typing import Any

import pytest

from codex_conformance.probes import at, require
from codex_conformance.suites.server.account.people import account_of, backed, client_of
from codex_conformance.suites.server.app_servers import AppServers
from codex_mockserver.world import WorkspaceMessage
from codex_mockserver.world.limits import record_turn

_REFUSED = -32600
_THREAD = "0199aaaa-0000-7000-8000-000000000001"


@pytest.mark.codex("account.usage.summary")
def test_the_used_tokens_are_summed(app_servers: AppServers) -> None:
    behind = backed(app_servers, "plus")
    record_turn(behind.world, behind.workspace(), 1234, seconds=7)
    found = at(behind.client.ask("account/usage/read"), "/summary", dict)
    names = ("lifetimeTokens", "peakDailyTokens", "longestRunningTurnSec", "currentStreakDays", "longestStreakDays")
    said = tuple(found.get(name) for name in names)
    require(said == (1234, 1234, 7, 1, 1), expected="1234 tokens in one day, and a turn of 7 s", found=found)


@pytest.mark.codex("account.usage.days")
def test_the_used_tokens_are_told_by_day(app_servers: AppServers) -> None:
    behind = backed(app_servers, "plus")
    days = {"2026-01-02": 10, "2026-01-03": 20}
    behind.workspace().tokens_by_day.update(days)
    listed = at(behind.client.ask("account/usage/read"), "/dailyUsageBuckets", list)
    found = {each.get("startDate"): each.get("tokens") for each in listed}
    require(found == days, expected=str(days), found=found)


@pytest.mark.codex("account.usage.login-needed")
def test_nobody_has_used_nothing(app_servers: AppServers) -> None:
    error = client_of(app_servers).refusal("account/usage/read", misuse=False)
    require(error.get("code") == _REFUSED, expected=f"the error {_REFUSED}", found=error)


@pytest.mark.codex("account.usage.thread")
def test_the_usage_of_a_thread_is_told(app_servers: AppServers) -> None:
    behind = backed(app_servers, "plus")
    record_turn(behind.world, behind.workspace(), 4000, _THREAD)
    found = at(behind.client.ask("account/usage/read", {"threadId": _THREAD}), "/threadUsage", dict)
    said = (found.get("threadId"), found.get("estimatedUsageCreditsMicros"))
    require(said == (_THREAD, 100_000), expected="100000 millionths of a credit for the thread", found=found)


@pytest.mark.codex("account.usage.bad-thread")
def test_what_is_no_thread_is_refused(app_servers: AppServers) -> None:
    error = client_of(app_servers, "plus").refusal("account/usage/read", {"threadId": "nope"}, misuse=False)
    require(error.get("code") == _REFUSED, expected=f"the error {_REFUSED}", found=error)


@pytest.mark.codex("account.messages.told")
def test_a_message_of_the_workspace_is_told(app_servers: AppServers) -> None:
    behind = backed(app_servers, "team")
    behind.workspace("team").messages = [
        WorkspaceMessage("m1", "Maintenance tonight.", "headline", 1_800_000_000.0),
        WorkspaceMessage("m2", "A kind from later.", "codex-testkit-unknown"),
    ]
    found = behind.client.ask("account/workspaceMessages/read")
    names = ("messageId", "messageType", "messageBody", "createdAt", "archivedAt")
    said = [tuple(each.get(name) for name in names) for each in at(found, "/messages", list)]
    wanted = [
        ("m1", "headline", "Maintenance tonight.", 1_800_000_000, None),
        ("m2", "unknown", "A kind from later.", None, None),
    ]
    require((found.get("featureEnabled"), said) == (True, wanted), expected=str(wanted), found=found)


@pytest.mark.codex("account.messages.none")
def test_no_messages_are_an_empty_list(app_servers: AppServers) -> None:
    found = client_of(app_servers, "team").ask("account/workspaceMessages/read")
    require(at(found, "/messages") == [], expected="an empty list", found=found)


@pytest.mark.codex("account.nudge.sent-once")
def test_the_owner_is_notified_once(app_servers: AppServers) -> None:
    client = client_of(app_servers, "team")
    params = {"creditType": "credits"}
    found = [client.ask("account/sendAddCreditsNudgeEmail", params).get("status") for _ in range(2)]
    require(found == ["sent", "cooldown_active"], expected="sent, then cooldown_active", found=found)


@pytest.mark.codex("account.nudge.unknown-type")
def test_a_notice_about_something_else_is_refused(app_servers: AppServers) -> None:
    client = client_of(app_servers, "team")
    error = client.refusal("account/sendAddCreditsNudgeEmail", {"creditType": "nope"})
    require(error.get("code") == _REFUSED, expected=f"the error {_REFUSED}", found=error)


@pytest.mark.codex("account.security.told")
def test_a_security_notice_names_whom_it_is_for(app_servers: AppServers) -> None:
    behind = backed(app_servers, "team")
    action = {"label": "Set up", "url": "https://chatgpt.com/security"}
    notice = {"title": "A second factor", "description": "Your workspace asks for one.", "action": action}
    workspace, person = behind.workspace("team"), behind.world.account("team")
    workspace.security_notice = notice
    found = at(behind.client.ask("account/securitySetup/read"), "/notice", dict)
    wanted = {**notice, "accountId": workspace.id, "userId": person.user_id}
    require(found == wanted, expected=str(wanted), found=found)


@pytest.mark.codex("account.security.none")
@pytest.mark.parametrize("login", ["nobody", "plus"])
def test_without_a_notice_there_is_null(app_servers: AppServers, login: str) -> None:
    found = client_of(app_servers, login).ask("account/securitySetup/read")
    require(found.get("notice") is None, expected="notice null", found=found)


@pytest.mark.codex("account.sessions.listed")
def test_the_session_lists_its_workspaces(app_servers: AppServers) -> None:
    behind = backed(app_servers, "team")
    found = behind.client.ask("accountSession/list", {"refreshWorkspaceMetadata": True})
    session = at(found, "/sessions/0", dict)
    active = (found.get("activeSessionId"), session.get("isActive"))
    require(active == (session.get("sessionId"), True), expected="the only session as the active one", found=found)
    said = {each.get("accountId"): each.get("name") for each in at(session, "/workspaces", list)}
    wanted = {each.id: each.name for each in behind.world.account("team").workspaces}
    require(said == wanted, expected=str(wanted), found=said)


@pytest.mark.codex("account.sessions.none")
def test_nobody_has_no_session(app_servers: AppServers) -> None:
    found = client_of(app_servers).ask("accountSession/list", {})
    said = (found.get("activeSessionId"), found.get("sessions"))
    require(said == (None, []), expected="no session", found=found)


def _switch(app_servers: AppServers) -> tuple[Any, Any, str]:
    """Return a client of a member of two workspaces, the params of a move to the second, and its id."""
    behind = backed(app_servers, "team")
    listed = behind.client.ask("accountSession/list", {})
    other = behind.world.account("team").workspaces[1].id
    return behind.client, {"sessionId": at(listed, "/sessions/0/sessionId", str), "accountId": other}, other


@pytest.mark.codex("account.sessions.switched")
def test_a_member_moves_to_another_workspace(app_servers: AppServers) -> None:
    client, params, other = _switch(app_servers)
    found = client.ask("accountSession/switch", params)
    selected = at(found, "/sessions/0/selectedWorkspaceAccountId")
    require(selected == other, expected=f"the workspace {other} selected", found=selected)
    routed = at(client.ask("account/read", {}), "/workspaceRouting/chatgptAccountId")
    require(routed == other, expected=f"the routing of {other}", found=routed)
    require(at(account_of(client), "/workspaceName") == "Acme Research", expected="Acme Research", found=found)


@pytest.mark.codex("account.sessions.switch-told")
def test_a_move_is_announced(app_servers: AppServers) -> None:
    client, params, _ = _switch(app_servers)
    client.settle()  # The announcement of the start is not that of the move.
    client.ask("accountSession/switch", params)
    client.wait_for("account/updated", lambda each: each.get("authMode") == "chatgpt")


@pytest.mark.codex("account.sessions.unavailable")
def test_a_foreign_workspace_cannot_be_moved_to(app_servers: AppServers) -> None:
    client, params, _ = _switch(app_servers)
    foreign = {**params, "accountId": "00000000-0000-4000-8000-000000000000"}
    error = client.refusal("accountSession/switch", foreign, misuse=False)
    require(error.get("code") == _REFUSED, expected=f"the error {_REFUSED}", found=error)
