"""Starting app-servers for a case, and connecting to them."""

from __future__ import annotations

from contextlib import ExitStack

from codex_conformance.app_servers import Server, Setup
from codex_conformance.probes import AppServerProbe, Evidence
from codex_conformance.targets import Target
from codex_schemas.app_server import AppServerContract, load

__all__ = ["AppServers"]

_PLAIN = Setup()


class AppServers:
    """The app-servers of one case."""

    def __init__(self, target: Target, evidence: Evidence, stack: ExitStack) -> None:
        #: The release that the target speaks.
        self.release = target.spec.release
        self._target = target
        self._evidence = evidence
        self._stack = stack

    @property
    def contract(self) -> AppServerContract:
        """The contract of the release, with the experimental parts."""
        return load(self.release, experimental=True)

    def start(self, setup: Setup = _PLAIN, *, websocket: bool = False) -> Server:
        """Start an app-server, without a connection; with ``websocket`` it takes several."""
        return self._stack.enter_context(self._target.app_server(setup, websocket=websocket))

    def connect(self, server: Server, name: str = "") -> AppServerProbe:
        """Open a connection, without a handshake; ``name`` tells it apart from others in the evidence."""
        return AppServerProbe(server.connect(), self.contract, self._evidence, name and f"{name}: ")

    def client(self, setup: Setup = _PLAIN, *, experimental: bool = True) -> AppServerProbe:
        """Start an app-server, connect to it and do the handshake."""
        probe = self.connect(self.start(setup))
        probe.handshake(experimental=experimental)
        return probe
