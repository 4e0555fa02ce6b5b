"""Connections to the scene. Starting a server takes longer than most checks, so they share one where they can."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, suppress

import pytest

from codex_conformance.app_servers import Connection, Server
from codex_conformance.probes import AppServerProbe, Unmet, at
from codex_conformance.suites.server.app_server._scenes import SCENE
from codex_conformance.suites.server.app_servers import AppServers
from codex_conformance.targets import Target
from codex_schemas import Problem

_PRESENT = ("declared", "found")


class SharedServer:
    """A server with the scene that takes a connection from each check; it is started anew when it is gone."""

    def __init__(self) -> None:
        self._stack = ExitStack()
        self._server: Server | None = None
        self.target: Target | None = None

    def connect(self) -> Connection:
        """Return a new connection."""
        try:
            return self._started().connect()
        except Problem:
            self.stop()
            return self._started().connect()

    def stop(self) -> None:
        """End it."""
        self._server = None
        self._stack.close()

    def _started(self) -> Server:
        if self._server is None:
            assert self.target is not None
            self._server = self._stack.enter_context(self.target.app_server(SCENE, websocket=True))
        return self._server


@pytest.fixture(scope="session")
def shared() -> Iterator[SharedServer]:
    """Return the server that checks share."""
    server = SharedServer()
    yield server
    server.stop()


@pytest.fixture
def stage(target: Target, app_servers: AppServers, shared: SharedServer) -> Server:
    """Return a server with the scene: one for all checks, where it is a process that takes several connections."""
    if target.command is None or target.capabilities["app-server.websocket"] not in _PRESENT:
        return app_servers.start(SCENE, websocket=True)
    shared.target = target
    return shared


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


def _leave(probe: AppServerProbe) -> None:
    """End the turns that run, and close the connection: a server in which a turn runs does not end when it is told to."""
    ended = {at(each, "/turn/id") for each in probe.notifications("turn/completed")}
    for each in probe.notifications("turn/started"):
        if (turn_id := at(each, "/turn/id")) not in ended:
            with suppress(Unmet):
                probe.request("turn/interrupt", {"threadId": each.get("threadId"), "turnId": turn_id}, misuse=True)
    probe.close()
