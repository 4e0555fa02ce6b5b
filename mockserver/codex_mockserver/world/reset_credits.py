"""Earned resets of the rate-limit windows, each redeemed at most once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from codex_mockserver.world import ResetCredit, Workspace, World, advance, rfc3339
from codex_mockserver.world._windows import present, read_window, restart

__all__ = ["Redemption", "available_credits", "credit_list", "redeem"]


@dataclass(frozen=True, slots=True)
class Redemption:
    """What came of redeeming a reset credit."""

    #: ``reset``, ``nothing_to_reset``, ``no_credit`` or ``already_redeemed``.
    code: str
    windows_reset: int = 0


def available_credits(world: World, workspace: Workspace) -> list[ResetCredit]:
    """Return the credits that can still be redeemed, those that expire first at the front."""
    usable = [credit for credit in _unexpired(world, workspace) if credit.status == "available"]
    return sorted(usable, key=lambda credit: (credit.expires_at or float("inf"), credit.granted_at))


def credit_list(world: World, workspace: Workspace) -> dict[str, Any]:
    """Return the WHAM list of reset credits, those that are redeemed included."""
    return {
        "available_count": len(available_credits(world, workspace)),
        "credits": [_wire(credit) for credit in _unexpired(world, workspace)],
    }


def redeem(world: World, workspace: Workspace, request_id: str, credit_id: str | None = None) -> Redemption:
    """Redeem a credit and restart the plan's windows.

    A request id that succeeded before spends nothing again, and neither does a call that
    finds no window to reset.

    Args:
        world: Gives the time.
        workspace: Whose windows restart.
        request_id: The caller's idempotency key.
        credit_id: The credit to spend; left out, the one that expires first.
    """
    named = [credit for credit in workspace.reset_credits if credit.id == credit_id]
    if any(credit.redeemed_by for credit in named) or _redeemed_before(workspace, request_id):
        return Redemption("already_redeemed")
    usable = available_credits(world, workspace)
    chosen = next((credit for credit in usable if credit_id in (None, credit.id)), None)
    if chosen is None:
        return Redemption("no_credit")
    now = world.now()
    windows = [w for w in present(workspace.primary, workspace.secondary) if read_window(w, now).used_tokens]
    if not windows:
        return Redemption("nothing_to_reset")
    chosen.status = advance("reset_credit", chosen.status, "redeem")
    chosen.redeemed_by = request_id
    for window in windows:
        restart(workspace, window, int(now))
    chosen.status = advance("reset_credit", chosen.status, "finish")
    return Redemption("reset", len(windows))


def _redeemed_before(workspace: Workspace, request_id: str) -> bool:
    return any(credit.redeemed_by == request_id for credit in workspace.reset_credits)


def _unexpired(world: World, workspace: Workspace) -> list[ResetCredit]:
    now = world.now()
    return [credit for credit in workspace.reset_credits if credit.expires_at is None or credit.expires_at > now]


def _wire(credit: ResetCredit) -> dict[str, Any]:
    return {
        "id": credit.id,
        "reset_type": "codex_rate_limits",
        "status": credit.status,
        "granted_at": rfc3339(credit.granted_at),
        "expires_at": None if credit.expires_at is None else rfc3339(credit.expires_at),
        "title": credit.title,
        "description": credit.description,
    }
