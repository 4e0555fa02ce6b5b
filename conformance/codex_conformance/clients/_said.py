"""One message between a client and its app-server."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Self

from codex_conformance.clients._json import object_of
from codex_fixtures import Side

__all__ = ["Said"]


@dataclass(frozen=True)
class Said:
    """One line, or one frame, between a client and its app-server."""

    #: Seconds since the trial began.
    at: float
    side: Side
    text: str
    #: The text as JSON; None where it is no object.
    message: dict[str, Any] | None

    @classmethod
    def of(cls, at: float, side: Side, data: bytes) -> Self:
        """Return what bytes say."""
        text = data.decode(errors="replace")
        return cls(at, side, text, object_of(text))
