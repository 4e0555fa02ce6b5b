"""A response that the model did not finish, where no failed response can say so: in chats and in compactions."""

from __future__ import annotations

from typing import Any

from codex_mockserver.http._refusal import Refusal

__all__ = ["failure_of"]

#: The status and the error type of each code that a failed response has.
_CODES = {
    "rate_limit_exceeded": (429, "rate_limit_error"),
    "insufficient_quota": (429, "insufficient_quota"),
    "server_is_overloaded": (503, "server_error"),
    "slow_down": (503, "server_error"),
    "context_length_exceeded": (400, "invalid_request_error"),
    "invalid_prompt": (400, "invalid_request_error"),
    "content_policy_violation": (400, "invalid_request_error"),
}


def failure_of(error: dict[str, Any]) -> Refusal:
    """Return the refusal that stands for the error of a failed response."""
    status, kind = _CODES.get(error["code"], (500, "server_error"))
    return Refusal(status, error["message"], code=error["code"], kind=kind)
