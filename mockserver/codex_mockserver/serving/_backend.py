"""A whole mock backend for Python code: a world, its listeners and its journal."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from codex_mockserver.http import REAL_HOSTS, Control, create_app
from codex_mockserver.http.control import MountedWorld, SideWorlds
from codex_mockserver.model import Scenario, Script, load_scenario
from codex_mockserver.serving._proxy import ConnectProxy
from codex_mockserver.serving._side_world import SideWorld, SyncSideWorld
from codex_mockserver.serving.client_env import proxied_config, proxied_environment, write_codex_home
from codex_mockserver.serving.listener import Listener
from codex_mockserver.serving.loop_thread import shared_loop
from codex_mockserver.serving.tls_side import TlsSide
from codex_mockserver.serving.universe import AsyncUniverse, SyncUniverse, Universe
from codex_mockserver.world import Clock, World
from codex_mockserver.world.description import describe_accounts
from codex_schemas import Problem

if TYPE_CHECKING:
    from codex_mockserver.serving.tls import Authority

__all__ = ["Backend", "SyncBackend"]


class _Backend(TlsSide, Universe):
    """A world behind listeners, whatever kind of code uses it."""

    def __init__(
        self,
        *,
        seed: int | str | None = None,
        clock: Clock | None = None,
        scenario: Scenario | Mapping[str, Any] | Path | str | None = None,
        tls: bool = False,
        proxy: bool = False,
        host: str = "127.0.0.1",
        http_port: int = 0,
        https_port: int = 0,
        proxy_port: int = 0,
        allow_remote: bool = False,
        state_file: Path | None = None,
        control: bool = True,
        control_token: str | None = None,
    ) -> None:
        world = World(seed=seed, clock=clock, state_file=state_file)
        super().__init__(create_app(world, Script(None if scenario is None else load_scenario(scenario))))
        self.app.control = Control(self.app, control_token) if control else None
        self._control_token = control_token
        self._host = host
        self._https_port = https_port
        self._proxy_port = proxy_port
        self._allow_remote = allow_remote
        self._wants_tls = tls or proxy
        self._wants_proxy = proxy
        self._http = Listener(self.app, host, http_port, allow_remote=allow_remote)
        self._https: Listener | None = None

    @property
    def url(self) -> str:
        """The base URL of the http listener, without a slash at the end."""
        return f"http://{self._http.authority}"

    @property
    def https_url(self) -> str | None:
        """The base URL of the https listener, without a slash at the end; None without ``tls``."""
        return f"https://localhost:{self._https.address[1]}" if self._https else None

    def describe(self) -> dict[str, Any]:
        """Return the addresses, and each account with fresh credentials, as JSON."""
        accounts = describe_accounts(self.world)
        self.world.commit()
        return {
            "http": self.url,
            "https": self.https_url,
            "proxy": self.proxy_url,
            "ca_file": str(self.ca_file) if self.ca_file else None,
            "control_token": self._control_token,
            "accounts": accounts,
        }

    def client_environment(self, codex_home: Path) -> dict[str, str]:
        """Return the variables with which a codex process talks to this backend by way of its proxy.

        Raises:
            Problem: The backend has no proxy, or does not run.
        """
        if self.proxy_url is None:
            raise Problem(
                "preparing the environment of a codex process",
                expected="a running backend with a proxy",
                found="one without",
                advice="Make the backend with proxy=True.",
            )
        return {"CODEX_HOME": str(codex_home), **proxied_environment(self.proxy_url, str(self.ca_file))}

    def write_codex_home(
        self, path: Path, account: str | None = "plus", *, analytics: bool = True, plugins: bool = True
    ) -> None:
        """Fill a folder so that it can be a ``CODEX_HOME`` in which that account, or nobody, is logged in.

        Raises:
            Problem: There is no such account, or the folder cannot be written.
        """
        write_codex_home(path, proxied_config(analytics=analytics, plugins=plugins), self.world, account)

    def write_ca_key(self, path: Path) -> None:
        """Write the private key of the https listener's authority into a new file that only its owner can read.

        Raises:
            Problem: The file exists or cannot be written.
        """
        assert self._authority is not None, "the backend does not speak TLS"
        self._authority.write_key(path)

    @property
    def _worlds(self) -> SideWorlds:
        worlds = self.app.control.worlds if self.app.control else None
        if worlds is None:
            raise Problem(
                "making a side world",
                expected="a backend that answers control calls",
                found="one without",
                advice="Make the backend with control=True.",
            )
        return worlds

    def _mount(
        self,
        seed: int | str | None,
        clock: Clock | None,
        scenario: Scenario | Mapping[str, Any] | Path | str | None,
    ) -> MountedWorld:
        loaded = None if scenario is None else load_scenario(scenario)
        return self._worlds.make(seed=seed, clock=clock, scenario=loaded)

    async def _start(self) -> None:
        try:
            await self._http.start()
            if self._wants_tls:
                await self._start_tls()
        except BaseException:
            await self._stop()
            raise

    async def _start_tls(self) -> None:
        # In a thread, so that the http listener answers meanwhile.
        self._authority = await asyncio.to_thread(_new_authority)
        context = self._authority.server_context()
        self._https = Listener(self.app, self._host, self._https_port, context, allow_remote=self._allow_remote)
        await self._https.start()
        if self._wants_proxy:
            self._proxy = ConnectProxy(REAL_HOSTS, self._https.address, port=self._proxy_port)
            await self._proxy.start()

    async def _stop(self) -> None:
        for part in (self._proxy, self._https, self._http):
            if part is not None:
                await part.stop()
        self.world.close()
        if self._authority is not None:
            self._authority.close()
            self._authority = None


class Backend(_Backend, AsyncUniverse):
    """A mock backend on the running event loop: ``async with Backend() as backend: ...``.

    Args:
        seed: Seeds the identifiers; left out, they are random.
        clock: The world's clock; left out, the machine's.
        scenario: What the model says and which faults strike; the name of a scenario of the library, or
            the file that holds one.
        tls: Listen on https too.
        proxy: Run a proxy that leads the built-in hosts of codex here; it needs https, so that is there too.
        host: The address to listen on.
        http_port: The port of the http listener; 0 for any free one.
        https_port: The same for https.
        proxy_port: The same for the proxy.
        allow_remote: Permit a host that other machines can reach.
        state_file: Keep the world in this file, so that it survives the process.
        control: Answer the control calls under ``/_testkit/``.
        control_token: What a control call must bring as its bearer token; needed where other machines can call.
    """

    async def __aenter__(self) -> Self:
        await self._start()
        return self

    async def __aexit__(self, *_exception: object) -> None:
        await self._stop()

    def new_world(
        self,
        *,
        seed: int | str | None = None,
        clock: Clock | None = None,
        scenario: Scenario | Mapping[str, Any] | Path | str | None = None,
    ) -> SideWorld:
        """Return a further world, which shares nothing with this one but the listeners; it ends with its block.

        Raises:
            Problem: There are too many, it is no scenario, or the backend answers no control calls.
        """
        return SideWorld(lambda: self.url, self._worlds, self._mount(seed, clock, scenario))


class SyncBackend(_Backend, SyncUniverse):
    """A mock backend for synchronous code: ``with SyncBackend() as backend: ...``.

    It takes the same arguments as :class:`Backend`, and runs in a thread that all share.
    """

    def __enter__(self) -> Self:
        shared_loop().run(self._start())
        return self

    def __exit__(self, *_exception: object) -> None:
        shared_loop().run(self._stop())

    def new_world(
        self,
        *,
        seed: int | str | None = None,
        clock: Clock | None = None,
        scenario: Scenario | Mapping[str, Any] | Path | str | None = None,
    ) -> SyncSideWorld:
        """Return a further world, as :meth:`Backend.new_world` does."""
        return SyncSideWorld(lambda: self.url, self._worlds, self._mount(seed, clock, scenario))


def _new_authority() -> Authority:
    from codex_mockserver.serving.tls import Authority  # noqa: PLC0415 (80 ms that most tests do not need)

    return Authority()
