"""Work that goes on after an answer: generators that yield what they wait for.

Nothing sleeps and nothing runs at the same time: whoever moves bytes calls :meth:`Tasks.run` when a message
has come or :meth:`Tasks.wake_at` has passed.
"""

from __future__ import annotations

import heapq
import time
from collections import deque
from collections.abc import Callable, Generator
from itertools import count
from typing import Any

__all__ = ["Pause", "Steps", "Task", "Tasks", "Wait"]

#: What a task is made of; each ``yield`` gives back what the wait ended with.
Steps = Generator["Wait", Any, None]


class Wait:
    """Something that a task waits for."""

    def begin(self, tasks: Tasks, wake: Callable[[Any], None]) -> None:
        """Begin to wait; ``wake`` is called once, with what the ``yield`` gives back."""
        raise NotImplementedError

    def cancel(self) -> None:
        """End the wait, because its task is interrupted."""


class Pause(Wait):
    """Wait for so many real seconds."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds

    def begin(self, tasks: Tasks, wake: Callable[[Any], None]) -> None:
        """Ask to be woken later."""
        tasks.call_at(tasks.now() + self.seconds, lambda: wake(None))


class Task:
    """One generator on its way."""

    def __init__(self, tasks: Tasks, steps: Steps) -> None:
        self._tasks = tasks
        self._steps = steps
        self._wait: Wait | None = None
        self._turn = 0
        self.is_done = False

    def throw(self, error: BaseException) -> None:
        """Interrupt the task where it waits; it goes on at once with the exception."""
        if self.is_done:
            return
        if self._wait is not None:
            self._wait.cancel()
        self._advance(lambda: self._steps.throw(error))

    def start(self) -> None:
        """Run the task up to its first wait."""
        self._advance(lambda: next(self._steps))

    def _advance(self, step: Callable[[], Wait]) -> None:
        self._turn += 1
        self._wait = None
        try:
            self._wait = step()
        except StopIteration:
            self.is_done = True
            return
        except BaseException:
            self.is_done = True
            raise
        turn = self._turn
        self._wait.begin(self._tasks, lambda value: self._tasks.call_soon(lambda: self._wake(turn, value)))

    def _wake(self, turn: int, value: Any) -> None:
        # Whatever was awaited before an interruption comes too late.
        if turn == self._turn and not self.is_done:
            self._advance(lambda: self._steps.send(value))


class Tasks:
    """All tasks and timers of a server.

    Args:
        now: Tells the time in seconds; only differences matter.
    """

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self.now = now
        self._ready: deque[Callable[[], None]] = deque()
        self._timers: list[tuple[float, int, Callable[[], None]]] = []
        self._order = count()

    def spawn(self, steps: Steps) -> Task:
        """Begin a task at the next :meth:`run`."""
        task = Task(self, steps)
        self.call_soon(task.start)
        return task

    def call_soon(self, call: Callable[[], None]) -> None:
        """Call something at the next :meth:`run`, after what is already to be called."""
        self._ready.append(call)

    def call_at(self, moment: float, call: Callable[[], None]) -> None:
        """Call something when a moment has come."""
        heapq.heappush(self._timers, (moment, next(self._order), call))

    def wake_at(self) -> float | None:
        """Return when the next timer is due; None without any."""
        return self._timers[0][0] if self._timers else None

    def run(self) -> None:
        """Do all that can be done now."""
        while self._timers and self._timers[0][0] <= self.now():
            self._ready.append(heapq.heappop(self._timers)[2])
        while self._ready:
            self._ready.popleft()()
