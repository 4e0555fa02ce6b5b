"""Workspaces: routing, nudges, messages, environments and managed configuration."""

import pytest

from codex_mockserver.world import Clock, Workspace, WorkspaceMessage, World
from codex_mockserver.world.tasks import create
from codex_mockserver.world.workspaces import (
    NUDGE_COOLDOWN,
    accounts_check,
    environment_list,
    managed_requirements,
    message_list,
    send_nudge,
)
from codex_schemas import load

NOW = 1_800_000_000.0


@pytest.fixture
def world() -> World:
    return World(seed=1, clock=Clock(frozen_at=NOW))


@pytest.fixture
def team(world: World) -> Workspace:
    return world.account("team").workspaces[0]


def test_accounts_check_lists_every_workspace_with_its_routing(world: World, team: Workspace) -> None:
    answer = accounts_check(world.account("team"), team)

    load("wham").validator("AccountsCheckResponse").check(answer)
    assert [entry["name"] for entry in answer["accounts"]] == ["Acme", "Acme Research"]
    assert answer["default_account_id"] == answer["accounts"][0]["id"] == answer["account_ordering"][0]
    assert {entry["structure"] for entry in answer["accounts"]} == {"workspace"}
    assert {entry["workspace_backend_origin"] for entry in answer["accounts"]} == {"https://chatgpt.com"}
    assert {entry["account_routing_override"] for entry in answer["accounts"]} == {"NO_CONSTRAINT"}


def test_a_workspace_without_routing_leaves_the_fields_out(world: World, team: Workspace) -> None:
    team.backend_origin = team.routing_override = None

    entry = accounts_check(world.account("team"), team)["accounts"][0]

    assert not {"workspace_backend_origin", "account_routing_override", "can_access_with_session"} & entry.keys()


def test_a_nudge_goes_out_once_in_the_cool_down(world: World, team: Workspace) -> None:
    assert send_nudge(world, team) == 0
    world.clock.advance(0.5)
    assert send_nudge(world, team) == NUDGE_COOLDOWN
    world.clock.advance(NUDGE_COOLDOWN - 1)
    assert send_nudge(world, team) == 1
    world.clock.advance(0.5)
    assert send_nudge(world, team) == 0
    assert send_nudge(world, team) == NUDGE_COOLDOWN


def test_each_workspace_has_a_cool_down_of_its_own(world: World, team: Workspace) -> None:
    send_nudge(world, team)

    assert send_nudge(world, world.account("team").workspaces[1]) == 0


def test_messages_leave_out_the_times_that_they_lack(team: Workspace) -> None:
    team.messages = [
        WorkspaceMessage(id="m1", body="Maintenance tonight", type="headline", created_at=0.0),
        WorkspaceMessage(id="m2", body="Welcome"),
    ]

    answer = message_list(team)

    load("wham").validator("WorkspaceMessages").check(answer)
    assert answer["messages"] == [
        {
            "message_id": "m1",
            "message_type": "headline",
            "message_body": "Maintenance tonight",
            "created_at": "1970-01-01T00:00:00Z",
        },
        {"message_id": "m2", "message_type": "announcement", "message_body": "Welcome"},
    ]


def test_environments_count_the_tasks_of_their_workspace(world: World, team: Workspace) -> None:
    create(world, team, team.environments[1].id, "x")

    answer = environment_list(world, team)

    load("wham").validator("EnvironmentList").check(answer)
    assert [(row["label"], row["is_pinned"], row["task_count"]) for row in answer] == [
        ("acme/website", True, 2),
        ("acme/api", False, 1),
    ]


def test_an_environment_shared_by_two_workspaces_counts_the_tasks_of_each(world: World, team: Workspace) -> None:
    other = world.account("team").workspaces[1]
    other.environments = team.environments
    create(world, other, team.environments[1].id, "x")

    assert [environment_list(world, owner)[1]["task_count"] for owner in (team, other)] == [0, 1]


@pytest.mark.parametrize(
    ("repository", "labels"),
    [("acme/api", ["acme/api"]), ("Acme/API", ["acme/api"]), ("acme/other", [])],
    ids=["known", "in other letters", "unknown"],
)
def test_environments_of_a_repository(world: World, team: Workspace, repository: str, labels: list[str]) -> None:
    assert [row["label"] for row in environment_list(world, team, repository)] == labels


def test_requirements_join_the_managed_fragments(team: Workspace) -> None:
    assert managed_requirements(team) == {"contents": ""}
    fragments = [{"id": "a", "name": "A", "contents": "x = 1"}, {"id": "b", "name": "B", "contents": "y = 2"}]
    team.config_bundle = {"requirements_toml": {"enterprise_managed": fragments}}
    assert managed_requirements(team) == {"contents": "x = 1\ny = 2"}
