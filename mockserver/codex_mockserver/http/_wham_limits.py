"""WHAM: limits, reset credits and usage."""

from __future__ import annotations

from codex_mockserver.http._answer import Answer, json_answer
from codex_mockserver.http._call import Call
from codex_mockserver.http._refusal import Refusal
from codex_mockserver.http._wham_query import integer
from codex_mockserver.world import limits, reset_credits, usage

__all__ = [
    "consume_reset_credit",
    "list_reset_credits",
    "query_thread_estimates",
    "query_thread_usage",
    "query_thread_usage_v2",
    "read_plan_limit_history",
    "read_profile",
    "read_usage",
]

_MOST_DAYS = 365


def read_usage(call: Call) -> Answer:
    """Answer the state of every limit of the caller's workspace."""
    caller = call.signed_in
    return json_answer(limits.usage_payload(call.world, caller.account, caller.workspace))


def list_reset_credits(call: Call) -> Answer:
    """Answer the reset credits of the caller's workspace."""
    return json_answer(reset_credits.credit_list(call.world, call.signed_in.workspace))


def consume_reset_credit(call: Call) -> Answer:
    """Redeem a reset credit; what came of it is said in the code of a 200."""
    redemption = reset_credits.redeem(
        call.world,
        call.signed_in.workspace,
        call.body["redeem_request_id"],
        call.body.get("credit_id"),
    )
    return json_answer({"code": redemption.code, "windows_reset": redemption.windows_reset})


def read_profile(call: Call) -> Answer:
    """Answer the caller's token usage by day."""
    caller = call.signed_in
    return json_answer(usage.profile(call.world, caller.account, caller.workspace))


def query_thread_usage(call: Call) -> Answer:
    """Answer the estimated cost of threads."""
    return json_answer(usage.thread_usage(call.signed_in.workspace, call.body["thread_ids"]))


def query_thread_usage_v2(call: Call) -> Answer:
    """Answer the share of the limits that threads used."""
    try:
        return json_answer(usage.task_usage(call.world, call.signed_in.workspace, call.body["threads"]))
    except usage.InvalidThreads as problem:
        raise Refusal(400, str(problem)) from None


def query_thread_estimates(call: Call) -> Answer:
    """Answer what is known of the cost of turns."""
    return json_answer(usage.thread_estimates(call.body["threads"]))


def read_plan_limit_history(call: Call) -> Answer:
    """Answer the windows of the last days."""
    days = integer(call, "days", default=7, least=1, most=_MOST_DAYS)
    return json_answer(usage.plan_limit_history(call.world, call.signed_in.workspace, days))
