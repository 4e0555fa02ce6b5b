"""Gates: places at which a stream waits until a test lets it go on."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Mapping
from collections.abc import Set as AbstractSet

from codex_schemas import Problem

__all__ = ["Gates"]

_Waiter = tuple[asyncio.AbstractEventLoop, asyncio.Event]


class Gates:
    """The gates of a backend, by name; every gate is closed until it is opened.

    :meth:`open` and :meth:`close` may be called from any thread.
    """

    def __init__(self) -> None:
        self._open: set[str] = set()
        self._waiters: defaultdict[str, list[_Waiter]] = defaultdict(list)
        self._watchers: list[_Waiter] = []

    @property
    def opened(self) -> AbstractSet[str]:
        """The gates that are open."""
        return frozenset(self._open)

    @property
    def waiting(self) -> Mapping[str, int]:
        """How many streams wait at each gate now."""
        return {name: len(waiters) for name, waiters in self._waiters.items() if waiters}

    def open(self, name: str) -> None:
        """Let go on what waits at a gate, and let pass what comes to it later."""
        self._open.add(name)
        _wake(self._waiters[name])

    def close(self, name: str) -> None:
        """Let what comes to a gate wait again."""
        self._open.discard(name)

    def reset(self) -> None:
        """Close every gate; what waits goes on waiting."""
        self._open.clear()

    async def passing(self, name: str) -> None:
        """Wait until a gate is open."""
        waiter = (asyncio.get_running_loop(), asyncio.Event())
        self._waiters[name].append(waiter)
        try:
            # Looked at only now, so that no thread can open it in between unheard.
            if name not in self._open:
                _wake(self._watchers)
                await waiter[1].wait()
        finally:
            self._waiters[name].remove(waiter)

    async def reached(self, name: str, count: int = 1, *, within: float = 10.0) -> None:
        """Wait until so many streams wait at a gate.

        Raises:
            Problem: They did not come within that many seconds of real time.
        """
        watcher = (asyncio.get_running_loop(), asyncio.Event())
        self._watchers.append(watcher)
        try:
            async with asyncio.timeout(within):
                while len(self._waiters[name]) < count:
                    watcher[1].clear()
                    await watcher[1].wait()
        except TimeoutError:
            raise Problem(
                f"waiting for the gate {name!r}",
                expected=f"{count} streams that wait there",
                found=str(len(self._waiters[name])),
                advice="Check the name, and that the fault with this gate strikes.",
            ) from None
        finally:
            self._watchers.remove(watcher)


def _wake(waiters: list[_Waiter]) -> None:
    for loop, event in tuple(waiters):
        loop.call_soon_threadsafe(event.set)
