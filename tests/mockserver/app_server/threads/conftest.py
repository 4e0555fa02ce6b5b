"""What the tests of threads share: a client with a thread."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from codex_mockserver.app_server import AppServer, Client, RpcError

Json = dict[str, Any]

RELEASES = ["0.141.0", "0.169.0"]


class Talk:
    """A client that speaks about one thread unless it names another."""

    def __init__(self, server: AppServer, params: Json) -> None:
        self.server = server
        self.client = Client(server)
        self.started = self.client.ask("thread/start", {"cwd": "/work", **params})
        self.id: str = self.started["thread"]["id"]
        self.client.take()

    def ask(self, method: str, **params: Any) -> Any:
        """Return the result of a request."""
        return self.client.ask(method, {"threadId": self.id, **params})

    def refused(self, method: str, **params: Any) -> RpcError:
        """Return the error that a request is refused with."""
        with pytest.raises(RpcError) as refusal:
            self.ask(method, **params)
        return refusal.value

    def say(self, *texts: str, **params: Any) -> list[str]:
        """Let a turn run for each text, and return the ids of the turns."""
        return [self._turn(text, params) for text in texts]

    def turns(self, **params: Any) -> list[str]:
        """Return the ids of the turns, oldest first."""
        page = self.ask("thread/turns/list", sortDirection="asc", **params)
        return [turn["id"] for turn in page["data"]]

    def told(self) -> list[Any]:
        """Return what came of the thread since the last time, as methods, with statuses in their place."""
        return [_brief(message) for message in self.client.take() if not message["method"].startswith("account/")]

    def _turn(self, text: str, params: Json) -> str:
        given = {"input": [{"type": "text", "text": text}], **params}
        identifier: str = self.ask("turn/start", **given)["turn"]["id"]
        return identifier


def _brief(message: Json) -> str:
    if message["method"] == "thread/status/changed":
        return str(message["params"]["status"]["type"])
    return str(message["method"])


@pytest.fixture(params=RELEASES)
def release(request: pytest.FixtureRequest) -> str:
    """Return each of the releases that differ most."""
    return str(request.param)


@pytest.fixture
def talk(app_server: Callable[..., AppServer]) -> Callable[..., Talk]:
    """Return what starts a thread: ``talk(version=..., scenario=..., ephemeral=True)``."""

    def start(
        *, version: str = "0.169.0", scenario: Any = None, world: Any = None, config: Json | None = None, **params: Any
    ) -> Talk:
        setup = {"app_server": {"config": config}} if config else {}
        whole = {**setup, **(scenario or {})} or None
        return Talk(app_server(version=version, scenario=whole, world=world), params)

    return start


@pytest.fixture
def slow() -> Json:
    """Return a scenario whose first answer never ends by itself."""
    return {"model": [{"say": [{"message": "one two three four"}], "pacing": {"tokens_per_second": 0.001}}]}


@pytest.fixture(
    params=[
        # The folder is trusted by then, so that the configuration allows to write there.
        ("0.141.0", "on-request", "workspaceWrite"),
        ("0.150.0", "never", "workspaceWrite"),
        ("0.160.0", "never", "readOnly"),
        ("0.169.0", "never", "dangerFullAccess"),
    ],
    ids=lambda row: row[0],
)
def inherited(request: pytest.FixtureRequest) -> tuple[str, str, str]:
    """Return a release, with the approval policy and the sandbox that are left of ``never`` and full access."""
    row: tuple[str, str, str] = request.param
    return row
