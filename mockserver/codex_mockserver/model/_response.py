"""The response object."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from codex_mockserver.model._prompt import Json
from codex_mockserver.world import advance

__all__ = ["finished", "opened"]

#: What a response repeats from its request, with the service's defaults.
_ECHOED: Mapping[str, Any] = {
    "background": False,
    "instructions": None,
    "max_output_tokens": None,
    "max_tool_calls": None,
    "metadata": {},
    "model": None,
    "parallel_tool_calls": True,
    "previous_response_id": None,
    "prompt_cache_key": None,
    "safety_identifier": None,
    "store": True,
    "temperature": 1.0,
    "tool_choice": "auto",
    "tools": [],
    "top_logprobs": 0,
    "top_p": 1.0,
    "truncation": "disabled",
    "user": None,
}
_REASONING = {"effort": None, "summary": None}
_TEXT = {"format": {"type": "text"}, "verbosity": "medium"}

#: The tier in which a request without a wish, or with ``auto``, is served.
_TIER = "default"


#: For each end that a scenario can name, the event of the turn's life cycle and what the response says of it.
_ENDINGS: dict[str, tuple[str, Callable[[Any], Json]]] = {
    "completed": ("complete", lambda now: {"completed_at": now}),
    "failed": ("fail", lambda error: {"error": error}),
    "incomplete": ("stop", lambda reason: {"incomplete_details": {"reason": reason}}),
}


def opened(response_id: str, created_at: int, body: Json) -> Json:
    """Return the response object of a request before the model has said anything."""
    given = {name: value for name, value in body.items() if name in _ECHOED and value is not None}
    tier = body.get("service_tier")
    return {
        "id": response_id,
        "object": "response",
        "created_at": created_at,
        "status": "in_progress",
        "completed_at": None,
        "error": None,
        "incomplete_details": None,
        **_ECHOED,
        **given,
        "output": [],
        "reasoning": {**_REASONING, **(body.get("reasoning") or {})},
        "service_tier": _TIER if tier in (None, "auto") else tier,
        "text": {**_TEXT, **(body.get("text") or {})},
        "usage": None,
    }


def finished(opening: Json, end: str | Json, output: list[Json], usage: Json, now: int) -> Json:
    """Return the response object at its end.

    Args:
        opening: The object as it began.
        end: ``completed``, ``{"failed": error}`` or ``{"incomplete": reason}``.
        output: The items.
        usage: The token counts.
        now: The time in Unix seconds.
    """
    ending, detail = (end, now) if isinstance(end, str) else next(iter(end.items()))
    event, outcome = _ENDINGS[ending]
    status = advance("turn", opening["status"], event)
    return {**opening, "output": output, "usage": usage, "status": status, **outcome(detail)}
