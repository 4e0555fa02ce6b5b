"""Several courses of work side by side, within one turn."""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from contextlib import suppress
from typing import Any

from codex_mockserver.app_server._tasks import Steps, Task, Tasks, Wait
from codex_mockserver.app_server.turns.active import Interrupted

__all__ = ["Course", "together"]

#: Work that gives a result in the end.
Course = Generator[Wait, Any, Any]


class _Together(Wait):
    """Wait until all courses have ended, or one of them has failed; gives their results, or what failed."""

    def __init__(self, courses: Sequence[Course]) -> None:
        self._courses = courses
        self._results: list[Any] = [None] * len(courses)
        self._left = len(courses)
        self._tasks: list[Task] = []

    def begin(self, tasks: Tasks, wake: Callable[[Any], None]) -> None:
        """Begin all courses."""
        for index, course in enumerate(self._courses):
            self._tasks.append(tasks.spawn(self._follow(index, course, wake)))

    def cancel(self) -> None:
        """Interrupt what has not ended."""
        for task in self._tasks:
            with suppress(Interrupted):
                task.throw(Interrupted())

    def _follow(self, index: int, course: Course, wake: Callable[[Any], None]) -> Steps:
        try:
            self._results[index] = yield from course
        except Interrupted as interrupted:
            if self._left > 0:
                self._left = 0
                wake(interrupted)
            return
        self._left -= 1
        if self._left == 0:
            wake(self._results)


def together(courses: Sequence[Course]) -> Course:
    """Run courses side by side and return their results in order; when one is interrupted, all are."""
    if len(courses) == 1:
        return [(yield from courses[0])]
    waiting = _Together(courses)
    outcome = yield waiting
    if isinstance(outcome, Interrupted):
        waiting.cancel()
        raise outcome
    return outcome
