"""Account messages, made of the answers of the ChatGPT backend exactly as the app-server of a release makes them.

The answers are checked against the contract of the backend first: where a real client cannot
decode an answer there is no account message.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from codex_schemas._contract import load as load_surface
from codex_schemas._events import load_events
from codex_schemas._problem import Problem
from codex_schemas._validator import Validator
from codex_schemas.account._conversion import Scope
from codex_schemas.account._mapping import mapping
from codex_schemas.account._rules import RULES
from codex_schemas.app_server import load

__all__ = [
    "SignedIn",
    "consume_outcome",
    "nudge_status",
    "rate_limits",
    "rate_limits_updated",
    "read",
    "request",
    "security_setup",
    "sessions",
    "thread_usage",
    "usage",
    "workspace_messages",
]

Json = dict[str, Any]

_EVENT = "codex.rate_limits"
_SUCCESS = 2


@dataclass(frozen=True, slots=True)
class SignedIn:
    """What the client knows of its own session by ChatGPT login."""

    #: The workspace that is selected, from the tokens.
    account_id: str
    user_id: str
    email: str
    #: The claim as it stands in the token; None where it has none.
    plan_type: str | None = None
    #: When the session was last used, in Unix seconds.
    last_used_at: int = 0


def rate_limits(usage: Json, reset_credits: Json | None, version: str, *, signed_in: SignedIn | None = None) -> Json:
    """Return the result of ``account/rateLimits/read``.

    Args:
        usage: The answer of ``readUsage``.
        reset_credits: The answer of ``listResetCredits``; None where it was not asked for or failed.
        version: The release of the app-server.
        signed_in: Whose limits are read; some is told only of the account's own.
    """
    details = reset_credits if _fits("RateLimitResetCredits", reset_credits) else None
    return _result(
        "account/rateLimits/read",
        version,
        RateLimitStatusPayload=usage,
        RateLimitResetCredits=details,
        SignedIn=signed_in and asdict(signed_in),
    )


def rate_limits_updated(event: Json, version: str, *, before: Json | None = None) -> Json:
    """Return the params of ``account/rateLimits/updated``.

    Args:
        event: The event ``codex.rate_limits`` of a model response.
        version: The release of the app-server.
        before: The params of the notification before in the same thread; what the event leaves out stays.
    """
    return _result("account/rateLimits/updated", version, **{_EVENT: event, "Before": before and before["rateLimits"]})


def consume_outcome(answer: Json, version: str) -> Json:
    """Return the result of ``account/rateLimitResetCredit/consume`` for an answer of ``consumeResetCredit``."""
    return _result("account/rateLimitResetCredit/consume", version, ConsumeResetCreditResponse=answer)


def usage(profile: Json, version: str) -> Json:
    """Return the result of ``account/usage/read`` without a thread, for an answer of ``readProfile``."""
    return _result("account/usage/read", version, TokenUsageProfile=profile)


def thread_usage(answer: Json | None, version: str) -> Json:
    """Return the result of ``account/usage/read`` for a thread.

    Args:
        answer: The answer of ``queryThreadUsage``; None for 403 and 404, which mean that nobody is billed.
        version: The release of the app-server.
    """
    return _result("account/usage/read", version, ThreadUsageResponse=answer)


def workspace_messages(answer: Json | None, version: str) -> Json:
    """Return the result of ``account/workspaceMessages/read``.

    Args:
        answer: The answer of ``listWorkspaceMessages``; None for 404, which means that there is no such feature.
        version: The release of the app-server.
    """
    return _result("account/workspaceMessages/read", version, WorkspaceMessages=answer)


def nudge_status(status: int, version: str) -> Json:
    """Return the result of ``account/sendAddCreditsNudgeEmail`` for the HTTP status of ``sendNudgeEmail``."""
    answer = {"status": "2xx" if status // 100 == _SUCCESS else str(status)}
    return _result("account/sendAddCreditsNudgeEmail", version, Answer=answer)


def security_setup(answer: Json | None, version: str, *, signed_in: SignedIn) -> Json:
    """Return the result of ``account/securitySetup/read``.

    Args:
        answer: The answer of ``readSecuritySetup``; None where it failed.
        version: The release of the app-server.
        signed_in: Whom the notice concerns.
    """
    return _result("account/securitySetup/read", version, SecuritySetup=answer, SignedIn=asdict(signed_in))


def read(signed_in: SignedIn, check: Json | None, version: str) -> Json:
    """Return the result of ``account/read`` for a ChatGPT login.

    Args:
        signed_in: Whose account it is.
        check: The answer of ``checkAccounts``; releases before 0.156.0 do not ask for it.
        version: The release of the app-server.
    """
    _check("AccountsCheckResponse", check)
    entries = check["accounts"] if check else ()
    own = next((entry for entry in entries if entry["id"] == signed_in.account_id), None)
    return _result("account/read", version, SignedIn=asdict(signed_in), AccountsCheckEntry=own)


def sessions(signed_in: SignedIn, check: Json | None, version: str) -> Json:
    """Return the result of ``accountSession/list``, and of a switch that needs no browser.

    Args:
        signed_in: The only session.
        check: The answer of ``checkAccounts``; None without ``refreshWorkspaceMetadata``.
        version: The release of the app-server.
    """
    return _result("accountSession/list", version, SignedIn=asdict(signed_in), AccountsCheckResponse=check)


def request(method: str, params: Json, version: str) -> Json:
    """Return the body of the WHAM request that an account request leads to.

    Params that the release does not know are left out, as the binary does.

    Raises:
        Problem: The release has no such request, or it leads to no WHAM request with a body.
    """
    contract = load(version, experimental=True)
    conversion = mapping().requests.get(contract.method(method).name)
    if conversion is None:
        raise Problem(
            f"making the WHAM request of {method}",
            expected="one of " + ", ".join(mapping().requests),
            found="a method without a body to send",
            advice="Send the WHAM request of such a method without a body.",
        )
    scope = Scope(contract, conversion, {})
    given = [(row, params[row.field]) for row in scope.rows() if params.get(row.field) is not None]
    return {row.source: RULES[row.rule](value, row, scope) for row, value in given}


def _result(method: str, version: str, **sources: Any) -> Json:
    """Make what the table says is the result of a request, or the params of a notification."""
    contract = load(version, experimental=True)
    name = mapping().results[contract.method(method).name]
    present = {schema: value for schema, value in sources.items() if value is not None}
    for schema, value in present.items():
        _check(schema, value)
    return Scope(contract, mapping().conversions[name], present).made()


def _check(schema: str, value: Any) -> None:
    """Raise :class:`ContractError` where a real client could not decode an answer of the backend."""
    validator = _validator(schema)
    if validator is not None and value is not None:
        validator.check(value)


def _fits(schema: str, value: Any) -> bool:
    validator = _validator(schema)
    return validator is not None and validator.is_valid(value)


def _validator(schema: str) -> Validator | None:
    """Return the validator of what the backend sends; None for what the client knows by itself."""
    if schema == _EVENT:
        return load_events().validator(schema, "websocket")
    wham = load_surface("wham")
    return wham.validator(schema) if schema in wham.document["components"]["schemas"] else None
