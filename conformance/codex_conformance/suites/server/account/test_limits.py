"""Limits, credits and resets of a subscriber, as they come from the ChatGPT backend."""

from __future__ import annotations

from typing import Any

import pytest

from codex_conformance.probes import AppServerProbe, at, require
from codex_conformance.suites.server.account.people import backed, client_of
from codex_conformance.suites.server.app_servers import AppServers
from codex_mockserver.world import AdditionalLimit, Window

_REFUSED, _FAILED = -32600, -32603


def _limits(client: AppServerProbe, params: Any = None) -> dict[str, Any]:
    found: dict[str, Any] = client.ask("account/rateLimits/read", params)
    return found


def _with(**account: Any) -> dict[str, Any]:
    """Return a scenario in which the subscriber is like that."""
    return {"accounts": {"plus": account}}


@pytest.mark.codex("account.limits.used")
def test_the_used_part_is_a_whole_percentage(app_servers: AppServers) -> None:
    scenario = _with(primary={"used_percent": 37, "resets_in_seconds": 600}, secondary={"used_percent": 5})
    found = _limits(client_of(app_servers, "plus", scenario=scenario))
    said = [at(found, f"/rateLimits/{each}/usedPercent", int) for each in ("primary", "secondary")]
    require(said == [37, 5], expected="37 and 5 percent, as the backend says", found=said)


@pytest.mark.codex("account.limits.minutes")
@pytest.mark.parametrize(("seconds", "minutes"), [(18000, 300), (604801, 10081)], ids=["whole minutes", "rounded up"])
def test_the_length_of_a_window_is_in_minutes(app_servers: AppServers, seconds: int, minutes: int) -> None:
    found = _limits(client_of(app_servers, "plus", scenario=_with(primary={"window_seconds": seconds})))
    said = at(found, "/rateLimits/primary/windowDurationMins")
    require(said == minutes, expected=f"{minutes} minutes for {seconds} seconds", found=said)


@pytest.mark.codex("account.limits.reset")
def test_a_reset_is_a_moment(app_servers: AppServers) -> None:
    scenario = _with(primary={"used_percent": 50, "resets_in_seconds": 600})
    client, world = backed(app_servers, "plus", scenario=scenario)
    said, wanted = at(_limits(client), "/rateLimits/primary/resetsAt", int), world.now() + 600
    require(abs(said - wanted) <= 10, expected=f"about {wanted:.0f}, in Unix seconds", found=said)


@pytest.mark.codex("account.limits.missing-window")
def test_a_window_that_is_not_there_is_null(app_servers: AppServers) -> None:
    found = _limits(client_of(app_servers, "plus", scenario=_with(secondary=None)))
    limits = at(found, "/rateLimits", dict)
    require(limits.get("secondary") is None, expected="secondary null", found=limits)
    at(limits, "/primary", dict)


@pytest.mark.codex("account.limits.credits")
@pytest.mark.parametrize(
    ("credits", "wanted"),
    [
        ({"balance": "12.50"}, (True, False, "12.50")),
        ({"unlimited": True}, (True, True, None)),
        (None, (False, False, None)),
    ],
    ids=["a balance", "unlimited", "none"],
)
def test_credits_are_told(app_servers: AppServers, credits: Any, wanted: tuple[object, ...]) -> None:  # noqa: A002
    found = at(_limits(client_of(app_servers, "plus", scenario=_with(credits=credits))), "/rateLimits/credits", dict)
    said = tuple(found.get(each) for each in ("hasCredits", "unlimited", "balance"))
    require(said == wanted, expected=str(wanted), found=found)


@pytest.mark.codex("account.limits.plan")
@pytest.mark.parametrize(("login", "plan"), [("pro", "pro"), ("mystery", "unknown")], ids=["pro", "one nobody knows"])
def test_the_plan_is_told(app_servers: AppServers, login: str, plan: str) -> None:
    found = at(_limits(client_of(app_servers, login)), "/rateLimits/planType")
    require(found == plan, expected=f"planType {plan}", found=found)


@pytest.mark.codex("account.limits.reached")
@pytest.mark.parametrize(("login", "kind"), [("limited", "rate_limit_reached"), ("plus", None)], ids=["full", "room"])
def test_a_limit_that_is_reached_is_told(app_servers: AppServers, login: str, kind: str | None) -> None:
    found = at(_limits(client_of(app_servers, login)), "/rateLimits", dict).get("rateLimitReachedType")
    require(found == kind, expected=f"rateLimitReachedType {kind}", found=found)


@pytest.mark.codex("account.limits.by-id")
def test_every_limit_is_in_the_map(app_servers: AppServers) -> None:
    behind = backed(app_servers, "plus")
    reserve = AdditionalLimit("Reserve", primary=Window(3600, 10, 5, int(behind.world.now())))
    behind.workspace().additional["codex_reserve"] = reserve
    found = _limits(behind.client)
    by_id = at(found, "/rateLimitsByLimitId", dict)
    require(sorted(by_id) == ["codex", "codex_reserve"], expected="codex and codex_reserve", found=sorted(by_id))
    require(by_id["codex"] == found.get("rateLimits"), expected="codex as rateLimits has it", found=by_id["codex"])
    further = by_id["codex_reserve"]
    said = tuple(at(further, each) for each in ("/limitId", "/limitName", "/primary/usedPercent"))
    require(said == ("codex_reserve", "Reserve", 50), expected="Reserve, half full", found=further)


