"""Further worlds of one mock, each whole and apart from the others, under a path of its own."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from starlette.types import Receive, Scope, Send

from codex_mockserver.http.control._not_there import NotThere
from codex_mockserver.journal import Journal
from codex_mockserver.model import Scenario, Script
from codex_mockserver.world import Clock, World
from codex_schemas import Problem

if TYPE_CHECKING:
    from codex_mockserver.http import App

__all__ = ["MOST_WORLDS", "MountedWorld", "SideWorlds"]

#: Side worlds that a mock has at a time.
MOST_WORLDS = 32
#: Exchanges that the journal of a side world keeps, and bytes: all of them together take as much as the main one.
_EXCHANGES = 2_000
_BYTES = 8 * 1024 * 1024

_FOLDER = "/_testkit/worlds/"
#: A raw path inside a side world: its id, and the path that it sees.
_INSIDE = re.compile(_FOLDER.encode() + rb"(?P<id>\w+)(?P<path>/.*)", re.DOTALL)


class MountedWorld:
    """A world beside the main one: an application, mounted at a path."""

    def __init__(self, world_id: str, app: App) -> None:
        self.id = world_id
        self.app = app
        #: The path in front of all of its own.
        self.path = f"{_FOLDER}{world_id}"
        self._calls: set[asyncio.Task[None]] = set()

    async def serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection; it breaks when the world ends before."""
        call = asyncio.current_task()
        assert call is not None, "a call is served in a task"
        self._calls.add(call)
        try:
            await self.app(scope, receive, send)
        finally:
            self._calls.discard(call)

    def break_off(self) -> None:
        """Break the connections that are being served."""
        for call in tuple(self._calls):
            call.cancel()


class SideWorlds:
    """The side worlds of a mock.

    Args:
        new_app: Makes the application of a world.
    """

    def __init__(self, new_app: Callable[[World, Script, Journal], App]) -> None:
        self._new_app = new_app
        self._worlds: dict[str, MountedWorld] = {}
        self._count = 0

    def __iter__(self) -> Iterator[MountedWorld]:
        return iter(tuple(self._worlds.values()))

    def make(
        self, *, seed: int | str | None = None, clock: Clock | None = None, scenario: Scenario | None = None
    ) -> MountedWorld:
        """Return a new world that shares nothing with the others.

        Raises:
            Problem: There are too many.
        """
        if len(self._worlds) >= MOST_WORLDS:
            raise Problem(
                "making a world",
                expected=f"fewer than {MOST_WORLDS} side worlds",
                found=str(len(self._worlds)),
                advice="End one that is done with.",
            )
        world = World(seed=seed, clock=clock)
        journal = Journal(world.now, capacity=_EXCHANGES, max_bytes=_BYTES)
        self._count += 1
        made = MountedWorld(f"w{self._count}", self._new_app(world, Script(scenario), journal))
        self._worlds[made.id] = made
        return made

    def find(self, world_id: str) -> MountedWorld:
        """Return the world of that id.

        Raises:
            NotThere: There is none.
        """
        if world_id not in self._worlds:
            raise NotThere(
                "finding a world",
                expected="the id of a side world",
                found=repr(world_id[:60]),
                advice="GET /_testkit/worlds lists them, POST makes one.",
            )
        return self._worlds[world_id]

    def end(self, world: MountedWorld) -> None:
        """Forget a world, and break what it is still saying; one that has ended stays so."""
        if self._worlds.pop(world.id, None) is not None:
            world.break_off()

    def enter(self, scope: Scope) -> tuple[MountedWorld, Scope] | None:
        """Return the side world that a call is for, and the call as that world sees it; None when there is none."""
        inside = _INSIDE.fullmatch(scope.get("raw_path") or scope["path"].encode())
        world = self._worlds.get(inside["id"].decode()) if inside else None
        if inside is None or world is None:
            return None
        root, path = scope.get("root_path", "") + world.path, scope["path"].removeprefix(world.path)
        return world, {**scope, "root_path": root, "path": path, "raw_path": inside["path"]}
