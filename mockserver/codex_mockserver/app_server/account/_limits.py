"""What the ChatGPT backend knows of an account: limits, usage, notices; made of its answers in the same world."""

from __future__ import annotations

from codex_mockserver.app_server._call import Call, Handler, Json
from codex_mockserver.app_server._errors import RpcError
from codex_mockserver.app_server.threads.ids import checked_id
from codex_mockserver.world import limits, reset_credits, usage, workspaces
from codex_schemas import account as wire

__all__ = ["HANDLERS"]

_SENT, _TOO_MANY = 204, 429


def read_limits(call: Call) -> Json:
    """Tell the state of every limit."""
    member = call.server.account.member("to read rate limits")
    payload = limits.usage_payload(call.server.world, member.person, member.workspace)
    details = reset_credits.credit_list(call.server.world, member.workspace)
    skipped = call.get("excludeResetCreditDetails")
    return wire.rate_limits(payload, None if skipped else details, call.server.version, signed_in=member.signed_in)


def consume_credit(call: Call) -> Json:
    """Redeem an earned reset."""
    body = wire.request(call.method, call.params, call.server.version)
    if body["redeem_request_id"] == "":
        raise RpcError("idempotencyKey must not be empty")
    if body.get("credit_id") == "":
        raise RpcError("creditId must not be empty")
    member = call.server.account.member("for rate limit reset credits")
    done = reset_credits.redeem(call.server.world, member.workspace, body["redeem_request_id"], body.get("credit_id"))
    return wire.consume_outcome({"code": done.code, "windows_reset": done.windows_reset}, call.server.version)


def read_usage(call: Call) -> Json:
    """Tell how many tokens were used, by day, or by one thread."""
    thread_id = call.get("threadId")
    if thread_id is not None:
        checked_id(thread_id)
    member = call.server.account.member("to read token usage")
    if thread_id is not None:
        return wire.thread_usage(usage.thread_usage(member.workspace, [thread_id]), call.server.version)
    return wire.usage(usage.profile(call.server.world, member.person, member.workspace), call.server.version)


def read_messages(call: Call) -> Json:
    """Tell the notices of the workspace."""
    member = call.server.account.member("to read workspace messages")
    return wire.workspace_messages(workspaces.message_list(member.workspace), call.server.version)


def send_nudge(call: Call) -> Json:
    """Ask the workspace's owner by e-mail for more."""
    member = call.server.account.member("to notify workspace owner")
    wait = workspaces.send_nudge(call.server.world, member.workspace)
    return wire.nudge_status(_TOO_MANY if wait else _SENT, call.server.version)


def read_security_setup(call: Call) -> Json:
    """Tell what the workspace asks its members to set up."""
    if not call.server.account.is_chatgpt:
        return {"notice": None}
    member = call.server.account.member("to read the security setup")
    answer = {"notice": member.workspace.security_notice}
    return wire.security_setup(answer, call.server.version, signed_in=member.signed_in)


HANDLERS: dict[str, Handler] = {
    "account/rateLimits/read": read_limits,
    "account/rateLimitResetCredit/consume": consume_credit,
    "account/usage/read": read_usage,
    "account/workspaceMessages/read": read_messages,
    "account/sendAddCreditsNudgeEmail": send_nudge,
    "account/securitySetup/read": read_security_setup,
}
