"""A server under test that is open."""

from __future__ import annotations

import json
import shlex
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from codex_conformance.app_servers import (
    InProcessServer,
    Server,
    Setup,
    SocketServer,
    StdioServer,
    connect_to,
    home_for,
    scenario_of,
)
from codex_conformance.requirements import SURFACES, Surface
from codex_conformance.targets._capabilities import CAPABILITIES, PRESENT, State
from codex_conformance.targets._http import HttpTarget
from codex_conformance.targets._spec import TargetSpec
from codex_mockserver.app_server import AppServer
from codex_mockserver.model import load_scenario
from codex_mockserver.world import World
from codex_schemas import Problem

__all__ = ["Target", "read_command"]


@dataclass(frozen=True)
class Target:
    """What the suites see of a server under test."""

    spec: TargetSpec
    #: What each capability is.
    capabilities: Mapping[str, State]
    #: The HTTP surfaces; None where it has none.
    http: HttpTarget | None = None
    #: The command of an app-server, without the options of its transport; None for the mock in this process.
    command: tuple[str, ...] | None = None
    #: Makes the mock in this process.
    make: Callable[..., AppServer] = AppServer

    @property
    def surfaces(self) -> list[Surface]:
        """The surfaces of which it has something."""
        present = {CAPABILITIES[name].surface for name, state in self.capabilities.items() if state in PRESENT}
        return [surface for surface in SURFACES if surface in present]

    @contextmanager
    def app_server(self, setup: Setup, *, websocket: bool = False) -> Iterator[Server]:
        """Start an app-server and end it.

        Raises:
            Problem: It cannot be started.
        """
        if self.spec.kind == "websocket":
            server = connect_to(self.spec.address)
        elif self.command is None:
            server = self._in_process(setup)
        else:
            with self._process(self.command, setup, websocket=websocket) as server:
                yield server
            return
        try:
            yield server
        finally:
            server.stop()

    def _in_process(self, setup: Setup) -> Server:
        folder = PurePosixPath("/home/user")
        scenario = load_scenario(scenario_of(setup, folder))
        return InProcessServer(self.spec.release, scenario, World(seed=setup.name), folder, self.make)

    @contextmanager
    def _process(self, command: tuple[str, ...], setup: Setup, *, websocket: bool) -> Iterator[Server]:
        with tempfile.TemporaryDirectory(prefix="codex-testkit-", ignore_cleanup_errors=True) as name:
            folder = Path(name)
            with home_for(setup, folder) as home:
                server = (SocketServer if websocket else StdioServer)(_filled(command, setup, folder), home)
                try:
                    yield server
                finally:
                    server.stop()


def read_command(line: str) -> tuple[str, ...]:
    """Return the words of a command whose program is here.

    Raises:
        Problem: It is not.
    """
    program, *arguments = shlex.split(line)
    if (path := shutil.which(program)) is None:
        raise Problem(
            "starting the target",
            expected="a command whose program is on the PATH, or a path",
            found=repr(program),
            advice="Check its spelling.",
        )
    return (path, *arguments)


def _filled(command: tuple[str, ...], setup: Setup, folder: Path) -> list[str]:
    """Return the command with ``{scenario}`` as a file that tells a mock what the suite wants of it."""
    if not any("{scenario}" in word for word in command):
        return list(command)
    file = folder / "scenario.yaml"
    file.write_text(json.dumps(scenario_of(setup, PurePosixPath(str(folder)))), encoding="utf-8")
    return [word.replace("{scenario}", str(file)) for word in command]
