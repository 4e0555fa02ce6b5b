"""Tokens: what a turn has used, and what is left of the account's limits."""

from __future__ import annotations

from typing import Any

from codex_mockserver.app_server._connection import Connection
from codex_mockserver.app_server._errors import RpcError
from codex_mockserver.app_server.account.account import Member
from codex_mockserver.app_server.threads.goal_state import count_towards_goal
from codex_mockserver.app_server.threads.loaded import LoadedThread
from codex_mockserver.app_server.turns.active import ActiveTurn
from codex_mockserver.model import catalogue
from codex_mockserver.world import Thread, Workspace
from codex_mockserver.world.limits import check, limit_event, record_turn
from codex_schemas.account import rate_limits_updated

__all__ = [
    "fill_context",
    "paying_workspace",
    "repeat_usage",
    "signed_in",
    "tell_counts",
    "tell_standing",
    "tell_usage",
    "usage_form",
]

Json = dict[str, Any]

#: What a model can take of which nothing is known.
_UNKNOWN: Json = {"context_window": 272_000, "effective_context_window_percent": 95}
_PERCENT = 100

#: The names of the counts, with where they stand in the usage of a response.
_COUNTS: dict[str, tuple[str, ...]] = {
    "totalTokens": ("total_tokens",),
    "inputTokens": ("input_tokens",),
    "cachedInputTokens": ("input_tokens_details", "cached_tokens"),
    "cacheWriteInputTokens": ("input_tokens_details", "cache_write_tokens"),
    "outputTokens": ("output_tokens",),
    "reasoningOutputTokens": ("output_tokens_details", "reasoning_tokens"),
}


def usage_form(usage: Json) -> dict[str, int]:
    """Return the usage of a response as app-servers tell it."""
    return {name: _look_up(usage, path) for name, path in _COUNTS.items()}


def tell_usage(active: ActiveTurn) -> None:
    """Count the tokens of the turn's last response once, for the thread and for the account, and tell of them."""
    if active.untold_usage is None:
        return
    last, record = usage_form(active.untold_usage), active.thread.record
    active.untold_usage = None
    record.token_usage = _sum(record.token_usage, last)
    record.last_usage = last
    count_towards_goal(active.thread, active.record.id, last["totalTokens"])
    if (workspace := paying_workspace(active)) is not None:
        model = record.settings["model"]
        record_turn(active.server.world, workspace, last["totalTokens"], active.thread.id, model=model)
    tell_counts(active)


def fill_context(active: ActiveTurn) -> None:
    """Note that there is no room left in the context."""
    full = dict.fromkeys(_COUNTS, 0) | {"totalTokens": _context_window(active.thread.record.settings["model"])}
    active.thread.record.token_usage = active.thread.record.last_usage = full


def tell_counts(active: ActiveTurn, *, with_limits: bool = True, is_refused: bool = False) -> None:
    """Tell the subscribers what the thread has used, once it has, and how the account's limits stand.

    Args:
        active: The turn.
        with_limits: Whether the limits are told.
        is_refused: Whether the model was refused, which newer releases tell with the limit that did it.
    """
    tell_standing(active.thread, active.record.id, with_limits=with_limits, is_refused=is_refused)


def tell_standing(thread: LoadedThread, turn_id: str, *, with_limits: bool = True, is_refused: bool = False) -> None:
    """Tell the subscribers of a thread the same in the name of a turn."""
    if thread.record.token_usage:
        thread.notify("thread/tokenUsage/updated", {"turnId": turn_id, "tokenUsage": _counts(thread.record)})
    if with_limits:
        _tell_limits(thread, is_refused=is_refused)


def repeat_usage(thread: LoadedThread, connection: Connection) -> None:
    """Tell a client that comes to a thread what the thread has used so far, with the answer that is just dealt with."""
    record = thread.record
    untold = thread.turn and thread.turn.untold_usage
    last = usage_form(untold) if untold else record.last_usage
    if thread.turns and last:
        total = _sum(record.token_usage, last) if untold else record.token_usage
        usage = {"total": total, "last": last, "modelContextWindow": _context_window(record.settings["model"])}
        told = {"threadId": thread.id, "turnId": thread.turns[-1].id, "tokenUsage": usage}
        thread.server.wire.notify([connection], "thread/tokenUsage/updated", told)


def paying_workspace(active: ActiveTurn) -> Workspace | None:
    """Return the workspace whose limits the turn fills; None with an API key, and for other providers."""
    return _payer(active.thread)


def signed_in(thread: LoadedThread) -> Member | None:
    """Return who is signed in to ChatGPT and still in the world."""
    try:
        return thread.server.account.member("to use the model")
    except RpcError:
        return None


def _payer(thread: LoadedThread) -> Workspace | None:
    if thread.record.settings["modelProvider"] != "openai" or (member := signed_in(thread)) is None:
        return None
    return member.workspace


def _tell_limits(thread: LoadedThread, *, is_refused: bool) -> None:
    server, workspace = thread.server, _payer(thread)
    if workspace is None:
        params: Json = {"rateLimits": {"limitId": "codex"}}
    else:
        event = limit_event(server.world, workspace)
        if not thread.workbench.knows_plan:
            event["plan_type"] = None
        params = rate_limits_updated(event, server.version)
        reached = check(server.world, workspace, thread.record.settings["model"])
        if is_refused and reached is not None and server.traits.tells_rate_limits:
            params["rateLimits"]["rateLimitReachedType"] = reached.type
    server.wire.notify(thread.subscribers, "account/rateLimits/updated", params)


def _sum(total: dict[str, int], last: dict[str, int]) -> dict[str, int]:
    return {name: total.get(name, 0) + count for name, count in last.items()}


def _counts(record: Thread) -> Json:
    window = _context_window(record.settings["model"])
    return {"total": record.token_usage, "last": record.last_usage, "modelContextWindow": window}


def _context_window(model: str) -> int:
    info = catalogue().models.get(model, _UNKNOWN)
    return int(info["context_window"] * info["effective_context_window_percent"] // _PERCENT)


def _look_up(usage: Json, path: tuple[str, ...]) -> int:
    value: Any = usage
    for step in path:
        value = (value or {}).get(step, 0)
    return int(value or 0)
