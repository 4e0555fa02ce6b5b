"""Gates: places at which the server waits until a test lets it go on."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from typing import Any

from codex_mockserver.app_server._tasks import Tasks, Wait

__all__ = ["Gate", "Gates"]


class Gates:
    """The gates of a server, by name; every gate is closed until it is opened."""

    def __init__(self) -> None:
        self._open: set[str] = set()
        self._waiting: defaultdict[str, list[Callable[[Any], None]]] = defaultdict(list)

    @property
    def waiting(self) -> Mapping[str, int]:
        """How much waits at each gate now."""
        return {name: len(waiting) for name, waiting in self._waiting.items() if waiting}

    def open(self, name: str) -> None:
        """Let go on what waits at a gate, and let pass what comes to it later; at the server's next wake."""
        self._open.add(name)
        for wake in self._waiting.pop(name, ()):
            wake(None)

    def close(self, name: str) -> None:
        """Let what comes to a gate wait again."""
        self._open.discard(name)

    def arrive(self, name: str, wake: Callable[[Any], None]) -> None:
        """Call ``wake`` when a gate is open, at once when it is."""
        if name in self._open:
            wake(None)
        else:
            self._waiting[name].append(wake)

    def leave(self, name: str, wake: Callable[[Any], None]) -> None:
        """Wait no longer."""
        if wake in self._waiting.get(name, ()):
            self._waiting[name].remove(wake)


class Gate(Wait):
    """Wait until a gate is open."""

    def __init__(self, gates: Gates, name: str) -> None:
        self._gates = gates
        self._name = name
        self._wake: Callable[[Any], None] | None = None

    def begin(self, tasks: Tasks, wake: Callable[[Any], None]) -> None:
        """Come to the gate."""
        del tasks
        self._wake = wake
        self._gates.arrive(self._name, wake)

    def cancel(self) -> None:
        """Go away from the gate."""
        if self._wake is not None:
            self._gates.leave(self._name, self._wake)
