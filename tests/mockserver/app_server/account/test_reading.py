"""Who is signed in, in which workspace, and what the backend knows of them."""

from __future__ import annotations

import pytest

from codex_mockserver.app_server import Client, RpcError


def test_the_account(user, release):
    read = user(account="team").ask("account/read", {})

    assert read["account"] == {
        "type": "chatgpt",
        "email": "team@example.com",
        "planType": "team",
        **({"workspaceName": "Acme"} if release == "0.169.0" else {}),
    }


def test_a_provider_of_ones_own_needs_no_account(user):
    own = {"name": "own", "base_url": "http://127.0.0.1:1/v1"}
    read = user(config={"model_provider": "own", "model_providers": {"own": own}}).ask("account/read", {})

    assert (read["account"], read["requiresOpenaiAuth"]) == (None, False)


def test_a_plan_that_the_release_does_not_know(user):
    assert user(account="mystery").ask("account/read", {})["account"]["planType"] == "unknown"


def test_a_refresh_rotates_the_tokens(user):
    plus = user()
    before = plus.ask("getAuthStatus", {"includeToken": True})["authToken"]

    plus.ask("account/read", {"refreshToken": True})

    assert plus.ask("getAuthStatus", {"includeToken": True})["authToken"] != before


def test_the_token_is_told_only_on_demand(user):
    assert user().ask("getAuthStatus", {})["authToken"] is None


def test_limits_usage_and_credits_are_those_of_the_world(user):
    limited = user(account="limited")

    read = limited.ask("account/rateLimits/read")
    assert read["rateLimits"]["primary"]["usedPercent"] == 100
    assert read["rateLimitResetCredits"]["availableCount"] == 1

    def consume(key):
        return limited.ask("account/rateLimitResetCredit/consume", {"idempotencyKey": key})["outcome"]

    assert [consume("one"), consume("one"), consume("two")] == ["reset", "alreadyRedeemed", "noCredit"]
    assert limited.ask("account/rateLimits/read")["rateLimits"]["primary"]["usedPercent"] == 0


def test_usage_by_day(user):
    team = user(account="team")
    team.server.world.account("team").workspaces[0].tokens_by_day["2026-02-01"] = 1234

    assert {"startDate": "2026-02-01", "tokens": 1234} in team.ask("account/usage/read")["dailyUsageBuckets"]


def test_a_nudge_has_a_cool_down(user):
    team = user(account="team")
    statuses = [team.ask("account/sendAddCreditsNudgeEmail", {"creditType": "credits"})["status"] for _ in range(2)]

    assert statuses == ["sent", "cooldown_active"]


@pytest.mark.parametrize(
    ("method", "params", "what"),
    [
        ("account/rateLimits/read", None, "to read rate limits"),
        ("account/usage/read", None, "to read token usage"),
        ("account/sendAddCreditsNudgeEmail", {"creditType": "credits"}, "to notify workspace owner"),
        ("account/rateLimitResetCredit/consume", {"idempotencyKey": "x"}, "for rate limit reset credits"),
    ],
)
def test_without_a_chatgpt_login(user, refusal, method, params, what):
    nobody = user(account=None)
    assert refusal(nobody, method, params) == (-32600, f"codex account authentication required {what}")

    nobody.ask("account/login/start", {"type": "apiKey", "apiKey": "k"})
    assert refusal(nobody, method, params) == (-32600, f"chatgpt authentication required {what}")


def test_a_credit_without_a_key(user, refusal):
    params = {"idempotencyKey": ""}

    assert refusal(user(), "account/rateLimitResetCredit/consume", params)[1] == "idempotencyKey must not be empty"


