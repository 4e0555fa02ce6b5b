"""The accounts that every world starts with, as data."""

from __future__ import annotations

from typing import Any

from codex_mockserver.world._ids import Ids
from codex_mockserver.world._state import Account, Environment, ResetCredit, Window, Workspace

__all__ = ["SEEDED_NAMES", "account_like", "seeded_accounts"]

_FIVE_HOURS = 5 * 3600
_WEEK = 7 * 24 * 3600

#: Tokens that fill the five-hour and the weekly window of a plan; None where the plan lacks the window.
_BUDGETS: dict[str, tuple[int | None, int | None]] = {
    "free": (None, 200_000),
    "plus": (500_000, 3_000_000),
    "pro": (5_000_000, 30_000_000),
    "team": (600_000, 4_000_000),
}

#: The seeded accounts: what differs from an ordinary plus account.
_SEEDS: dict[str, dict[str, Any]] = {
    "plus": {"plan": "plus"},
    "pro": {"plan": "pro", "reset_credits": 2, "credit_balance": "25.00"},
    "team": {"plan": "team", "second_workspace": "Acme Research"},
    "free": {"plan": "free", "platform_access": False},
    "limited": {"plan": "plus", "used_up": True, "reset_credits": 1},
    "expired": {"plan": "plus", "credentials_expired": True},
    "mystery": {"plan": "hyperdrive"},
}

#: The names of the seeded accounts; ``mystery`` has a plan type that no client knows.
SEEDED_NAMES = tuple(_SEEDS)


def seeded_accounts(now: float) -> dict[str, Account]:
    """Return the seeded accounts by name; their identifiers are the same in every world."""
    return {name: _account(name, seed, now) for name, seed in _SEEDS.items()}


def account_like(name: str, seeded: str, now: float) -> Account:
    """Return an account of another name that is like a seeded one."""
    return _account(name, _SEEDS[seeded], now)


def _account(name: str, seed: dict[str, Any], now: float) -> Account:
    ids = Ids(seed=f"account/{name}")
    workspaces = [_workspace(ids, seed, now, name=None if seed["plan"] != "team" else "Acme")]
    if second := seed.get("second_workspace"):
        workspaces.append(_workspace(ids, seed, now, name=second))
    return Account(
        name=name,
        user_id=ids.new("user-", 24),
        email=f"{name}@example.com",
        workspaces=workspaces,
        organization_id=ids.new("org-", 24),
        project_id=ids.new("proj_", 24),
        api_key=ids.new(f"sk-testkit-{name}-", 32),
        personal_access_token=ids.new(f"at-testkit-{name}-", 32),
        platform_access=seed.get("platform_access", True),
        credentials_expired=seed.get("credentials_expired", False),
    )


def _workspace(ids: Ids, seed: dict[str, Any], now: float, name: str | None) -> Workspace:
    plan = seed["plan"]
    primary, secondary = _BUDGETS.get(plan, _BUDGETS["plus"])
    workspace = Workspace(
        id=ids.uuid(),
        name=name,
        plan_type=plan,
        structure="workspace" if name else "personal",
        primary=_window(_FIVE_HOURS, primary),
        secondary=_window(_WEEK, secondary),
        credit_balance=seed.get("credit_balance"),
        has_credits="credit_balance" in seed,
        reset_credits=[
            ResetCredit(id=ids.new("rlrc_", 24), granted_at=now - 86_400, title="Full reset")
            for _ in range(seed.get("reset_credits", 0))
        ],
        environments=[
            Environment(id=ids.new("env_", 24), label="acme/website", is_pinned=True, repository="acme/website"),
            Environment(id=ids.new("env_", 24), label="acme/api", repository="acme/api"),
        ],
    )
    if workspace.primary is None:
        # A plan with one window has it in the primary place, whatever its length.
        workspace.primary, workspace.secondary = workspace.secondary, None
    if seed.get("used_up") and workspace.primary:
        workspace.primary.used_tokens = workspace.primary.budget_tokens
        workspace.primary.started_at = int(now)
    return workspace


def _window(seconds: int, budget: int | None) -> Window | None:
    return Window(window_seconds=seconds, budget_tokens=budget) if budget else None
