"""The app-server of a test: in this process, in the world of its backend."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from msgspec.structs import replace

from codex_conformance._fixtures._shortening import shortened
from codex_conformance._fixtures.evidence import testify
from codex_conformance._fixtures.wishes import Wishes, told, wishes_of
from codex_mockserver import Scenario, SyncBackend
from codex_mockserver.app_server import AppServer, Client
from codex_mockserver.serving.universe import on_shared_loop

__all__ = ["connected_client"]


def connected_client(request: pytest.FixtureRequest, backend: SyncBackend) -> Client:
    """Return a client of an app-server of the release that a test wants; both end with the world of the backend."""
    wishes = wishes_of(request.node)
    with told(request.node):
        scenario = _with_account(backend.script.scenario, wishes)
        server = AppServer(version=wishes.release, scenario=scenario, world=backend.world, issuer=backend.url)
        # One script for both, so that another scenario that is put to work speaks here too.
        server.script = backend.script
        client = _BetweenCalls(server)
    testify(request.node, _AppServerWitness(client))
    return client


def _with_account(scenario: Scenario, wishes: Wishes) -> Scenario:
    """Return the scenario with the account of the marker; without one the scenario's own is signed in."""
    if wishes.account == Wishes().account:
        return scenario
    return replace(scenario, app_server=replace(scenario.app_server, account=wishes.account))


class _BetweenCalls(Client):
    """A client whose messages are taken between two calls of HTTP clients, so that one at a time changes the world."""

    def send(self, message: Any) -> None:
        """Send a message."""
        on_shared_loop(lambda: super(_BetweenCalls, self).send(message))

    def wake(self) -> None:
        """Let the server do what is due."""
        on_shared_loop(super().wake)

    def close(self) -> None:
        """End the connection."""
        on_shared_loop(super().close)


class _AppServerWitness:
    """Tells what an app-server said and nobody took."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def sections(self) -> Iterator[tuple[str, str]]:
        """Yield the messages that wait, and the log."""
        waiting = [f"waits: {shortened(str(message))}" for message in self._client.received]
        lines = [f"release {self._client.server.version}", *waiting, *map(shortened, self._client.server.log)]
        yield "codex app-server", "\n".join(lines)

    def complaints(self) -> Iterator[str]:
        """Yield nothing: what is left of a scenario the backend tells, and a notification may be left alone."""
        return iter(())
