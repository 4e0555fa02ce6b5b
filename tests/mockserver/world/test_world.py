"""A world: clock, ids, snapshot, restore, reset and isolation."""

from __future__ import annotations

import pytest

from codex_mockserver.world import SEEDED_NAMES, Clock, Ids, World, parse_time, rfc3339
from codex_schemas import Problem

NOON = 1_770_000_000.0


@pytest.fixture
def world() -> World:
    return World(seed=7, clock=Clock(frozen_at=NOON))


def test_the_seeded_accounts_are_there_by_name(world: World) -> None:
    assert set(SEEDED_NAMES) == {"plus", "pro", "team", "free", "limited", "expired", "mystery"}
    assert [world.account(name).name for name in SEEDED_NAMES] == list(SEEDED_NAMES)
    assert len(world.account("team").workspaces) == 2


def test_all_workspace_ids_differ(world: World) -> None:
    ids = [workspace.id for _, workspace in world.workspaces()]

    assert len(set(ids)) == len(ids)


def test_an_unknown_account_names_the_known_ones(world: World) -> None:
    with pytest.raises(Problem, match="plus, pro, team"):
        world.account("gold")


def test_same_seed_and_clock_give_the_same_bytes() -> None:
    def use() -> bytes:
        world = World(seed=7, clock=Clock(frozen_at=NOON))
        world.ids.secret()
        world.clock.advance(5)
        return world.snapshot()

    assert use() == use()


def test_another_seed_gives_other_ids() -> None:
    assert World(seed=1).ids.uuid() != World(seed=2).ids.uuid()
    assert World().ids.uuid() != World().ids.uuid()


def test_restore_returns_to_the_snapshot(world: World) -> None:
    before = world.snapshot()
    world.ids.uuid()
    world.clock.advance(60)
    world.account("plus").workspaces[0].primary.used_tokens = 99

    world.restore(before)

    assert world.snapshot() == before


def test_reset_resets_everything(world: World) -> None:
    beginning = world.snapshot()
    world.ids.uuid()
    world.clock.advance(60)
    world.account("pro").email = "other@example.com"
    world.state.fault_uses["0"] = 3

    world.reset()

    assert world.snapshot() == beginning


def test_a_damaged_snapshot_is_refused_and_changes_nothing(world: World) -> None:
    before = world.snapshot()

    with pytest.raises(Problem, match="restoring a world"):
        world.restore(b'{"clock": 5}')

    assert world.snapshot() == before


def test_two_worlds_share_nothing() -> None:
    one, other = World(), World()
    one.account("plus").workspaces[0].primary.used_tokens = 5
    one.account("plus").workspaces[0].messages.append(None)

    assert other.account("plus").workspaces[0].primary.used_tokens == 0
    assert other.account("plus").workspaces[0].messages == []
    assert one.account("pro").workspaces[0].messages == []


def test_a_running_clock_can_be_advanced() -> None:
    clock = Clock()
    before = clock.now()

    clock.advance(3600)

    assert clock.now() - before >= 3600


def test_a_clock_never_runs_backwards() -> None:
    with pytest.raises(Problem, match="from 0 up"):
        Clock(frozen_at=NOON).advance(-1)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("2026-02-02T02:40:00Z", NOON), ("2026-02-02T02:40:00", NOON), ("1770000000", NOON)],
    ids=["with zone", "without zone", "Unix seconds"],
)
def test_a_time_can_be_read(text: str, seconds: float) -> None:
    assert parse_time(text) == seconds
    assert rfc3339(seconds) == "2026-02-02T02:40:00Z"


def test_a_time_that_is_none_is_refused() -> None:
    with pytest.raises(Problem, match="RFC 3339"):
        parse_time("tomorrow")


def test_ids_never_repeat() -> None:
    ids = Ids(seed="s")

    assert len({ids.new("x_") for _ in range(1000)} | {ids.secret() for _ in range(1000)}) == 2000


def test_a_user_code_has_no_look_alikes() -> None:
    code = Ids(seed="s").user_code()

    assert len(code) == 10
    assert code[4] == "-"
    assert not set(code) & set("AEIOU01")
