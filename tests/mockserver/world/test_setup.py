"""Accounts as a scenario wants them, now and after each reset."""

from __future__ import annotations

import pytest

from codex_mockserver.world import AccountSetup, Clock, CreditsSetup, WindowSetup, World
from codex_mockserver.world.claims import ACCESS_TOKEN_LIFE
from codex_mockserver.world.limits import check, usage_payload
from codex_mockserver.world.tokens import CODEX_CLIENT_ID, issue_tokens, refresh_tokens
from codex_mockserver.world.workspaces import accounts_check

NOW = 1_770_000_000
WEEK = 7 * 24 * 3600


@pytest.fixture
def world() -> World:
    return World(seed=1, clock=Clock(frozen_at=NOW))


def usage(world: World, name: str = "plus") -> dict:
    account = world.account(name)
    return usage_payload(world, account, account.workspaces[0])


def test_what_a_setup_leaves_out_stays(world) -> None:
    before = world.snapshot()

    world.set_up({"plus": AccountSetup(), "team": AccountSetup()})

    assert world.snapshot() == before


def test_a_plan_can_be_any(world) -> None:
    world.set_up({"plus": AccountSetup(plan="hyperdrive")})

    assert usage(world)["plan_type"] == "hyperdrive"


@pytest.mark.parametrize("percent", [1, 33, 99, 100])
def test_a_window_is_as_full_as_it_shall_be(world, percent: int) -> None:
    setup = WindowSetup(used_percent=percent, resets_in_seconds=600)
    world.set_up({"plus": AccountSetup(primary=setup)})

    assert usage(world)["rate_limit"]["primary_window"] == {
        "used_percent": percent,
        "limit_window_seconds": 5 * 3600,
        "reset_after_seconds": 600,
        "reset_at": NOW + 600,
    }
    assert bool(check(world, world.account("plus").workspaces[0])) == (percent == 100)


def test_a_window_can_be_missing_and_another_in_its_place(world) -> None:
    world.set_up({"plus": AccountSetup(primary=WindowSetup(window_seconds=WEEK), secondary=None)})

    windows = usage(world)["rate_limit"]
    assert windows["primary_window"]["limit_window_seconds"] == WEEK
    assert windows["secondary_window"] is None


def test_a_window_that_was_not_there_can_be_added(world) -> None:
    world.set_up({"free": AccountSetup(secondary=WindowSetup(used_percent=10))})

    assert usage(world, "free")["rate_limit"]["secondary_window"]["used_percent"] == 10


def test_credits_can_be_given_and_taken(world) -> None:
    world.set_up({"plus": AccountSetup(credits=CreditsSetup(balance="5.00")), "pro": AccountSetup(credits=None)})

    assert usage(world)["credits"] == {"has_credits": True, "unlimited": False, "balance": "5.00"}
    assert usage(world, "pro")["credits"] == {"has_credits": False, "unlimited": False, "balance": None}


@pytest.mark.parametrize(("routing", "missing"), [(False, True), (True, False)])
def test_routing_can_be_missing(world, routing, missing) -> None:
    world.set_up({"plus": AccountSetup(routing=routing)})

    account = world.account("plus")
    (entry,) = accounts_check(account, account.workspaces[0])["accounts"]
    assert ("workspace_backend_origin" not in entry) == ("account_routing_override" not in entry) == missing


def test_codex_can_be_left_out_of_a_plan(world) -> None:
    world.set_up({"plus": AccountSetup(entitled=False)})

    assert not world.account("plus").workspaces[0].codex_entitled


def test_tokens_live_as_long_as_they_shall(world) -> None:
    world.set_up({"plus": AccountSetup(token_life=60)})

    assert issue_tokens(world, "plus").expires_in == 60
    assert issue_tokens(world, "team").expires_in == ACCESS_TOKEN_LIFE


def test_only_the_token_of_a_login_is_short(world) -> None:
    world.set_up({"plus": AccountSetup(login_token_life=60)})

    login = issue_tokens(world, "plus")
    refreshed = refresh_tokens(world, login.refresh_token, CODEX_CLIENT_ID)

    assert (login.expires_in, refreshed.expires_in) == (60, ACCESS_TOKEN_LIFE)


def test_a_further_account_is_like_a_seeded_one_and_yet_another(world) -> None:
    world.set_up({"alice": AccountSetup(), "bob": AccountSetup(like="team")})

    alice, bob, plus = (world.account(name) for name in ("alice", "bob", "plus"))
    assert (alice.email, alice.workspaces[0].plan_type) == ("alice@example.com", "plus")
    assert [workspace.plan_type for workspace in bob.workspaces] == ["team", "team"]
    assert len({alice.api_key, bob.api_key, plus.api_key}) == 3
    assert len({alice.workspaces[0].id, bob.workspaces[0].id, plus.workspaces[0].id}) == 3


def test_a_reset_returns_to_the_accounts_of_the_scenario(world) -> None:
    world.set_up({"alice": AccountSetup(plan="pro")})
    world.account("alice").workspaces[0].plan_type = "free"

    world.reset()

    assert world.account("alice").workspaces[0].plan_type == "pro"
