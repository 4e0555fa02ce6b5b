"""Connections to the scene. Starting a server takes longer than most checks, so they share one where they can."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from dataclasses import replace
from typing import Any

import pytest

from codex_conformance._pytest.options import RUN
from codex_conformance.app_servers import Connection, Server
from codex_conformance.probes import AppServerProbe, Evidence, Unmet, at
from codex_conformance.suites.server.app_server._reading import is_of
from codex_conformance.suites.server.app_server._scenes import SCENE
from codex_conformance.suites.server.app_servers import AppServers
from codex_conformance.targets import PRESENT, Target
from codex_mockserver.world import World
from codex_schemas import Problem

#: For how many seconds the end of a turn is waited for that nobody is interested in any more.
_SHORTLY = 2.0


class SharedServer:
    """A server with the scene that takes a connection from each check; it is started anew when it is gone."""

    def __init__(self, target: Target) -> None:
        self._target = target
        self._stack = ExitStack()
        self._server: Server | None = None

    @property
    def world(self) -> World | None:
        """The world of the backend behind it."""
        return self._started().world

    def connect(self) -> Connection:
        """Return a new connection."""
        try:
            return self._started().connect()
        except Problem:
            self.stop()
            return self._started().connect()

    def restart(self, *, abruptly: bool = False) -> None:
        """Restart it, for all checks."""
        self._started().restart(abruptly=abruptly)

    def stop(self) -> None:
        """End it."""
        self._server = None
        self._stack.close()

    def _started(self) -> Server:
        if self._server is None:
            self._server = self._stack.enter_context(self._target.app_server(SCENE, websocket=True))
        return self._server


@pytest.fixture(scope="session")
def shared(request: pytest.FixtureRequest) -> Iterator[SharedServer]:
    """Return the server that checks share."""
    run: Any = request.config.pluginmanager.get_plugin(RUN)
    server = SharedServer(run.subject.thing)
    yield server
    server.stop()


@pytest.fixture
def stage(target: Target, app_servers: AppServers, shared: SharedServer) -> Server:
    """Return a server with the scene: one for all checks, where it is a process that takes several connections."""
    can_share = target.command is not None and target.capabilities["app-server.websocket"] in PRESENT
    return shared if can_share else app_servers.start(SCENE)


@pytest.fixture
def newcomer(stage: Server, app_servers: AppServers) -> Iterator[AppServerProbe]:
    """Return a connection without a handshake."""
    probe = app_servers.connect(stage)
    yield probe
    _leave(probe)


@pytest.fixture
def client(newcomer: AppServerProbe) -> AppServerProbe:
    """Return a connection after its handshake."""
    newcomer.handshake()
    return newcomer


@pytest.fixture
def stable_client(newcomer: AppServerProbe) -> AppServerProbe:
    """Return a connection without the experimental capability."""
    newcomer.handshake(experimental=False)
    return newcomer


@pytest.fixture
def other_newcomer(stage: Server, app_servers: AppServers) -> Iterator[AppServerProbe]:
    """Return a second connection to the same server, without a handshake."""
    probe = app_servers.connect(stage, "other")
    yield probe
    _leave(probe)


@pytest.fixture
def other(other_newcomer: AppServerProbe) -> AppServerProbe:
    """Return a second connection to the same server."""
    other_newcomer.handshake()
    return other_newcomer


@pytest.fixture
def processes_with(target: Target, evidence: Evidence) -> Iterator[Callable[..., AppServers]]:
    """Return what makes what starts app-servers as processes, the mock too, with options of the command line."""
    mock = (sys.executable, "-m", "codex_conformance.cli", "app-server", "--codex-version", target.spec.release)
    command = target.command or (*mock, "--scenario", "{scenario}")
    with ExitStack() as stack:
        yield lambda *options: AppServers(replace(target, command=(*command, *options)), evidence, stack)


@pytest.fixture
def processes(processes_with: Callable[..., AppServers]) -> AppServers:
    """Return what starts app-servers as processes: the mock, too."""
    return processes_with()


def _leave(probe: AppServerProbe) -> None:
    """End the turns that run, since a server in which one runs does not end when it is told to, and close."""
    with suppress(Unmet):
        for thread_id, turn_id in _running(probe).items():
            probe.request("turn/interrupt", {"threadId": thread_id, "turnId": turn_id})
            probe.wait_for("turn/completed", is_of(thread_id), _SHORTLY)
    probe.close()


def _running(probe: AppServerProbe) -> dict[Any, Any]:
    """Return the turns of which no end has come, by their threads."""
    running = {}
    for each in probe.messages:
        if each.get("method") == "turn/started":
            running[at(each, "/params/threadId", str)] = at(each, "/params/turn/id", str)
        elif each.get("method") == "turn/completed":
            running.pop(at(each, "/params/threadId", str), None)
    return running
