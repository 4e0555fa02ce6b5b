"""What the tests of the app-server share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from codex_mockserver.app_server import AppServer, Client, RpcError
from codex_mockserver.model import load_scenario
from codex_mockserver.world import Clock, World

#: When the world of a test begins, in Unix seconds.
BEGINNING = 1_770_000_000


class FakeTime:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def real_time() -> FakeTime:
    """Return the clock that tells a server how much real time has passed."""
    return FakeTime()


@pytest.fixture
def app_server(real_time: FakeTime) -> Callable[..., AppServer]:
    """Return what starts an app-server in a world of its own, at a fixed time and with fixed ids."""

    def start(*, scenario: Any = None, world: World | None = None, **options: Any) -> AppServer:
        return AppServer(
            scenario=None if scenario is None else load_scenario(scenario),
            world=world or World(seed=1, clock=Clock(frozen_at=BEGINNING)),
            now=real_time,
            **options,
        )

    return start


@pytest.fixture
def client(app_server: Callable[..., AppServer]) -> Callable[..., Client]:
    """Return what starts an app-server and connects to it: ``client(version=..., scenario=...)``."""
    return lambda **options: Client(app_server(**options))


@pytest.fixture(params=("0.169.0", "0.141.0"))
def release(request: pytest.FixtureRequest) -> str:
    """Each of the releases that were looked at most closely, in turn."""
    return str(request.param)


@pytest.fixture
def user(client: Callable[..., Client], release: str) -> Callable[..., Client]:
    """Return what connects a client to a release, in surroundings: ``user(account=None, skills=[...])``."""

    def connect(
        *, options: dict[str, Any] | None = None, settings: dict[str, Any] | None = None, **setup: Any
    ) -> Client:
        scenario = {"name": "surroundings", "app_server": setup, "settings": settings or {}}
        connected = client(version=release, scenario=scenario, **(options or {}))
        connected.take()
        return connected

    return connect


@pytest.fixture
def refusal() -> Callable[..., tuple[int, str]]:
    """Return what tells with which code and message a request is refused."""

    def refused(user: Client, method: str, params: dict[str, Any] | None = None) -> tuple[int, str]:
        with pytest.raises(RpcError) as caught:
            user.ask(method, params)
        return caught.value.code, caught.value.message

    return refused
