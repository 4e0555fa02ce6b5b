"""Browser logins: who may be picked, and that each ends once."""

from __future__ import annotations

import pytest

from codex_mockserver.world import Clock, IllegalTransition, World
from codex_mockserver.world.logins import (
    AccessDenied,
    LoginOver,
    approve_login,
    begin_login,
    choices,
    deny_login,
    waiting_login,
)
from codex_mockserver.world.tokens import CODEX_CLIENT_ID, CODEX_SCOPE


@pytest.fixture
def world():
    return World(seed=1, clock=Clock(frozen_at=1_800_000_000))


def begin(world, **changed):
    fields = {
        "client_id": CODEX_CLIENT_ID,
        "redirect_uri": "http://localhost:1455/auth/callback",
        "state": "s",
        "scope": CODEX_SCOPE,
        "code_challenge": "c" * 43,
        **changed,
    }
    return begin_login(world, **fields)


def test_every_workspace_of_every_account_can_be_picked(world):
    assert [choice.workspace for choice in choices(world)] == [workspace for _, workspace in world.workspaces()]


def test_allowed_workspaces_narrow_the_choice(world):
    second = world.account("team").workspaces[1]
    plus = world.account("plus").workspaces[0]

    assert [choice.workspace for choice in choices(world, [second.id, plus.id])] == [plus, second]


@pytest.mark.parametrize("by", ["id", "name"])
def test_an_account_is_picked_by_id_or_by_name(world, by):
    picked = world.account("pro").workspaces[0].id if by == "id" else "pro"
    code = approve_login(world, begin(world), picked)

    assert world.state.authorization_codes[code].account == "pro"


def test_a_name_means_the_first_workspace_that_is_allowed(world):
    second = world.account("team").workspaces[1].id
    code = approve_login(world, begin(world, allowed_workspaces=[second]), "team")

    assert world.state.authorization_codes[code].workspace == second


@pytest.mark.parametrize("picked", ["plus", "nobody", ""])
def test_what_is_not_allowed_denies_the_login(world, picked):
    login = begin(world, allowed_workspaces=[world.account("team").workspaces[0].id])
    with pytest.raises(AccessDenied):
        approve_login(world, login, picked)

    assert login.status == "denied"


def test_a_workspace_without_codex_is_denied_with_the_reason_that_clients_read(world):
    world.account("plus").workspaces[0].codex_entitled = False
    with pytest.raises(AccessDenied, match="missing_codex_entitlement"):
        approve_login(world, begin(world), "plus")


@pytest.mark.parametrize("end", ["approve", "deny", "wait"])
def test_a_login_ends_once(world, end):
    login = begin(world)
    match end:
        case "approve":
            approve_login(world, login, "plus")
        case "deny":
            deny_login(login)
        case "wait":
            world.clock.advance(1800)

    with pytest.raises(LoginOver):
        waiting_login(world, login.id)
    with pytest.raises(IllegalTransition):
        approve_login(world, login, "plus")


def test_an_unknown_login_is_over(world):
    with pytest.raises(LoginOver):
        waiting_login(world, "login_unknown")
