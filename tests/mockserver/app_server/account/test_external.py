"""Tokens that the host supplies, and asking it for better ones."""

from __future__ import annotations

import pytest

from codex_mockserver.world.tokens import issue_tokens

START, REFRESH = "account/login/start", "account/chatgptAuthTokens/refresh"
UNAUTHORIZED = "workspace routing discovery unauthorized (401)"


def tokens(user, account="team"):
    issued = issue_tokens(user.server.world, account)
    return {"accessToken": issued.access_token, "chatgptAccountId": issued.account_id}


def sign_in(user, supplied):
    return user.ask(START, {"type": "chatgptAuthTokens", **supplied})


def completed(user):
    return [each["params"]["error"] for each in user.take("account/login/completed")]


def test_good_tokens(user):
    host = user()

    sign_in(host, tokens(host))

    assert completed(host) == [None]
    (announced,) = host.take("account/updated")
    assert announced["params"] == {"authMode": "chatgptAuthTokens", "planType": "team"}
    assert host.ask("account/read", {})["account"]["email"] == "team@example.com"
    assert host.ask("account/rateLimits/read")["rateLimits"]["planType"] == "team"


def test_the_host_may_name_the_plan(user):
    host = user()

    sign_in(host, {**tokens(host), "chatgptPlanType": "pro"})

    assert host.take("account/updated")[0]["params"]["planType"] == "pro"


def test_what_is_no_token(user, refusal):
    params = {"type": "chatgptAuthTokens", "accessToken": "nope", "chatgptAccountId": "x"}

    assert refusal(user(), START, params) == (-32603, "failed to set external auth: invalid ID token format")


@pytest.mark.parametrize("kind", ["apiKey", "chatgpt", "chatgptDeviceCode"])
def test_another_login_is_refused_meanwhile(user, refusal, kind):
    host = user()
    sign_in(host, tokens(host))

    code, message = refusal(host, START, {"type": kind, "apiKey": "k"})

    assert (code, message.partition(".")[0]) == (-32600, "External auth is active")


def test_they_are_kept_nowhere(user):
    host = user(account=None)
    supplied = tokens(host)
    sign_in(host, supplied)

    assert host.server.world.state.app_server.login is None


class TestTokensThatAreRefused:
    """Only the newer release looks at them at once."""

    @pytest.fixture
    def release(self):
        return "0.169.0"

    @pytest.fixture
    def host(self, user):
        host = user(account=None)
        sign_in(host, {**tokens(host), "chatgptAccountId": "other"})
        return host

    def test_the_host_supplies_better_ones(self, host):
        (request,) = host.take(REFRESH)
        assert request["params"] == {"reason": "unauthorized", "previousAccountId": "other"}

        host.reply(request["id"], tokens(host))

        assert completed(host) == [None]

    def test_the_host_supplies_others_that_are_no_better(self, host):
        (request,) = host.take(REFRESH)
        host.reply(request["id"], {**tokens(host), "chatgptAccountId": "third"})

        assert completed(host) == [UNAUTHORIZED]

    @pytest.mark.parametrize("answer", [{}, {"accessToken": 5, "chatgptAccountId": "x"}, "nope", None])
    def test_the_host_answers_nonsense(self, host, answer):
        host.reply(host.take(REFRESH)[0]["id"], answer)

        assert completed(host) == [UNAUTHORIZED]

    def test_the_host_refuses(self, host):
        host.refuse(host.take(REFRESH)[0]["id"])

        assert completed(host) == [UNAUTHORIZED]

    def test_the_host_says_nothing(self, host, real_time):
        real_time.seconds += 11
        host.wake()

        assert completed(host) == [UNAUTHORIZED]

    def test_reading_the_account_asks_again(self, host):
        host.refuse(host.take(REFRESH)[0]["id"])

        reading = host.begin("account/read", {})
        (request,) = host.take(REFRESH)
        assert not host.is_answered(reading)
        host.reply(request["id"], tokens(host))

        assert host.result(reading)["account"]["email"] == "team@example.com"
