"""Reset credits: each is spent once, and only where there is something to reset."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codex_mockserver.world import Clock, ResetCredit, Workspace, World
from codex_mockserver.world.limits import check, record_turn, usage_payload
from codex_mockserver.world.reset_credits import Redemption, available_credits, credit_list, redeem
from codex_schemas import load

NOW = 1_800_000_000.0


@pytest.fixture
def world() -> World:
    return World(seed=1, clock=Clock(frozen_at=NOW))


@pytest.fixture
def pro(world: World) -> Workspace:
    workspace = world.account("pro").workspaces[0]
    record_turn(world, workspace, 1_000_000)
    return workspace


def test_a_reset_empties_both_windows_and_spends_one_credit(world: World, pro: Workspace) -> None:
    assert redeem(world, pro, "first") == Redemption("reset", 2)

    listed = credit_list(world, pro)
    load("wham").validator("RateLimitResetCredits").check(listed)
    usage = usage_payload(world, world.account("pro"), pro)

    assert listed["available_count"] == usage["rate_limit_reset_credits"]["available_count"] == 1
    assert sorted(credit["status"] for credit in listed["credits"]) == ["available", "redeemed"]
    assert usage["rate_limit"]["primary_window"]["used_percent"] == 0
    assert usage["rate_limit"]["secondary_window"]["used_percent"] == 0
    assert [past.ended_at for past in pro.finished_windows] == [NOW, NOW]


def test_the_same_request_spends_nothing_again(world: World, pro: Workspace) -> None:
    redeem(world, pro, "first")
    record_turn(world, pro, 1000)

    assert redeem(world, pro, "first") == Redemption("already_redeemed")
    assert len(available_credits(world, pro)) == 1
    assert pro.primary.used_tokens == 1000


def test_empty_windows_spend_nothing_and_leave_the_request_open(world: World, pro: Workspace) -> None:
    redeem(world, pro, "first")
    assert redeem(world, pro, "second") == Redemption("nothing_to_reset")
    assert len(available_credits(world, pro)) == 1
    record_turn(world, pro, 1000)
    assert redeem(world, pro, "second").code == "reset"


def test_windows_that_rolled_on_their_own_are_nothing_to_reset(world: World, pro: Workspace) -> None:
    world.clock.advance(8 * 24 * 3600)

    assert redeem(world, pro, "late") == Redemption("nothing_to_reset")


def test_only_windows_in_use_are_counted(world: World, pro: Workspace) -> None:
    world.clock.advance(6 * 3600)

    assert redeem(world, pro, "later") == Redemption("reset", 1)


def test_a_named_credit_is_the_one_that_is_spent(world: World, pro: Workspace) -> None:
    wanted = pro.reset_credits[1]
    redeem(world, pro, "first", wanted.id)

    assert [credit.status for credit in pro.reset_credits] == ["available", "redeemed"]


@pytest.mark.parametrize("credit_id", [None, "rlrc_unknown"], ids=["any credit", "an unknown credit"])
def test_without_a_usable_credit_nothing_happens(world: World, pro: Workspace, credit_id: str | None) -> None:
    if credit_id is None:
        pro.reset_credits.clear()

    assert redeem(world, pro, "first", credit_id) == Redemption("no_credit")
    assert pro.primary.used_tokens == 1_000_000


def test_a_named_credit_that_is_spent_is_already_redeemed(world: World, pro: Workspace) -> None:
    spent = pro.reset_credits[0]
    redeem(world, pro, "first", spent.id)
    record_turn(world, pro, 1000)

    assert redeem(world, pro, "second", spent.id) == Redemption("already_redeemed")


def test_the_credit_that_expires_first_goes_first_and_an_expired_one_never(world: World, pro: Workspace) -> None:
    pro.reset_credits = [
        ResetCredit(id="gone", granted_at=NOW - 30, expires_at=NOW),
        ResetCredit(id="lasting", granted_at=NOW - 20),
        ResetCredit(id="urgent", granted_at=NOW - 10, expires_at=NOW + 60),
    ]

    assert [credit.id for credit in available_credits(world, pro)] == ["urgent", "lasting"]
    redeem(world, pro, "first")
    assert {credit.id: credit.status for credit in pro.reset_credits}["urgent"] == "redeemed"
    assert redeem(world, pro, "second", "gone") == Redemption("no_credit")


def test_a_reset_lifts_a_reached_limit(world: World) -> None:
    limited = world.account("limited").workspaces[0]
    assert check(world, limited) is not None
    redeem(world, limited, "first")
    assert check(world, limited) is None


@given(st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 2), st.booleans()), max_size=20))
def test_no_order_of_calls_spends_a_credit_twice(calls: list[tuple[str, int, bool]]) -> None:
    world = World(seed=1, clock=Clock(frozen_at=NOW))
    pro = world.account("pro").workspaces[0]
    ids = [None, *(credit.id for credit in pro.reset_credits)]
    resets = []
    for key, place, used in calls:
        if used:
            record_turn(world, pro, 10)
        before = len(available_credits(world, pro))
        redemption = redeem(world, pro, key, ids[place])
        spent = before - len(available_credits(world, pro))
        assert spent == (redemption.code == "reset") == (redemption.windows_reset > 0)
        resets += [key] * spent

    assert len(resets) == len(set(resets)) <= 2
