"""A further world of a backend, for Python code."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, Self
from urllib.parse import urlsplit

from codex_mockserver.http.control import MountedWorld, SideWorlds
from codex_mockserver.serving.client_env import direct_config, direct_environment, write_codex_home
from codex_mockserver.serving.universe import AsyncUniverse, SyncUniverse, Universe, on_shared_loop
from codex_mockserver.world.description import describe_accounts

__all__ = ["SideWorld", "SyncSideWorld"]


class _SideWorld(Universe):
    """A world beside the main one of a backend, which serves it under a path of its own.

    Args:
        backend_url: Returns the base URL of the backend.
        worlds: Where the world is kept.
        mounted: The world.
    """

    def __init__(self, backend_url: Callable[[], str], worlds: SideWorlds, mounted: MountedWorld) -> None:
        super().__init__(mounted.app)
        self._backend_url = backend_url
        self._worlds = worlds
        self._mounted = mounted

    @property
    def url(self) -> str:
        """The base URL of the world, without a slash at the end."""
        return f"{self._backend_url()}{self._mounted.path}"

    def describe(self) -> dict[str, Any]:
        """Return the address, and each account with fresh credentials, as JSON."""
        return {"http": self.url, "accounts": describe_accounts(self.world)}

    def client_environment(self, codex_home: Path) -> dict[str, str]:
        """Return the variables with which a codex process talks to this world, without a proxy."""
        return {"CODEX_HOME": str(codex_home), **direct_environment(self.url)}

    def write_codex_home(self, path: Path, account: str | None = "plus") -> None:
        """Fill a folder so that it can be a ``CODEX_HOME`` in which that account, or nobody, is logged in.

        Raises:
            Problem: There is no such account, or the folder cannot be written.
        """
        url = urlsplit(self.url)
        write_codex_home(path, direct_config(url.port or 80, url.path), self.world, account)


class SideWorld(_SideWorld, AsyncUniverse):
    """A further world of a :class:`Backend`: ``async with backend.new_world() as world: ...``."""

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_exception: object) -> None:
        self.end()

    def end(self) -> None:
        """Forget the world, and break the connections to it."""
        self._worlds.end(self._mounted)


class SyncSideWorld(_SideWorld, SyncUniverse):
    """A further world of a :class:`SyncBackend`: ``with backend.new_world() as world: ...``."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exception: object) -> None:
        self.end()

    def end(self) -> None:
        """Forget the world, and break the connections to it."""
        on_shared_loop(lambda: self._worlds.end(self._mounted))
