"""Ctrl-C while a client runs: threads wait for it, and must not wait for its whole deadline."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

__all__ = ["Interruption"]


class Interruption:
    """Ends what runs in threads when the one that waits for them is interrupted."""

    def __init__(self) -> None:
        self._ends: list[Callable[[], object]] = []
        self._has_come = False
        self._lock = threading.Lock()

    @contextmanager
    def heeded(self, end: Callable[[], object]) -> Iterator[None]:
        """Call ``end`` if the interruption comes while the block runs, or has come already."""
        with self._lock:
            self._ends.append(end)
            is_late = self._has_come
        if is_late:
            end()
        try:
            yield
        finally:
            with self._lock:
                self._ends.remove(end)

    @contextmanager
    def threads(self, number: int) -> Iterator[ThreadPoolExecutor]:
        """Give threads to wait for; Ctrl-C ends what they do."""
        with ThreadPoolExecutor(number) as pool:
            try:
                yield pool
            except KeyboardInterrupt:
                pool.shutdown(wait=False, cancel_futures=True)
                self._come()
                raise

    def _come(self) -> None:
        with self._lock:
            self._has_come = True
            ends = list(self._ends)
        for end in ends:
            end()
