"""Stored responses as the world keeps them."""

from __future__ import annotations

import itertools

import pytest

from codex_mockserver.world import TRANSITIONS, Clock, StoredResponse, World, responses

NOW = 1_800_000_000.0
END = {"status": "completed", "output": [{"id": "msg_out"}]}


@pytest.fixture
def world() -> World:
    return World(seed=1, clock=Clock(frozen_at=NOW))


def stored(world: World, account: str = "plus", number: int = 1, end=None) -> StoredResponse:
    record = StoredResponse(
        id=f"resp_{number}",
        workspace=world.account(account).workspaces[0].id,
        opening={"status": "in_progress", "output": []},
        response=end or END,
        input_items=[{"id": f"msg_{number}"}],
        deltas=[None],
        starts_at=NOW + 1,
        ends_at=NOW + 2,
    )
    responses.store(world, record)
    return record


@pytest.mark.parametrize("final", ["completed", "failed", "incomplete"])
def test_a_response_goes_only_the_ways_of_its_table(world: World, final: str) -> None:
    record = stored(world, end={"status": final, "output": []})

    states = [responses.shown(record, NOW + seconds)["status"] for seconds in (0, 0.9, 1, 1.9, 2, 99)]

    assert states == ["queued", "queued", "in_progress", "in_progress", final, final]
    steps = {step for step in itertools.pairwise(states) if step[0] != step[1]}
    assert all(after in TRANSITIONS["turn"][before].values() for before, after in steps)


@pytest.mark.parametrize("seconds", [0, 1])
def test_a_response_that_is_stopped_in_time_never_ends_otherwise(world: World, seconds: float) -> None:
    record = stored(world)

    responses.cancel(record, NOW + seconds)

    assert responses.has_ended(record, NOW + seconds)
    assert responses.shown(record, NOW + 99) == {"status": "cancelled", "output": []}


def test_a_response_that_has_ended_is_not_stopped(world: World) -> None:
    record = stored(world)

    responses.cancel(record, NOW + 2)

    assert responses.shown(record, NOW + 2) == END


def test_an_item_is_found_in_what_went_in_and_in_what_came_out_of_the_own_workspace(world: World) -> None:
    stored(world)
    stored(world, account="pro", number=2)
    own = world.account("plus").workspaces[0]

    assert responses.find_item(world, own, "msg_1") == {"id": "msg_1"}
    assert responses.find_item(world, own, "msg_out") == {"id": "msg_out"}
    assert responses.find_item(world, own, "msg_2") is None


def test_a_response_belongs_to_its_workspace(world: World) -> None:
    record = stored(world, account="pro")

    assert responses.find(world, world.account("pro").workspaces[0], record.id) is record
    assert responses.find(world, world.account("plus").workspaces[0], record.id) is None


def test_stored_responses_survive_a_snapshot(world: World) -> None:
    record = stored(world)
    other = World()

    other.restore(world.snapshot())

    assert other.state.responses == {record.id: record}
