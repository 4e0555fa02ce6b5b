"""The mock: as a command, and without a process, where time stands still until nothing else is due."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from pathlib import Path, PurePosixPath

from codex_conformance.app_servers import Home, InProcessServer, SocketServer, StdioServer, mock_places, scenario_of
from codex_mockserver.model import load_scenario
from codex_mockserver.world import World
from parity._cases import Case
from parity._driver import Transcript, run

__all__ = ["run_mock", "run_mock_command"]

#: For how many seconds nothing must come until the mock counts as idle: by its own clock, and by the real one.
_QUIET = 0.4
_QUIET_COMMAND = 0.2


def run_mock(case: Case, release: str) -> tuple[Transcript, Transcript]:
    """Return what the mock says in a case: with names in it, and as it was."""
    folder = PurePosixPath("/home/user")
    scenario = load_scenario(scenario_of(case.setup, folder))
    world = World(seed=case.name)
    return run(case, mock_places(folder), lambda: InProcessServer(release, scenario, world, folder), _QUIET)


def run_mock_command(
    case: Case, release: str, folder: Path, is_whole: Callable[[Transcript], bool]
) -> tuple[Transcript, Transcript]:
    """Return what the mock says in a case when it is a command that keeps its state in a file."""
    places = mock_places(folder)
    home, work, *_ = map(Path, places)
    work.mkdir()
    scenario = folder / "scenario.yaml"
    scenario.write_text(json.dumps(scenario_of(case.setup, folder)))
    command = [
        str(Path(sys.executable).with_name("codex-testkit")),
        *("app-server", "--codex-version", release, "--scenario", str(scenario), "--state", str(folder / "world.db")),
    ]
    environment = {"PATH": os.environ["PATH"], "CODEX_HOME": str(home)}
    transport = SocketServer if case.websocket else StdioServer
    surroundings = Home(work, environment, folder / "stderr.txt", places)
    return run(case, places, lambda: transport(command, surroundings), _QUIET_COMMAND, is_whole)
