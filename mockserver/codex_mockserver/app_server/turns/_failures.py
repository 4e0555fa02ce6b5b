"""What a failing model means for a turn: the words and the kind of error that codex makes of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any

import msgspec

from codex_mockserver.app_server.traits import Traits
from codex_mockserver.faults import FaultAnswer

__all__ = ["Failure", "failed_response", "incomplete_response", "lost_stream", "no_room", "refused", "unreachable"]

Json = dict[str, Any]


@dataclass(eq=False)
class Failure(Exception):  # noqa: N818 (a turn may go on after it)
    """The model did not answer a request."""

    message: str
    #: A ``CodexErrorInfo``.
    info: Any = "other"
    #: Whether the whole request is made again, as ``stream_max_retries`` says.
    is_retried: bool = False
    #: Whether it is first repeated silently, as ``request_max_retries`` says.
    is_repeated: bool = False
    #: The HTTP status, None where there was none.
    status: int | None = None
    #: Seconds to wait before the next try; None for the usual ones.
    retry_after: float | None = None
    #: Whether the answer brought the account's limits.
    shows_limits: bool = False
    #: Whether the context counts as full from now on.
    fills_context: bool = False
    #: Whether the tokens of the response count all the same.
    has_usage: bool = False

    def to_wire(self) -> Json:
        """Return the ``TurnError``."""
        return {"message": self.message, "codexErrorInfo": self.info, "additionalDetails": None}

    def told_again(self, attempt: int, retries: int) -> Json:
        """Return the ``TurnError`` that says that another attempt is made."""
        return {
            "message": f"Reconnecting... {attempt}/{retries}",
            "codexErrorInfo": {"responseStreamDisconnected": {"httpStatusCode": self.status}},
            "additionalDetails": self.message,
        }


_AT_CAPACITY = "Selected model is at capacity. Please try a different model."
_NO_ROOM = (
    "Codex ran out of room in the model's context window. Start a new thread or clear earlier history before retrying."
)
_NO_QUOTA = "Quota exceeded. Check your plan and billing details."
_NOT_INCLUDED = "To use Codex with your ChatGPT plan, upgrade to Plus: https://chatgpt.com/explore/plus."
_POLICY_CAPACITY = "Policy-restricted capacity is unavailable. Please try again later."
_HIGH_DEMAND = "We\u2019re currently experiencing high demand, which may cause temporary errors."
_LOST = "stream disconnected before completion: "

#: Codes whose message is shown as it is, with the kind of error.
_SHOWN: dict[str, str] = {
    "cyber_policy": "cyberPolicy",
    "bio_policy": "other",
    "content_policy_violation": "other",
    "invalid_prompt": "other",
    "misalignment_policy_violation": "misalignmentPolicyViolation",
}

#: Codes of a response that failed, with what is made of its message; all others are tried again.
_FAILED: dict[str, Callable[[str], Failure]] = {
    "context_length_exceeded": lambda _: no_room(),
    "insufficient_quota": lambda _: Failure(_NO_QUOTA, "usageLimitExceeded"),
    "usage_not_included": lambda _: Failure(_NOT_INCLUDED, "usageLimitExceeded"),
    "server_is_overloaded": lambda _: Failure(_AT_CAPACITY, "serverOverloaded"),
}

#: Codes of a busy service, which older releases take for a lack of capacity or for a lost stream.
_RATE_LIMITS = frozenset({"slow_down", "rate_limit_exceeded"})

#: What a plan can do about a reached limit, when the time of its end is known and when it is not.
_WAYS_OUT: dict[str, str] = {
    "plus": "Upgrade to Pro (https://chatgpt.com/explore/pro), visit {usage_page} to purchase more credits or",
    "pro": "Visit {usage_page} to purchase more credits or",
    "prolite": "Visit {usage_page} to purchase more credits or",
    "free": "Upgrade to Plus to continue using Codex (https://chatgpt.com/explore/plus), or",
    "go": "Upgrade to Plus to continue using Codex (https://chatgpt.com/explore/plus), or",
    "team": "To get more access now, send a request to your admin or",
    "business": "To get more access now, send a request to your admin or",
}
_ORDINALS = {1: "st", 2: "nd", 3: "rd", 21: "st", 22: "nd", 23: "rd", 31: "st"}


def refused(answer: FaultAnswer, traits: Traits, url: str) -> Failure:
    """Return what an HTTP answer other than 200 means.

    Args:
        answer: The answer.
        traits: How the release behaves.
        url: The address that was asked.
    """
    text = answer.encoded().decode(errors="replace")
    failure = _refused(answer.status, text, _error(text), traits, url)
    failure.status = answer.status
    headers = {name.lower(): value for name, value in answer.headers.items()}
    failure.retry_after = _seconds(headers.get("retry-after"))
    if answer.status == HTTPStatus.TOO_MANY_REQUESTS and failure.retry_after is not None and traits.tells_rate_limits:
        failure.is_retried = failure.info != "usageLimitExceeded"
    return failure


def failed_response(error: Json | None, traits: Traits) -> Failure:
    """Return what a response means that ended as failed."""
    code, message = (error or {}).get("code"), (error or {}).get("message") or "response.failed event received"
    return _with_limits(_failed(code, message, traits))


def incomplete_response(reason: str, traits: Traits) -> Failure:
    """Return what a response means that ended early."""
    text = f"Incomplete response returned, reason: {reason}"
    if reason == "max_output_tokens" and traits.tells_rate_limits:
        return Failure(text, has_usage=True)
    return lost_stream(text)


def lost_stream(reason: str) -> Failure:
    """Return what a stream means that broke."""
    return _with_limits(Failure(_LOST + reason, is_retried=True))


def no_room() -> Failure:
    """Return what a full context means."""
    return Failure(_NO_ROOM, "contextWindowExceeded", fills_context=True)


def unreachable(traits: Traits, url: str) -> Failure:
    """Return what it means that a request could not be sent."""
    where = "" if traits.tells_rate_limits else f" for url ({url})"
    return Failure(f"{_LOST}error sending request{where}", is_retried=True, is_repeated=True)


def _with_limits(failure: Failure) -> Failure:
    """Note that the answer had begun, and brought the limits with its headers."""
    failure.shows_limits = True
    return failure


def _refused(status: int, text: str, error: Json, traits: Traits, url: str) -> Failure:
    code, message = error.get("code"), error.get("message") or ""
    match status:
        case HTTPStatus.BAD_REQUEST:
            return _bad_request(code, message, text, traits)
        case HTTPStatus.NOT_FOUND if code == "model_not_found" and traits.tells_rate_limits:
            return Failure(message, "modelNotFound")
        case HTTPStatus.TOO_MANY_REQUESTS:
            return _too_many(error, traits)
        case HTTPStatus.INTERNAL_SERVER_ERROR:
            words = _HIGH_DEMAND if traits.tells_rate_limits else _HIGH_DEMAND.replace("\u2019", "'")
            return Failure(words, "internalServerError", is_retried=True, is_repeated=True)
        case HTTPStatus.SERVICE_UNAVAILABLE if code in _UNAVAILABLE:
            return _UNAVAILABLE[code](message, traits) or _unexpected(status, message or text, traits, url)
        case _:
            return _unexpected(status, message or text, traits, url)


def _bad_request(code: Any, message: str, text: str, traits: Traits) -> Failure:
    if code == "cyber_policy" or (code in _SHOWN and traits.tells_rate_limits):
        return Failure(message, _SHOWN[code])
    if code == "model_not_found" and traits.tells_rate_limits:
        return Failure(message, "modelNotFound")
    if code == "context_length_exceeded" and traits.tells_rate_limits:
        return _FAILED[code](message)
    return Failure(text)


def _too_many(error: Json, traits: Traits) -> Failure:
    kind = error.get("type")
    if kind == "usage_limit_reached":
        return _with_limits(Failure(_limit_text(error, traits), "usageLimitExceeded"))
    if kind == "usage_not_included":
        return Failure(_NOT_INCLUDED, "usageLimitExceeded")
    if kind == "insufficient_quota" and traits.tells_rate_limits:
        return Failure(_NO_QUOTA, "usageLimitExceeded")
    info = {"responseTooManyFailedAttempts": {"httpStatusCode": 429}}
    return Failure("exceeded retry limit, last status: 429 Too Many Requests", info)


def _unexpected(status: int, words: str, traits: Traits, url: str) -> Failure:
    info = {"httpConnectionFailed": {"httpStatusCode": status}} if traits.tells_rate_limits else "other"
    reason = _reason(status)
    message = f"unexpected status {status} {reason}: {words or 'Unknown error'}, url: {url}"
    return Failure(message, info, is_retried=True, is_repeated=status >= HTTPStatus.INTERNAL_SERVER_ERROR)


def _overloaded(_message: str, _traits: Traits) -> Failure:
    return Failure(_AT_CAPACITY, "serverOverloaded", is_repeated=True)


def _slow_down(message: str, traits: Traits) -> Failure:
    if not traits.tells_rate_limits:
        return Failure(_AT_CAPACITY, "serverOverloaded", is_repeated=True)
    return Failure(f"rate limit exceeded: {message}", "rateLimitExceeded", is_retried=True, is_repeated=True)


def _policy_capacity(_message: str, traits: Traits) -> Failure | None:
    if not traits.tells_rate_limits:
        return None
    return Failure(_POLICY_CAPACITY, "policyCapacityUnavailable", is_repeated=True)


#: What a 503 with these codes means; None where the release does not know the code.
_UNAVAILABLE: dict[str, Callable[[str, Traits], Failure | None]] = {
    "server_is_overloaded": _overloaded,
    "slow_down": _slow_down,
    "policy_capacity_unavailable": _policy_capacity,
}


def _failed(code: Any, message: str, traits: Traits) -> Failure:
    if code in _SHOWN:
        return Failure(message, _SHOWN[code])
    if code in _FAILED:
        return _FAILED[code](message)
    if code in _RATE_LIMITS and traits.tells_rate_limits:
        return Failure(f"rate limit exceeded: {message}", "rateLimitExceeded", is_retried=True)
    if code == "slow_down":
        return Failure(_AT_CAPACITY, "serverOverloaded")
    return Failure(_LOST + message, is_retried=True)


def _limit_text(error: Json, traits: Traits) -> str:
    usage_page = "settings/usage" if traits.tells_rate_limits else "codex/settings/usage"
    way_out = _WAYS_OUT.get(str(error.get("plan_type")), "").format(usage_page=f"https://chatgpt.com/{usage_page}")
    resets_at = error.get("resets_at")
    end = f"try again at {_moment(resets_at)}." if isinstance(resets_at, int) else "try again later."
    begin = "You\u2019ve hit your usage limit." if traits.tells_rate_limits else "You've hit your usage limit."
    return f"{begin} {way_out} {end}" if way_out else f"{begin} {end[0].upper()}{end[1:]}"


def _moment(seconds: int) -> str:
    """Return a time as people write it: ``Mar 17th, 2030 5:46 PM``."""
    moment = datetime.fromtimestamp(seconds, UTC)
    hour = moment.hour % 12 or 12
    ordinal = _ORDINALS.get(moment.day, "th")
    return f"{moment:%b} {moment.day}{ordinal}, {moment.year} {hour}:{moment:%M %p}"


def _error(text: str) -> Json:
    """Return the member ``error`` of a body, empty for a body without one."""
    try:
        body = msgspec.json.decode(text)
    except msgspec.DecodeError:
        return {}
    error = body.get("error") if isinstance(body, dict) else None
    return error if isinstance(error, dict) else {}


def _reason(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "<unknown status code>"


def _seconds(text: str | None) -> float | None:
    return float(text) if text is not None and text.isdecimal() else None
