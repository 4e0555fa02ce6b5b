"""The tokens of a login that the server keeps itself: how long they are good, and what they claim."""

from __future__ import annotations

import pytest

from codex_mockserver.app_server import Client
from codex_mockserver.world import SEEDED_NAMES
from codex_mockserver.world.tokens import terminate_session

HALF_A_YEAR = 180 * 24 * 3600
A_FORTNIGHT = 14 * 24 * 3600


def told(user):
    return user.ask("account/read", {})["account"]


def token(user):
    return user.ask("getAuthStatus", {"includeToken": True})["authToken"]


def test_credentials_that_are_over_from_the_start(user, refusal):
    expired = user(account="expired")

    assert token(expired) is None
    assert told(expired) is None
    assert refusal(expired, "account/rateLimits/read")[0] == -32603
    assert expired.take("account/updated") == []
    assert expired.ask("getAuthStatus", {})["authMethod"] == "chatgpt"


def test_tokens_past_their_life_are_renewed(user):
    plus = user()
    before = token(plus)
    plus.server.world.clock.advance(A_FORTNIGHT)

    assert plus.ask("account/rateLimits/read")["rateLimits"]["planType"] == "plus"
    assert token(plus) not in (None, before)


def test_tokens_that_nobody_needed_for_long_cannot_be_renewed(user):
    plus = user()
    token(plus)
    plus.server.world.clock.advance(HALF_A_YEAR)

    assert told(plus) is None


def test_after_a_refused_refresh_nothing_is_told_until_the_next_login(user):
    plus = user()
    token(plus)
    for session in plus.server.world.state.sessions:
        terminate_session(plus.server.world, session)

    assert told(plus) is not None
    assert plus.ask("account/read", {"refreshToken": True})["account"] is None
    assert token(plus) is None
    plus.ask("account/login/start", {"type": "apiKey", "apiKey": "sk-test"})
    assert token(plus) == "sk-test"


def test_a_new_plan_is_seen_with_the_next_token(user):
    plus = user()
    told(plus)
    plus.server.world.account("plus").workspaces[0].plan_type = "pro"

    assert told(plus)["planType"] == "plus"
    assert plus.ask("account/rateLimits/read")["rateLimits"]["planType"] == "pro"
    assert plus.ask("account/read", {"refreshToken": True})["account"]["planType"] == "pro"


def test_a_reset_of_the_world_ends_no_login(user):
    plus = user()
    token(plus)
    plus.server.world.reset()

    assert plus.ask("account/rateLimits/read")["rateLimits"]["planType"] == "plus"
    assert told(plus) is not None


@pytest.mark.parametrize("name", sorted({*SEEDED_NAMES} - {"expired"}))
def test_every_other_account_is_taken(user, name):
    assert user(account=name).ask("account/rateLimits/read")["rateLimits"]["limitId"] == "codex"


def test_a_device_login_without_a_route_is_no_success(client, real_time):
    accounts = {"plus": {"routing": False}}
    scenario = {"name": "unrouted", "accounts": accounts, "app_server": {"account": None}}
    user: Client = client(version="0.169.0", scenario={**scenario, "settings": {"auto_approve": True}})
    user.ask("account/login/start", {"type": "chatgptDeviceCode"})
    real_time.seconds += 1
    user.wake()

    (ended,) = user.take("account/login/completed")
    assert ended["params"]["success"] is False
    assert ended["params"]["error"] == "workspace routing discovery missing backend origin"
    assert user.ask("getAuthStatus", {})["authMethod"] == "chatgpt"
