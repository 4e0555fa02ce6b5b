"""Smaller things that clients ask of a thread: its memory, its timers, plans, reviews of denied actions."""

from __future__ import annotations

from codex_mockserver.app_server._call import Call, Handler, Json
from codex_mockserver.app_server._errors import UNSUPPORTED, RpcError
from codex_mockserver.app_server.threads.ids import checked_id

__all__ = ["HANDLERS"]

#: What an event of a denied action cannot be without.
_DENIAL_FIELDS = ("id", "status", "action")
_CALL = "plaintext exec_command, apply_patch, request_permissions, or MCP call"


def read_memory(call: Call) -> Json:
    """Return what is remembered of a thread: nothing, since nothing writes memories here."""
    call.server.threads.find(call.params["threadId"])
    return {"summary": None}


def set_memory_mode(call: Call) -> Json:
    """Say whether a thread may be remembered."""
    thread_id = checked_id(call.params["threadId"])
    record = call.server.threads.known(thread_id)
    if record is None or record.is_archived:
        is_missing = record is not None or call.server.traits.looks_for_rollouts
        raise RpcError(
            f"no rollout found for thread id {thread_id}" if is_missing else f"thread not found: {thread_id}"
        )
    if record.is_ephemeral:
        raise RpcError(f"ephemeral thread does not support metadata updates: {thread_id}")
    return {}


def begin_elicitation(call: Call) -> Json:
    """Hold the timers of a thread while its people are asked something outside of it."""
    thread = call.server.threads.find(call.params["threadId"])
    thread.elicitations += 1
    return {"count": thread.elicitations, "paused": True}


def end_elicitation(call: Call) -> Json:
    """Let the timers of a thread go on once nobody is asked any more."""
    thread = call.server.threads.find(call.params["threadId"])
    if not thread.elicitations:
        raise RpcError("out-of-band elicitation count is already zero")
    thread.elicitations -= 1
    return {"count": thread.elicitations, "paused": thread.elicitations > 0}


def prepare_plan(call: Call) -> Json:
    """Return what to say to the model so that it carries out a plan."""
    call.server.threads.find(call.params["threadId"])
    if not call.params["markdown"].strip():
        raise RpcError("The approved plan is empty.")
    return {"prompt": "Implement the plan."}


def review_last_call(call: Call) -> Json:
    """Judge the last call of a tool; there is never one that could be judged."""
    thread = call.server.threads.find(call.params["threadId"])
    if not thread.turns:
        raise RpcError(f"expected a final {_CALL}")
    raise RpcError(f"expected a completed {_CALL} with a nonempty call ID")


def approve_denied_action(call: Call) -> Json:
    """Allow what was denied."""
    event = call.params["event"]
    missing = next((name for name in _DENIAL_FIELDS if not isinstance(event, dict) or name not in event), None)
    if missing is not None:
        raise RpcError(f"invalid Guardian denial event: missing field `{missing}`")
    call.server.threads.find(call.params["threadId"])
    return {}


def predict(call: Call) -> Json:
    """Refuse what no release does yet."""
    raise RpcError(f"{call.method} is not implemented yet", UNSUPPORTED)


HANDLERS: dict[str, Handler] = {
    "thread/memory/read": read_memory,
    "thread/memoryMode/set": set_memory_mode,
    "thread/increment_elicitation": begin_elicitation,
    "thread/decrement_elicitation": end_elicitation,
    "thread/prepareApprovedPlan": prepare_plan,
    "thread/guardianReview": review_last_call,
    "thread/approveGuardianDeniedAction": approve_denied_action,
    "thread/prediction/request": predict,
}
