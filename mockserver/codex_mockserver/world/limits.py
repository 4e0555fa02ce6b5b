"""Rate limits: windows that fill with each turn and roll with the clock.

All that goes on the wire comes from the same snapshots: the usage payload, the response
headers, the WebSocket event and the refusal, so that their numbers agree.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from codex_mockserver.world import Account, AdditionalLimit, Window, Workspace, World, rfc3339
from codex_mockserver.world._windows import FULL, WindowSnapshot, fill, present, read_window
from codex_mockserver.world.reset_credits import available_credits
from codex_schemas import Problem

__all__ = [
    "CREDIT_MICROS_PER_TOKEN",
    "LimitReached",
    "check",
    "limit_body",
    "limit_event",
    "limit_headers",
    "record_turn",
    "usage_payload",
]

#: What a token costs in millionths of a credit; the real rates depend on the model and are not known.
CREDIT_MICROS_PER_TOKEN = 25

#: The types of ``rate_limit_reached_type``: a window is full, or a member has spent all.
_WINDOW_REACHED = "rate_limit_reached"
_SPEND_REACHED = "workspace_member_usage_limit_reached"

_Holder = Workspace | AdditionalLimit


@dataclass(frozen=True, slots=True)
class LimitReached:
    """A limit that refuses turns until it resets."""

    #: A ``rate_limit_reached_type``.
    type: str
    #: When turns are possible again, in Unix seconds.
    resets_at: int
    resets_in_seconds: int


def record_turn(
    world: World,
    workspace: Workspace,
    tokens: int,
    thread_id: str | None = None,
    *,
    seconds: float = 0,
    model: str | None = None,
) -> None:
    """Count the tokens of a turn in the windows, the day and the thread.

    Args:
        world: Gives the time.
        workspace: Who pays.
        tokens: All tokens of the turn, in and out.
        thread_id: The thread that it belongs to.
        seconds: How long it took.
        model: Its model; one that has an additional limit fills that instead of the plan's windows.
    """
    now = world.now()
    for window in _charged(workspace, model):
        fill(workspace, window, tokens, now)
    _add(workspace.tokens_by_day, rfc3339(now)[:10], tokens)
    if thread_id is not None:
        _add(workspace.tokens_by_thread, thread_id, tokens)
    workspace.longest_turn_seconds = max(workspace.longest_turn_seconds, int(seconds))


def check(world: World, workspace: Workspace, model: str | None = None) -> LimitReached | None:
    """Return the limit that refuses a turn of a model, or None; credits are shown but do not lift a limit."""
    now = world.now()
    full = [read for window in _charged(workspace, model) if (read := read_window(window, now)).full]
    if not full:
        return None
    spend_only = full == [read_window(window, now) for window in present(workspace.spend_limit)]
    last = max(full, key=lambda read: read.reset_at)
    return LimitReached(_SPEND_REACHED if spend_only else _WINDOW_REACHED, last.reset_at, last.reset_after_seconds)


def usage_payload(world: World, account: Account, workspace: Workspace) -> dict[str, Any]:
    """Return the WHAM usage answer (``RateLimitStatusPayload``)."""
    now, reached = world.now(), check(world, workspace)
    details = _details(workspace, now)
    return {
        "account_id": workspace.id,
        "user_id": account.user_id,
        "email": account.email,
        "plan_type": workspace.plan_type,
        "rate_limit": details and {**details, "allowed": reached is None},
        "additional_rate_limits": [_additional(name, limit, now) for name, limit in workspace.additional.items()],
        "credits": _credits(workspace),
        "spend_control": _spend_control(workspace, now),
        "rate_limit_reached_type": reached and {"type": reached.type},
        "rate_limit_reset_credits": {"available_count": len(available_credits(world, workspace))},
    }


def limit_headers(world: World, workspace: Workspace) -> dict[str, str]:
    """Return the rate-limit headers of a model response, such as ``x-codex-primary-used-percent``."""
    now, reached = world.now(), check(world, workspace)
    headers = _window_headers("codex", workspace, now)
    for feature, limit in workspace.additional.items():
        family = feature.replace("_", "-")
        headers |= _window_headers(family, limit, now) | {f"x-{family}-limit-name": limit.name}
    for name, value in _credits(workspace).items():
        if value is not None:
            headers[f"x-codex-credits-{name.replace('_', '-')}"] = str(value).lower()
    if reached:
        headers["x-codex-rate-limit-reached-type"] = reached.type
    return headers


def limit_event(world: World, workspace: Workspace) -> dict[str, Any]:
    """Return the ``codex.rate_limits`` event of the Responses WebSocket."""
    windows = _read(workspace, world.now())
    return {
        "type": "codex.rate_limits",
        "plan_type": workspace.plan_type,
        "rate_limits": {position: read and _event_window(read) for position, read in windows.items()},
        "credits": _credits(workspace),
    }


def limit_body(world: World, workspace: Workspace, model: str | None = None) -> dict[str, Any]:
    """Return the body of the 429 that refuses a turn of a model.

    Raises:
        Problem: No limit is reached.
    """
    reached = check(world, workspace, model)
    if reached is None:
        raise Problem(
            "refusing a turn for its usage limit",
            expected="a full window",
            found="room in every window",
            advice="Ask limits.check() first.",
        )
    return {
        "error": {
            "type": "usage_limit_reached",
            "message": f"The usage limit of this plan is reached until {rfc3339(reached.resets_at)}.",
            "plan_type": workspace.plan_type,
            "resets_at": reached.resets_at,
            "resets_in_seconds": reached.resets_in_seconds,
        },
    }


def _charged(workspace: Workspace, model: str | None) -> list[Window]:
    """Return the windows that a turn of a model fills."""
    own = [limit for limit in workspace.additional.values() if model is not None and limit.model == model]
    holders: list[_Holder] = [*own] or [workspace]
    windows = [window for holder in holders for window in (holder.primary, holder.secondary)]
    return present(*windows, workspace.spend_limit)


def _read(holder: _Holder, now: float) -> dict[str, WindowSnapshot | None]:
    """Return the state of both windows by position."""
    windows = {"primary": holder.primary, "secondary": holder.secondary}
    return {position: read_window(window, now) if window else None for position, window in windows.items()}


def _details(holder: _Holder, now: float) -> dict[str, Any] | None:
    windows = _read(holder, now)
    if not any(windows.values()):
        return None
    reached = any(read.full for read in windows.values() if read)
    positions = {f"{position}_window": read and _usage_window(read) for position, read in windows.items()}
    return {"allowed": not reached, "limit_reached": reached, **positions}


def _usage_window(read: WindowSnapshot) -> dict[str, int]:
    return {
        "used_percent": read.used_percent,
        "limit_window_seconds": read.window_seconds,
        "reset_after_seconds": read.reset_after_seconds,
        "reset_at": read.reset_at,
    }


def _event_window(read: WindowSnapshot) -> dict[str, int]:
    return {"used_percent": read.used_percent, "window_minutes": read.window_minutes, "reset_at": read.reset_at}


def _window_headers(family: str, holder: _Holder, now: float) -> dict[str, str]:
    return {
        f"x-{family}-{position}-{name.replace('_', '-')}": str(value)
        for position, read in _read(holder, now).items()
        if read
        for name, value in _event_window(read).items()
    }


def _additional(feature: str, limit: AdditionalLimit, now: float) -> dict[str, Any]:
    wire = {"limit_name": limit.name, "metered_feature": feature, "rate_limit": _details(limit, now)}
    return wire if limit.model is None else {**wire, "normal_model_slug": limit.model}


def _credits(workspace: Workspace) -> dict[str, Any]:
    return {
        "has_credits": workspace.has_credits,
        "unlimited": workspace.unlimited_credits,
        "balance": workspace.credit_balance,
    }


def _spend_control(workspace: Workspace, now: float) -> dict[str, Any]:
    if workspace.spend_limit is None:
        return {"reached": False, "individual_limit": None}
    read, limit = read_window(workspace.spend_limit, now), workspace.spend_limit.budget_tokens
    return {
        "reached": read.full,
        "individual_limit": {
            "source": "workspace",
            "limit": _credit_text(limit),
            "used": _credit_text(read.used_tokens),
            "remaining": _credit_text(max(0, limit - read.used_tokens)),
            "used_percent": read.used_percent,
            "remaining_percent": FULL - read.used_percent,
            "reset_after_seconds": read.reset_after_seconds,
            "reset_at": read.reset_at,
        },
    }


def _credit_text(tokens: int) -> str:
    return f"{tokens * CREDIT_MICROS_PER_TOKEN / 1_000_000:.2f}"


def _add(counts: dict[str, int], key: str, tokens: int) -> None:
    World.remember(counts, key, counts.get(key, 0) + tokens)
