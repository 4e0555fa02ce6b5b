"""The mock without a process, where time stands still until nothing else is due."""

from __future__ import annotations

import json
import tomllib
from collections import deque
from collections.abc import Callable
from functools import partial
from pathlib import PurePath
from typing import Any

from codex_conformance.app_servers._config import config_of
from codex_conformance.app_servers._setup import Setup
from codex_mockserver.app_server import AppServer, Connection
from codex_mockserver.model import Scenario
from codex_mockserver.world import World

__all__ = ["BACKEND", "InProcessServer", "mock_places", "scenario_of"]

#: Where the mock says that its backend is; nothing is there, and nothing is asked there.
BACKEND = "http://127.0.0.1:9"


def mock_places(folder: PurePath) -> dict[str, str]:
    """Return the places of a mock, with their names in a transcript."""
    return {
        str(folder / ".codex"): "<home>",
        str(folder / "work"): "<cwd>",
        str(folder): "<folder>",
        BACKEND: "<backend>",
    }


def scenario_of(setup: Setup, folder: PurePath) -> dict[str, Any]:
    """Return the scenario that tells the mock what a real server finds in its home and its folder."""
    app_server = {
        "account": None if setup.login == "nobody" else setup.login,
        "config": _settings(setup),
        "files": {f"<cwd>/{name}": text for name, text in setup.files.items() if text is not None},
        **setup.mock,
    }
    scenario = {"name": setup.name, **setup.scenario, "model": list(setup.model), "app_server": app_server}
    text = json.dumps(scenario)
    for place, name in mock_places(folder).items():
        text = text.replace(name, place)
    whole: dict[str, Any] = json.loads(text)
    return whole


class InProcessServer:
    """A mock app-server, and the clock that only it looks at.

    Args:
        release: The release that it speaks.
        scenario: What it finds and what its model says.
        world: Keeps its threads.
        folder: Its home and its working folder lie below.
        make: Makes the server; another one than :class:`AppServer` may be put to the test.
    """

    def __init__(
        self,
        release: str,
        scenario: Scenario,
        world: World,
        folder: PurePath,
        make: Callable[..., AppServer] = AppServer,
    ) -> None:
        self._now = 0.0
        self.world = world
        self._make = partial(
            make,
            version=release,
            scenario=scenario,
            world=world,
            home=str(folder / ".codex"),
            cwd=str(folder / "work"),
            issuer=BACKEND,
            now=lambda: self._now,
        )
        self.core = self._make()
        self._clients: list[_InProcessConnection] = []

    @property
    def exit_code(self) -> int | None:
        """How it ended; None while it runs."""
        return self.core.exit_code

    def connect(self) -> _InProcessConnection:
        """Return a new connection."""
        client = _InProcessConnection(self, self.core.connect())
        self._clients.append(client)
        return client

    def restart(self, *, abruptly: bool = False) -> None:
        """Let another server go on with the world; ``abruptly`` the one before hears of nothing."""
        if not abruptly:
            self.stop()
        self.core = self._make()
        self._clients = []

    def stop(self) -> None:
        """End it, as a process ends with its input."""
        for client in self._clients:
            client.close()

    def receive(self, client: _InProcessConnection, text: str) -> None:
        """Take a message of a client."""
        self.core.receive(client.connection, text)
        self._deliver()

    def leave(self, client: _InProcessConnection) -> None:
        """Let a client go."""
        if client.connection in self.core.connections:
            self.core.disconnect(client.connection)

    def wait(self, client: _InProcessConnection, seconds: float) -> None:
        """Let time pass until a message comes for a client, at most so many seconds."""
        end = self._now + seconds
        while not client.inbox:
            due = self.core.wake_at()
            if due is None or due > end:
                self._now = end
                return
            self._now = max(self._now, due)
            self.core.wake()
            self._deliver()

    def _deliver(self) -> None:
        for client in self._clients:
            client.inbox += [text.decode() for text in client.connection.take()]


class _InProcessConnection:
    """A connection to the mock."""

    def __init__(self, server: InProcessServer, connection: Connection) -> None:
        self._server = server
        self.connection = connection
        self.inbox: deque[str] = deque()

    @property
    def is_over(self) -> bool:
        """Whether the server has ended it, and nothing more comes."""
        return self._server.exit_code is not None and not self.inbox

    def send(self, text: str) -> None:
        """Send a message."""
        self._server.receive(self, text)

    def receive(self, seconds: float) -> str | None:
        """Return the next message, or None when none is due within so many seconds of its clock."""
        if not self.inbox:
            self._server.wait(self, seconds)
        return self.inbox.popleft() if self.inbox else None

    def close(self) -> None:
        """Leave."""
        self._server.leave(self)


def _settings(setup: Setup) -> dict[str, Any]:
    """Return what ``config.toml`` says; nothing where it cannot be read."""
    try:
        return tomllib.loads(config_of(setup, BACKEND))
    except tomllib.TOMLDecodeError:
        return {}
