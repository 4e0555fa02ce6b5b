"""What an answer of the model comes to: a text, a failure, or a reason to ask again."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from typing import Any

__all__ = ["Failed", "Json", "TryAgain", "is_final", "read_stream"]

Json = dict[str, Any]

#: What no further attempt mends, by ``type`` or ``code`` of the error.
_FINAL = frozenset(
    {
        "usage_limit_reached",
        "usage_not_included",
        "insufficient_quota",
        "context_length_exceeded",
        "invalid_prompt",
    }
)
_TRY_AGAIN_IN = re.compile(r"try again in ([0-9.]+) ?(ms|s)", re.IGNORECASE)


class Failed(Exception):  # noqa: N818 (what a person is told)
    """Nothing more can be done."""


class TryAgain(Exception):  # noqa: N818 (not the end)
    """A further attempt may help, after so many seconds if the server says so."""

    def __init__(self, text: str, seconds: float | None = None) -> None:
        super().__init__(text)
        self.seconds = seconds


def is_final(error: Json) -> bool:
    """Tell whether no further attempt mends an error."""
    return bool({error.get("type"), error.get("code")} & _FINAL)


def read_stream(lines: Iterable[str]) -> str:
    """Return the text of a stream that came to its end.

    Raises:
        Failed: The response failed for good.
        TryAgain: It failed, or its end is missing.
    """
    said: list[str] = []
    for line in lines:
        event = _event(line)
        kind, response = event.get("type"), event.get("response", {})
        if kind == "response.output_item.done":
            said += [part.get("text", "") for part in event["item"].get("content") or ()]
        elif kind == "response.completed":
            return "".join(said)
        elif kind == "response.failed":
            raise _failure(response.get("error") or {})
        elif kind == "response.incomplete":
            raise Failed(f"the response is incomplete: {response.get('incomplete_details')}")
    raise TryAgain("the stream ended before response.completed")


def _event(line: str) -> Json:
    """Return the event of a line; nothing for one that brings none."""
    try:
        value = json.loads(line.removeprefix("data: ")) if line.startswith("data: ") else {}
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}


def _failure(error: Json) -> Failed | TryAgain:
    text = str(error.get("message"))
    if is_final(error):
        return Failed(text)
    wait = _TRY_AGAIN_IN.search(text)
    return TryAgain(text, float(wait[1]) / (1000 if wait[2].lower() == "ms" else 1) if wait else None)
