"""What a client must know of the accounts of a world."""

from __future__ import annotations

from typing import Any

from codex_mockserver.world._state import Account
from codex_mockserver.world._world import World
from codex_mockserver.world.tokens import issue_tokens

__all__ = ["describe_accounts"]


def describe_accounts(world: World) -> dict[str, Any]:
    """Return each account with fresh credentials by its name, as JSON."""
    return {name: _describe(world, account) for name, account in world.state.accounts.items()}


def _describe(world: World, account: Account) -> dict[str, Any]:
    return {
        "email": account.email,
        "account_id": account.workspaces[0].id,
        "plan_type": account.workspaces[0].plan_type,
        "workspaces": [workspace.id for workspace in account.workspaces],
        "access_token": issue_tokens(world, account.name).access_token,
        "api_key": account.api_key,
    }
