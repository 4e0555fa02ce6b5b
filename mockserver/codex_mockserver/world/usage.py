"""What was used: token profiles, the usage of threads, the history of the windows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from typing import Any

from codex_mockserver.world import Account, FinishedWindow, Workspace, World, rfc3339
from codex_mockserver.world._windows import minutes, present
from codex_mockserver.world.limits import CREDIT_MICROS_PER_TOKEN
from codex_schemas import Problem

__all__ = ["InvalidThreads", "plan_limit_history", "profile", "task_usage", "thread_estimates", "thread_usage"]

#: What a credit costs in millionths of a dollar; the real rates are not known.
USD_MICROS_PER_CREDIT = 40_000

_FIVE_HOURS = 5 * 3600
_DAY = 24 * 3600
_WEEK = 7 * _DAY

#: How many distinct threads one query may name.
_MAX_THREADS = 1000


class InvalidThreads(Problem):
    """A query names more threads than it may, or one of them twice."""


def profile(world: World, account: Account, workspace: Workspace) -> dict[str, Any]:
    """Return the token usage profile of an account in a workspace."""
    tokens = workspace.tokens_by_day
    runs = _runs(tokens)
    today = date.fromisoformat(rfc3339(world.now())[:10])
    return {
        "stats": {
            "lifetime_tokens": sum(tokens.values()),
            "peak_daily_tokens": max(tokens.values(), default=0),
            "longest_running_turn_sec": workspace.longest_turn_seconds,
            # A day without a turn so far does not yet break a streak.
            "current_streak_days": next((n for last, n in runs if today - last <= timedelta(days=1)), 0),
            "longest_streak_days": max((length for _, length in runs), default=0),
            "daily_usage_buckets": [{"start_date": day, "tokens": tokens[day]} for day in sorted(tokens)],
            "total_threads": len(workspace.tokens_by_thread),
        },
        "profile": {"display_name": account.name, "username": account.name},
        "metadata": {"stats_as_of": rfc3339(world.now())},
    }


def thread_usage(workspace: Workspace, thread_ids: Iterable[str]) -> dict[str, Any]:
    """Return the estimated cost of exactly these threads; an unknown one has used nothing."""
    return {"threads": [_thread(workspace, thread_id) for thread_id in thread_ids]}


def task_usage(world: World, workspace: Workspace, threads: list[dict[str, Any]]) -> dict[str, Any]:
    """Return which share of the limits these threads used, each with its descendants.

    Args:
        world: Gives the time.
        workspace: Whose limits.
        threads: ``thread_id`` and ``descendant_thread_ids`` of each.

    Raises:
        InvalidThreads: A thread is named twice, or there are more than a thousand.
    """
    families = [[thread["thread_id"], *thread["descendant_thread_ids"]] for thread in threads]
    _check_threads([thread_id for family in families for thread_id in family])
    return {
        "data_as_of": rfc3339(world.now()),
        "threads": [_task(workspace, family) for family in families],
    }


def thread_estimates(threads: list[dict[str, Any]]) -> dict[str, Any]:
    """Return exactly these turns without an estimate: the world counts tokens by thread, not by turn."""
    return {
        "threads": [
            {
                "thread_id": thread["thread_id"],
                "turns": [{"turn_id": turn_id, "settled_response_ids": []} for turn_id in thread["turn_ids"]],
            }
            for thread in threads
        ],
    }


def plan_limit_history(world: World, workspace: Workspace, days: int) -> dict[str, Any]:
    """Return the windows of the last days, the running ones included, latest first."""
    now = world.now()
    start = now - days * _DAY
    periods = [period for period in _periods(workspace) if period.ended_at > start]
    return {
        "data_as_of": rfc3339(now),
        "coverage_start": rfc3339(start),
        "coverage_complete": True,
        "approximate": False,
        "periods": [_wire_period(workspace, period, now) for period in sorted(periods, key=_latest_first)],
    }


def _runs(tokens: dict[str, int]) -> list[tuple[date, int]]:
    """Return each run of consecutive days as its last day and its length, latest first."""
    runs: list[tuple[date, int]] = []
    for day in map(date.fromisoformat, sorted(tokens)):
        if runs and day - runs[-1][0] == timedelta(days=1):
            runs[-1] = (day, runs[-1][1] + 1)
        else:
            runs.append((day, 1))
    return runs[::-1]


def _thread(workspace: Workspace, thread_id: str) -> dict[str, Any]:
    tokens = workspace.tokens_by_thread.get(thread_id, 0)
    credit_micros = tokens * CREDIT_MICROS_PER_TOKEN
    group = {"estimated_usage_credits_micros": credit_micros, "total_tokens": tokens}
    return {
        "thread_id": thread_id,
        "estimated_usage_credits_micros": credit_micros,
        "estimated_usage_usd_micros": credit_micros * USD_MICROS_PER_CREDIT // 1_000_000,
        "native_usage_usd_micros": None,
        "groups": [group] if tokens else [],
    }


def _check_threads(thread_ids: list[str]) -> None:
    repeated = [thread_id for thread_id, times in Counter(thread_ids).items() if times > 1]
    if repeated or len(thread_ids) > _MAX_THREADS:
        raise InvalidThreads(
            "reading the usage of threads",
            expected=f"at most {_MAX_THREADS} thread ids, each named once",
            found=f"{repeated[0]!r} more than once" if repeated else f"{len(thread_ids)} ids",
            advice="Name each thread once, as a root or as a descendant.",
        )


def _task(workspace: Workspace, family: list[str]) -> dict[str, Any]:
    tokens = sum(workspace.tokens_by_thread.get(member, 0) for member in family)
    shares = {
        "five_hour_limit_percent": _share(workspace, _FIVE_HOURS, tokens),
        "weekly_limit_percent": _share(workspace, _WEEK, tokens),
        "balance_usage_credits": "0",
    }
    return {
        "thread_id": family[0],
        "data_status": "available",
        "usage_source": "codex",
        **shares,
        "groups": [shares] if tokens else [],
    }


def _share(workspace: Workspace, seconds: int, tokens: int) -> float | None:
    """Return the percentage of a limit of that length, or None where the plan has none."""
    for window in present(workspace.primary, workspace.secondary):
        if window.window_seconds == seconds and window.budget_tokens:
            return round(100 * tokens / window.budget_tokens, 2)
    return None


def _periods(workspace: Workspace) -> Iterator[FinishedWindow]:
    """Yield every period; one that runs, or that no turn has followed, has its planned end."""
    yield from workspace.finished_windows
    for window in present(workspace.primary, workspace.secondary):
        if window.started_at is not None:
            yield FinishedWindow(
                window_seconds=window.window_seconds,
                budget_tokens=window.budget_tokens,
                used_tokens=window.used_tokens,
                started_at=window.started_at,
                ended_at=window.started_at + window.window_seconds,
            )


def _latest_first(period: FinishedWindow) -> tuple[int, int]:
    return (-period.started_at, period.window_seconds)


def _wire_period(workspace: Workspace, period: FinishedWindow, now: float) -> dict[str, Any]:
    return {
        "id": f"period_{period.window_seconds}_{period.started_at}",
        "window_minutes": minutes(period.window_seconds),
        "plan_type": workspace.plan_type,
        "starts_at": rfc3339(period.started_at),
        "ends_at": rfc3339(period.ended_at),
        "accounting_complete": period.ended_at <= now,
        "used_basis_points": 10_000 * period.used_tokens // max(1, period.budget_tokens),
    }
