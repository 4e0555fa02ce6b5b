"""The event loop behind everything that is used from synchronous code."""

from __future__ import annotations

import asyncio
import os
import threading
from collections.abc import Coroutine
from functools import cache
from typing import Any, TypeVar

__all__ = ["LoopThread", "shared_loop"]

_T = TypeVar("_T")

#: Two threads that need the loop at the same time get the same one.
_MAKING = threading.Lock()


class LoopThread:
    """One event loop that runs in a thread of its own until the process ends."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        threading.Thread(target=self._loop.run_forever, name="codex-testkit", daemon=True).start()

    def run(self, work: Coroutine[Any, Any, _T]) -> _T:
        """Run a coroutine on the loop and return what it returns."""
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()


def shared_loop() -> LoopThread:
    """Return the one loop of this process; it is made when it is first needed."""
    with _MAKING:
        return _loop_of(os.getpid())


@cache
def _loop_of(_process: int) -> LoopThread:
    # A forked child inherits the cache but not the thread, so the process is part of the key.
    return LoopThread()
