"""When what was recorded is due again."""

from __future__ import annotations

from collections.abc import Callable

__all__ = ["Pace"]


class Pace:
    """Keeps the time between what a client says and what the server says.

    Args:
        speed: How many times as fast as recorded; None for at once.
        clock: Tells the seconds.
    """

    def __init__(self, speed: float | None, clock: Callable[[], float]) -> None:
        self._speed = speed
        self._clock = clock
        self._recorded, self._live = 0.0, clock()

    def heard(self, at: float) -> None:
        """Note that the client has said now what it said at a moment of the recording."""
        self._recorded, self._live = at, self._clock()

    def seconds_until(self, at: float) -> float:
        """Return how long to wait until a moment of the recording comes again; 0 when it has come."""
        if self._speed is None:
            return 0.0
        due = self._live + (at - self._recorded) / self._speed
        return max(0.0, due - self._clock())