@pytest.mark.codex("account.limits.spending")
def test_what_a_member_may_spend_is_told(app_servers: AppServers) -> None:
    behind = backed(app_servers, "team")
    behind.workspace("team").spend_limit = Window(30 * 86_400, 4_000_000, 1_000_000, int(behind.world.now()))
    found = at(_limits(behind.client), "/rateLimits/individualLimit", dict)
    said = tuple(found.get(each) for each in ("limit", "used", "remainingPercent"))
    require(said == ("100.00", "25.00", 75), expected="25.00 of 100.00, 75 percent left", found=found)


@pytest.mark.codex("account.limits.live")
def test_a_second_reading_is_new(app_servers: AppServers) -> None:
    behind = backed(app_servers, "plus")
    first = at(_limits(behind.client), "/rateLimits/primary/usedPercent", int)
    window = behind.workspace().primary
    assert window is not None, "the plan has a window"
    window.used_tokens, window.started_at = window.budget_tokens // 2, int(behind.world.now())
    second = at(_limits(behind.client), "/rateLimits/primary/usedPercent", int)
    require((first, second) == (0, 50), expected="0 percent, and 50 after some use", found=(first, second))


@pytest.mark.codex("account.limits.login-needed")
@pytest.mark.parametrize("method", ["nobody", "a key"])
def test_without_a_subscription_there_are_no_limits(app_servers: AppServers, method: str) -> None:
    client = client_of(app_servers)
    if method == "a key":
        client.ask("account/login/start", {"type": "apiKey", "apiKey": "sk-testkit-limits"})
        client.wait_for("account/updated")
    error = client.refusal("account/rateLimits/read", misuse=False)
    require(error.get("code") == _REFUSED, expected=f"the error {_REFUSED}", found=error)


@pytest.mark.codex("account.limits.allowed")
@pytest.mark.parametrize(("login", "allowed"), [("plus", True), ("limited", False)], ids=["room", "full"])
def test_whether_turns_are_allowed_is_told(app_servers: AppServers, login: str, allowed: bool) -> None:  # noqa: FBT001
    found = _limits(client_of(app_servers, login)).get("ordinaryUsageAllowed")
    require(found is allowed, expected=f"ordinaryUsageAllowed {allowed}", found=found)


@pytest.mark.codex("account.limits.resets-counted")
def test_reset_credits_are_counted(app_servers: AppServers) -> None:
    found = at(_limits(client_of(app_servers, "pro")), "/rateLimitResetCredits/availableCount")
    require(found == 2, expected="the two credits of the account", found=found)


@pytest.mark.codex("account.limits.resets-listed")
def test_reset_credits_are_listed(app_servers: AppServers) -> None:
    behind = backed(app_servers, "pro")
    listed = at(_limits(behind.client), "/rateLimitResetCredits/credits", list)
    found = [(each.get("id"), each.get("resetType"), each.get("status")) for each in listed]
    wanted = [(each.id, "codexRateLimits", "available") for each in behind.workspace("pro").reset_credits]
    require(sorted(found) == sorted(wanted), expected=str(wanted), found=found)


@pytest.mark.codex("account.limits.resets-left-out")
def test_the_list_of_reset_credits_can_be_left_out(app_servers: AppServers) -> None:
    found = at(_limits(client_of(app_servers, "pro"), {"excludeResetCreditDetails": True}), "/rateLimitResetCredits")
    said = (at(found, "/availableCount"), found.get("credits"))
    require(said == (2, None), expected="the count without a list", found=found)


@pytest.mark.codex("account.limits.updated-by-turn")
def test_a_turn_tells_the_limits(app_servers: AppServers) -> None:
    scenario = _with(primary={"used_percent": 37, "resets_in_seconds": 600})
    client = client_of(app_servers, "plus", scenario=scenario, model=[{"say": [{"message": "Hello"}]}])
    client.turn(client.thread())
    found = client.notifications("account/rateLimits/updated")
    require(found, expected="account/rateLimits/updated", found="none")
    said = at(found[-1], "/rateLimits/primary/usedPercent", int)
    require(said == 37, expected="37 percent, as the backend says", found=said)


@pytest.mark.codex("account.limits.turn-refused")
def test_a_turn_beyond_the_limit_says_so(app_servers: AppServers) -> None:
    client = client_of(app_servers, "limited")
    found = client.turn(client.thread())
    said = (at(found, "/status"), at(found, "/error/codexErrorInfo"))
    require(said == ("failed", "usageLimitExceeded"), expected="a turn that failed for the limit", found=found)


@pytest.mark.codex("account.limits.backend-refuses")
def test_limits_that_the_backend_refuses_are_an_error(app_servers: AppServers) -> None:
    error = client_of(app_servers, "expired").refusal("account/rateLimits/read", misuse=False)
    require(error.get("code") == _FAILED, expected=f"the error {_FAILED}", found=error)
