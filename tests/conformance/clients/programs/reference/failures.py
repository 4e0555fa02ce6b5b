"""How things come to an end that is not the wanted one."""

from __future__ import annotations

from typing import Any

#: What no further attempt mends, by ``type`` or ``code`` of the error.
FINAL = {
    "usage_limit_reached": "You have hit your usage limit",
    "usage_not_included": "Your plan does not include Codex; upgrade it",
    "insufficient_quota": "The quota is used up; see your billing page",
    "context_length_exceeded": "The conversation is longer than the context of the model",
    "invalid_prompt": "The prompt was refused",
}


class Failed(Exception):  # noqa: N818 (what a person is told)
    """Nothing more can be done."""


class TryAgain(Exception):  # noqa: N818 (not the end)
    """A further attempt may help, after so many seconds if the server says so."""

    def __init__(self, text: str, seconds: float | None = None) -> None:
        super().__init__(text)
        self.seconds = seconds


def final_words(error: dict[str, Any]) -> str | None:
    """Return what is said about an error that no further attempt mends; None for every other one."""
    for key in (error.get("type"), error.get("code")):
        if key in FINAL:
            return f"{FINAL[key]}: {error.get('message')}"
    return None
