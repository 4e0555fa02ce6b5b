"""Rate limits: windows fill, roll and reset, and every wire form tells the same numbers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codex_mockserver.world import SEEDED_NAMES, AdditionalLimit, Clock, Window, Workspace, World
from codex_mockserver.world.limits import (
    check,
    limit_body,
    limit_event,
    limit_headers,
    record_turn,
    usage_payload,
)
from codex_schemas import Problem, load, load_events

NOW = 1_800_000_000.25
FIVE_HOURS = 5 * 3600


@pytest.fixture
def world() -> World:
    return World(seed=1, clock=Clock(frozen_at=NOW))


@pytest.fixture
def plus(world: World) -> Workspace:
    return world.account("plus").workspaces[0]


def usage(world: World, workspace: Workspace) -> dict:
    owner = next(account for account, own in world.workspaces() if own is workspace)
    payload = usage_payload(world, owner, workspace)
    load("wham").validator("RateLimitStatusPayload").check(payload)
    return payload


def test_an_unused_window_is_empty_and_ends_one_length_from_now(world: World, plus: Workspace) -> None:
    window = usage(world, plus)["rate_limit"]["primary_window"]

    assert window == {
        "used_percent": 0,
        "limit_window_seconds": FIVE_HOURS,
        "reset_after_seconds": FIVE_HOURS,
        "reset_at": int(NOW) + FIVE_HOURS,
    }


def test_a_turn_fills_both_windows_by_whole_percent_rounded_down(world: World, plus: Workspace) -> None:
    record_turn(world, plus, plus.primary.budget_tokens // 100 * 13 - 1)

    limit = usage(world, plus)["rate_limit"]

    assert limit["primary_window"]["used_percent"] == 12
    assert limit["secondary_window"]["used_percent"] == 2


def test_the_end_of_a_begun_window_stays_while_time_passes(world: World, plus: Workspace) -> None:
    record_turn(world, plus, 10)
    world.clock.advance(100)
    record_turn(world, plus, 10)

    window = usage(world, plus)["rate_limit"]["primary_window"]

    assert window["reset_at"] == int(NOW) + FIVE_HOURS
    assert window["reset_after_seconds"] == FIVE_HOURS - 100


def test_a_window_is_empty_from_the_second_of_its_reset(world: World, plus: Workspace) -> None:
    record_turn(world, plus, plus.primary.budget_tokens)
    world.clock.advance(FIVE_HOURS - 1)
    assert check(world, plus) is not None
    world.clock.advance(1)
    assert check(world, plus) is None
    assert usage(world, plus)["rate_limit"]["primary_window"]["used_percent"] == 0


def test_a_turn_after_the_reset_begins_a_new_window(world: World, plus: Workspace) -> None:
    record_turn(world, plus, 400_000)
    world.clock.advance(2 * FIVE_HOURS)
    record_turn(world, plus, 5_000)

    window = usage(world, plus)["rate_limit"]["primary_window"]

    assert window["used_percent"] == 1
    assert window["reset_after_seconds"] == FIVE_HOURS
    assert [past.used_tokens for past in plus.finished_windows] == [400_000]


def test_a_window_never_shows_more_than_full(world: World, plus: Workspace) -> None:
    record_turn(world, plus, 10 * plus.primary.budget_tokens)

    assert usage(world, plus)["rate_limit"]["primary_window"]["used_percent"] == 100


def test_a_limit_with_nothing_to_spend_is_always_reached(world: World, plus: Workspace) -> None:
    plus.primary = Window(window_seconds=60, budget_tokens=0)

    assert check(world, plus) is not None


def test_a_reached_limit_is_told_in_every_form(world: World, plus: Workspace) -> None:
    record_turn(world, plus, plus.primary.budget_tokens)
    world.clock.advance(1000)

    reached = check(world, plus)
    payload, body, headers = usage(world, plus), limit_body(world, plus), limit_headers(world, plus)

    load("responses").validator("UsageLimitEnvelope").check(body)
    assert reached.type == "rate_limit_reached"
    assert payload["rate_limit"]["allowed"] is False
    assert payload["rate_limit"]["limit_reached"] is True
    assert payload["rate_limit_reached_type"] == {"type": "rate_limit_reached"}
    assert headers["x-codex-rate-limit-reached-type"] == "rate_limit_reached"
    assert body["error"].pop("message")
    assert body["error"] == {
        "type": "usage_limit_reached",
        "plan_type": "plus",
        "resets_at": int(NOW) + FIVE_HOURS,
        "resets_in_seconds": FIVE_HOURS - 1000,
    }


def test_two_full_windows_refuse_until_the_later_reset(world: World, plus: Workspace) -> None:
    record_turn(world, plus, plus.secondary.budget_tokens)

    assert check(world, plus).resets_at == int(NOW) + 7 * 24 * 3600


def test_a_refusal_without_a_reached_limit_is_a_problem(world: World, plus: Workspace) -> None:
    with pytest.raises(Problem, match=r"limits\.check"):
        limit_body(world, plus)


@pytest.mark.parametrize("name", SEEDED_NAMES)
def test_only_the_limited_account_starts_at_its_limit(world: World, name: str) -> None:
    workspace = world.account(name).workspaces[0]

    assert (check(world, workspace) is not None) == (name == "limited")


def test_a_free_plan_has_its_weekly_window_in_the_primary_place(world: World) -> None:
    limit = usage(world, world.account("free").workspaces[0])["rate_limit"]

    assert limit["primary_window"]["limit_window_seconds"] == 7 * 24 * 3600
    assert limit["secondary_window"] is None


def test_a_plan_without_windows_has_no_rate_limit(world: World, plus: Workspace) -> None:
    plus.primary = plus.secondary = None
    record_turn(world, plus, 1000)

    assert usage(world, plus)["rate_limit"] is None
    assert not [name for name in limit_headers(world, plus) if name.endswith("used-percent")]


def test_the_headers_spell_booleans_and_leave_out_an_unknown_balance(world: World, plus: Workspace) -> None:
    headers = limit_headers(world, plus)
    assert headers["x-codex-credits-has-credits"] == "false"
    assert headers["x-codex-credits-unlimited"] == "false"
    assert "x-codex-credits-balance" not in headers
    assert limit_headers(world, world.account("pro").workspaces[0])["x-codex-credits-balance"] == "25.00"


def test_an_additional_limit_is_filled_by_its_model_alone(world: World, plus: Workspace) -> None:
    plus.additional["codex_reserve"] = AdditionalLimit(
        name="Reserve", primary=Window(window_seconds=3600, budget_tokens=100), model="gpt-example"
    )
    record_turn(world, plus, 100, model="gpt-example")

    payload, headers = usage(world, plus), limit_headers(world, plus)

    assert payload["rate_limit"]["primary_window"]["used_percent"] == 0
    [extra] = payload["additional_rate_limits"]
    assert extra["metered_feature"] == "codex_reserve"
    assert extra["normal_model_slug"] == "gpt-example"
    assert extra["rate_limit"]["limit_reached"] is True
    assert headers["x-codex-reserve-primary-used-percent"] == "100"
    assert headers["x-codex-reserve-limit-name"] == "Reserve"
    assert check(world, plus) is None
    assert check(world, plus, model="gpt-example") is not None


def test_a_spend_limit_is_told_in_credits_and_refuses_when_spent(world: World, plus: Workspace) -> None:
    plus.spend_limit = Window(window_seconds=30 * 24 * 3600, budget_tokens=400_000)
    record_turn(world, plus, 100_000)
    limit = usage(world, plus)["spend_control"]["individual_limit"]
    assert (limit["limit"], limit["used"], limit["remaining"]) == ("10.00", "2.50", "7.50")
    assert (limit["used_percent"], limit["remaining_percent"]) == (25, 75)

    record_turn(world, plus, 300_000)
    payload = usage(world, plus)

    assert payload["spend_control"]["reached"] is True
    assert payload["rate_limit"] | {"allowed": False, "limit_reached": False} == payload["rate_limit"]
    assert payload["rate_limit_reached_type"] == {"type": "workspace_member_usage_limit_reached"}


@given(
    turns=st.lists(st.tuples(st.integers(0, 400_000), st.integers(0, 30_000)), max_size=12),
    name=st.sampled_from(SEEDED_NAMES),
)
def test_all_forms_agree_after_any_turns(turns: list[tuple[int, int]], name: str) -> None:
    world = World(seed=1, clock=Clock(frozen_at=NOW))
    workspace = world.account(name).workspaces[0]
    for tokens, pause in turns:
        record_turn(world, workspace, tokens)
        world.clock.advance(pause)
    payload, event, headers = usage(world, workspace), limit_event(world, workspace), limit_headers(world, workspace)
    reached = check(world, workspace)

    resets = []
    for position, told in event["rate_limits"].items():
        window = payload["rate_limit"][f"{position}_window"]
        if window is None:
            assert told is None
            continue
        assert told["used_percent"] == window["used_percent"]
        assert told["window_minutes"] * 60 == window["limit_window_seconds"]
        assert told["reset_at"] == window["reset_at"]
        assert window["reset_at"] - window["reset_after_seconds"] == int(world.now())
        assert {key: headers[f"x-codex-{position}-{key.replace('_', '-')}"] for key in told} == {
            key: str(value) for key, value in told.items()
        }
        resets += [window["reset_at"]] if window["used_percent"] == 100 else []
    load_events().validator("codex.rate_limits", "websocket").check(event)
    assert event["credits"] == payload["credits"]
    assert event["plan_type"] == payload["plan_type"]
    assert (reached and reached.resets_at) == max(resets, default=None)
    assert payload["rate_limit"]["allowed"] is not payload["rate_limit"]["limit_reached"]
    assert (reached is not None) == payload["rate_limit"]["limit_reached"]