class TestTheNewerRelease:
    @pytest.fixture
    def release(self):
        return "0.169.0"

    def test_where_the_traffic_goes(self, user):
        team = user(account="team")
        workspace = team.server.world.account("team").workspaces[0]

        assert team.ask("account/read", {})["workspaceRouting"] == {
            "chatgptAccountId": workspace.id,
            "backendOrigin": "https://chatgpt.com",
            "accountRoutingOverride": "NO_CONSTRAINT",
        }

    def test_a_backend_that_does_not_say_where(self, user, refusal):
        plus = user()
        plus.server.world.account("plus").workspaces[0].backend_origin = None

        message = "workspace routing discovery missing backend origin"
        assert refusal(plus, "account/read", {}) == (-32603, message)

    def test_messages_and_security(self, user):
        team = user(account="team")

        assert team.ask("account/workspaceMessages/read")["featureEnabled"] is True
        assert "notice" in team.ask("account/securitySetup/read")
        assert user(account=None).ask("account/securitySetup/read") == {"notice": None}

    def test_the_usage_of_one_thread(self, user, refusal):
        plus = user()
        thread = "01a1fe65-c00a-7bf2-8861-dcaad22055f9"
        plus.server.world.account("plus").workspaces[0].tokens_by_thread[thread] = 1000

        assert plus.ask("account/usage/read", {"threadId": thread})["threadUsage"]["threadId"] == thread
        assert refusal(plus, "account/usage/read", {"threadId": "x"})[1].startswith("invalid thread id: ")

    def test_sessions(self, user):
        team = user(account="team")
        plain = team.ask("accountSession/list", {})["sessions"][0]["workspaces"]
        refreshed = team.ask("accountSession/list", {"refreshWorkspaceMetadata": True})["sessions"][0]["workspaces"]

        assert [each["name"] for each in plain] == [None]
        assert [each["name"] for each in refreshed] == ["Acme", "Acme Research"]

    def test_switching_the_workspace(self, user):
        team = user(account="team")
        session = team.ask("accountSession/list", {})["activeSessionId"]
        other = team.server.world.account("team").workspaces[1]

        team.ask("accountSession/switch", {"sessionId": session, "accountId": other.id})

        assert len(team.take("account/updated")) == 1
        assert team.ask("account/read", {})["account"]["workspaceName"] == other.name
        assert team.ask("account/rateLimits/read")["accountId"] == other.id

    @pytest.mark.parametrize(
        ("change", "message"),
        [
            ({"is_fedramp": True}, "Sign in to switch government workspaces"),
            ({"is_deactivated": True}, "The selected workspace is unavailable"),
            ({"can_access_with_session": False}, "The selected workspace requires a new sign-in"),
        ],
        ids=lambda value: next(iter(value)) if isinstance(value, dict) else "",
    )
    def test_a_workspace_that_cannot_be_switched_to(self, user, refusal, change, message):
        team = user(account="team")
        session = team.ask("accountSession/list", {})["activeSessionId"]
        other = team.server.world.account("team").workspaces[1]
        for name, value in change.items():
            setattr(other, name, value)

        assert refusal(team, "accountSession/switch", {"sessionId": session, "accountId": other.id})[1] == message

    def test_switching_without_a_login_or_to_nowhere(self, user, refusal):
        params = {"sessionId": "x", "accountId": "y"}
        assert refusal(user(account=None), "accountSession/switch", params)[1].startswith(
            "Workspace switching requires"
        )
        assert refusal(user(), "accountSession/switch", params)[1].startswith("Only the active managed account session")

    def test_other_clouds(self, user, refusal):
        plus = user()

        assert plus.ask("account/gatewayOAuth/read")["required"] is False
        assert plus.ask("account/bedrock/discover", {}) == {"profiles": [], "environmentCredentials": []}
        assert refusal(plus, "account/gatewayOAuth/login", {})[1] == "The selected provider does not use gateway OAuth"
        with pytest.raises(RpcError) as caught:
            plus.ask("account/gatewayOAuth/read", {"modelProvider": "nope"})
        assert caught.value.data == {"type": "modelProviderNotConfigured", "modelProvider": "nope"}


def test_the_beginning_is_announced_once(client, release):
    """The newer release tells at its start who is signed in."""
    first = client(version=release)
    second = Client(first.server)

    told = [each["params"]["authMode"] for each in first.take("account/updated")]
    assert told == (["chatgpt"] if release == "0.169.0" else [])
    assert second.take("account/updated") == []
