"""The one clock of a world."""

from __future__ import annotations

import time
from datetime import UTC, datetime

import msgspec

from codex_schemas import Problem

__all__ = ["Clock", "parse_time", "rfc3339"]


class Clock(msgspec.Struct):
    """Tells the world's time in Unix seconds: the machine's, or a frozen one; either can be advanced."""

    #: The instant at which a frozen clock stands, or None when it follows the machine.
    frozen_at: float | None = None
    #: Seconds that were added by :meth:`advance` to the machine's time.
    offset: float = 0.0

    def now(self) -> float:
        """Return the world's time in Unix seconds."""
        if self.frozen_at is not None:
            return self.frozen_at
        return time.time() + self.offset

    def advance(self, seconds: float) -> None:
        """Let time pass at once.

        Raises:
            Problem: The clock would run backwards.
        """
        if seconds < 0:
            raise Problem(
                "advancing the world's clock",
                expected="a number of seconds from 0 up",
                found=repr(seconds),
                advice="Use World.restore() to go back to an earlier state.",
            )
        if self.frozen_at is None:
            self.offset += seconds
        else:
            self.frozen_at += seconds


def parse_time(text: str) -> float:
    """Return Unix seconds for an RFC 3339 time or a number of seconds.

    Raises:
        Problem: The text is neither.
    """
    try:
        return float(text)
    except ValueError:
        pass
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise Problem(
            "reading a time",
            expected="RFC 3339 such as 2026-01-02T03:04:05Z, or Unix seconds",
            found=repr(text),
            advice="Write the time in one of these forms.",
        ) from None
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()


def rfc3339(seconds: float) -> str:
    """Return Unix seconds as an RFC 3339 time in UTC, whole seconds."""
    return datetime.fromtimestamp(int(seconds), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
