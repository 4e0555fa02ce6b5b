"""The mock: as a command, and without a process, where time stands still until nothing else is due."""

from __future__ import annotations

import json
import os
import sys
import tomllib
from collections import deque
from pathlib import Path, PurePath, PurePosixPath
from typing import Any

from codex_mockserver.app_server import AppServer, Connection
from codex_mockserver.model import Scenario, load_scenario
from codex_mockserver.world import World
from parity._cases import Case
from parity._config import config_of
from parity._driver import Transcript, run
from parity._home import Home
from parity._transport import SocketServer, StdioServer

__all__ = ["run_mock", "run_mock_command"]

_BACKEND = "http://127.0.0.1:9"

#: For how many seconds nothing must come until the mock counts as idle: by its own clock, and by the real one.
_QUIET = 0.4
_QUIET_COMMAND = 0.2


def run_mock(case: Case, release: str) -> tuple[Transcript, Transcript]:
    """Return what the mock says in a case: with names in it, and as it was."""
    folder = PurePosixPath("/home/user")
    scenario = load_scenario(_scenario(case, folder))
    world = World(seed=case.name)
    return run(case, _places(folder), lambda: _MockServer(release, scenario, world, folder), _QUIET)


def run_mock_command(case: Case, release: str, folder: Path) -> tuple[Transcript, Transcript]:
    """Return what the mock says in a case when it is a command that keeps its state in a file."""
    places = _places(folder)
    home, work, *_ = map(Path, places)
    work.mkdir()
    scenario = folder / "scenario.yaml"
    scenario.write_text(json.dumps(_scenario(case, folder)))
    command = [
        str(Path(sys.executable).with_name("codex-testkit")),
        *("app-server", "--codex-version", release, "--scenario", str(scenario), "--state", str(folder / "world.db")),
    ]
    environment = {"PATH": os.environ["PATH"], "CODEX_HOME": str(home)}
    transport = SocketServer if case.websocket else StdioServer
    surroundings = Home(work, environment, folder / "stderr.txt", places)
    return run(case, places, lambda: transport(command, surroundings), _QUIET_COMMAND)


def _places(folder: PurePath) -> dict[str, str]:
    """Return the places of a mock, with their names in a transcript."""
    return {
        str(folder / ".codex"): "<home>",
        str(folder / "work"): "<cwd>",
        str(folder): "<folder>",
        _BACKEND: "<backend>",
    }


def _scenario(case: Case, folder: PurePath) -> dict[str, Any]:
    """Return the scenario that tells the mock what the real server finds in its home and its folder."""
    app_server = {
        "account": None if case.login == "nobody" else case.login,
        "config": _settings(case),
        "files": {f"<cwd>/{name}": text for name, text in case.files.items() if text is not None},
        **case.mock,
    }
    scenario = {"name": case.name, **case.scenario, "model": case.model, "app_server": app_server}
    text = json.dumps(scenario)
    for place, name in _places(folder).items():
        text = text.replace(name, place)
    whole: dict[str, Any] = json.loads(text)
    return whole


class _MockServer:
    """A mock, and the clock that only it looks at."""

    def __init__(self, release: str, scenario: Scenario, world: World, folder: PurePath) -> None:
        self._now = 0.0
        self._core = AppServer(
            version=release,
            scenario=scenario,
            world=world,
            home=str(folder / ".codex"),
            cwd=str(folder / "work"),
            issuer=_BACKEND,
            now=lambda: self._now,
        )
        self._clients: list[_MockClient] = []

    def connect(self) -> _MockClient:
        """Return a new connection."""
        client = _MockClient(self, self._core.connect())
        self._clients.append(client)
        return client

    def stop(self) -> None:
        """End it, as a process ends with its input."""
        for client in self._clients:
            client.close()

    def receive(self, client: _MockClient, text: str) -> None:
        """Take a message of a client."""
        self._core.receive(client.connection, text)
        self._deliver()

    def leave(self, client: _MockClient) -> None:
        """Let a client go."""
        if client.connection in self._core.connections:
            self._core.disconnect(client.connection)

    def wait(self, client: _MockClient, seconds: float) -> None:
        """Let time pass until a message comes for a client, at most so many seconds."""
        end = self._now + seconds
        while not client.inbox:
            due = self._core.wake_at()
            if due is None or due > end:
                self._now = end
                return
            self._now = max(self._now, due)
            self._core.wake()
            self._deliver()

    def _deliver(self) -> None:
        for client in self._clients:
            client.inbox += [text.decode() for text in client.connection.take()]


class _MockClient:
    """A connection to the mock, as the driver uses it."""

    def __init__(self, server: _MockServer, connection: Connection) -> None:
        self._server = server
        self.connection = connection
        self.inbox: deque[str] = deque()

    def send(self, text: str) -> None:
        self._server.receive(self, text)

    def receive(self, seconds: float) -> str | None:
        if not self.inbox:
            self._server.wait(self, seconds)
        return self.inbox.popleft() if self.inbox else None

    def close(self) -> None:
        self._server.leave(self)


def _settings(case: Case) -> dict[str, Any]:
    """Return what ``config.toml`` says; nothing where it cannot be read."""
    try:
        return tomllib.loads(config_of(case, _BACKEND))
    except tomllib.TOMLDecodeError:
        return {}
