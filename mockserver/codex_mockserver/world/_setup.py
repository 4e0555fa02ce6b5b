"""Accounts as a scenario wants them: what differs from the seeded ones, and further ones."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from codex_mockserver.world._seed import account_like
from codex_mockserver.world._state import State, Window, Workspace

__all__ = ["AccountSetup", "CreditsSetup", "WindowSetup", "set_up"]

#: The account that a further account is like, unless it names another.
_MODEL = "plus"

#: The length and the budget of a window that a plan did not have, by its position.
_NEW = {"primary": (5 * 3600, 500_000), "secondary": (7 * 24 * 3600, 3_000_000)}

_Unset = msgspec.UnsetType


class WindowSetup(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """What a rate-limit window shall be like; what is left out stays."""

    #: How full it is, from 0 to 100.
    used_percent: int | None = None
    window_seconds: int | None = None
    #: Seconds until it resets.
    resets_in_seconds: int | None = None
    #: The tokens that fill it.
    budget_tokens: int | None = None


class CreditsSetup(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """What credits an account has."""

    #: Decimal text as the wire has it.
    balance: str | None = None
    unlimited: bool = False


class AccountSetup(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """What an account shall be like; what is left out stays as the seeded account has it."""

    #: The seeded account that a further account is like.
    like: str | None = None
    #: Any plan type, one that no client knows too.
    plan: str | None = None
    #: The windows; null means that there is none.
    primary: WindowSetup | _Unset | None = msgspec.UNSET
    secondary: WindowSetup | _Unset | None = msgspec.UNSET
    credits: CreditsSetup | _Unset | None = msgspec.UNSET
    #: Whether its workspaces include Codex.
    entitled: bool | None = None
    #: Whether ``accounts/check`` says where the traffic of its workspaces goes.
    routing: bool | None = None
    #: Seconds that its access tokens live.
    token_life: int | None = None
    #: The same for the access token that a login gives; what a refresh gives is as ever.
    login_token_life: int | None = None


def set_up(state: State, setups: Mapping[str, AccountSetup]) -> None:
    """Make accounts as they shall be; one with a new name is added."""
    now = state.clock.now()
    for name, setup in setups.items():
        if name not in state.accounts:
            state.accounts[name] = account_like(name, setup.like or _MODEL, now)
        account = state.accounts[name]
        if setup.token_life is not None:
            account.token_life = setup.token_life
        if setup.login_token_life is not None:
            account.login_token_life = setup.login_token_life
        for workspace in account.workspaces:
            _set_up_workspace(workspace, setup, int(now))


def _set_up_workspace(workspace: Workspace, setup: AccountSetup, now: int) -> None:
    if setup.plan is not None:
        workspace.plan_type = setup.plan
    if setup.entitled is not None:
        workspace.codex_entitled = setup.entitled
    if setup.routing is not None:
        for name in ("backend_origin", "routing_override"):
            setattr(workspace, name, _default(name) if setup.routing else None)
    for position in _NEW:
        window: WindowSetup | _Unset | None = getattr(setup, position)
        if window is not msgspec.UNSET:
            setattr(workspace, position, window and _window(position, getattr(workspace, position), window, now))
    if setup.credits is not msgspec.UNSET:
        given = setup.credits or CreditsSetup()
        workspace.has_credits = setup.credits is not None
        workspace.credit_balance, workspace.unlimited_credits = given.balance, given.unlimited


def _window(position: str, known: Window | None, setup: WindowSetup, now: int) -> Window:
    """Return a window as it shall be; what the setup leaves out comes from the one that was there."""
    seconds, budget = (known.window_seconds, known.budget_tokens) if known else _NEW[position]
    seconds, budget = setup.window_seconds or seconds, setup.budget_tokens or budget
    used = -(-budget * (setup.used_percent or 0) // 100)
    begun = now if setup.resets_in_seconds is None else now + setup.resets_in_seconds - seconds
    started_at = begun if used or setup.resets_in_seconds is not None else None
    return Window(window_seconds=seconds, budget_tokens=budget, used_tokens=used, started_at=started_at)


def _default(name: str) -> Any:
    return next(field.default for field in msgspec.structs.fields(Workspace) if field.name == name)
