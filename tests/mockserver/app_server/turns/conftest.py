"""What the tests of turns share: a thread in which turns run."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from codex_mockserver.app_server import AppServer, Client

Json = dict[str, Any]

FULL_ACCESS = {"sandbox": "danger-full-access", "approvalPolicy": "never"}


class Conversation:
    """A client with one thread."""

    def __init__(self, server: AppServer, params: Json) -> None:
        self.server = server
        self.client = Client(server)
        self.thread = self.client.ask("thread/start", {"cwd": "/work", **FULL_ACCESS, **params})["thread"]["id"]
        self.client.take()

    def ask(self, method: str, params: Json | None = None) -> Any:
        """Ask something about the thread."""
        return self.client.ask(method, {"threadId": self.thread, **(params or {})})

    def turn(self, text: str = "go", **params: Any) -> list[Json]:
        """Start a turn and return all that the server sends until it waits for something."""
        self.start(text, **params)
        return self.client.take()

    def start(self, text: str = "go", **params: Any) -> str:
        """Start a turn and return its id."""
        given = {"input": [{"type": "text", "text": text}], **params}
        identifier: str = self.ask("turn/start", given)["turn"]["id"]
        return identifier

    def reply(self, request: Json, result: Any) -> list[Json]:
        """Answer a request of the server and return what it sends then."""
        self.client.reply(request["id"], result)
        return self.client.take()

    def outputs(self) -> list[Any]:
        """Return what tools told the model, in order."""
        history = self.server.threads.find(self.thread).conversation()
        return [item["output"] for item in history if item["type"].endswith("_output")]


@pytest.fixture
def conversation(app_server: Callable[..., AppServer]) -> Callable[..., Conversation]:
    """Return what starts a thread: ``conversation(*steps, version=..., faults=..., approvalPolicy=...)``.

    Steps are those of a scenario; a list stands for what one says.
    """

    def start(*steps: Any, version: str | None = None, scenario: Json | None = None, **params: Any) -> Conversation:
        model = [{"say": step} if isinstance(step, list) else step for step in steps]
        whole = {"app_server": {"account": None}, **({"model": model} if model else {}), **(scenario or {})}
        return Conversation(app_server(version=version, scenario=whole), params)

    return start


@pytest.fixture(params=["0.141.0", "0.169.0"])
def release(request: pytest.FixtureRequest) -> str:
    """Return an older and the newest release."""
    version: str = request.param
    return version


@pytest.fixture
def told() -> Callable[..., list[str]]:
    """Return what names messages: the method, with the type of the item where there is one."""

    def names(messages: list[Json]) -> list[str]:
        return [
            f"{message['method']} {message['params']['item']['type']}"
            if "item" in message["params"]
            else message["method"]
            for message in messages
        ]

    return names


@pytest.fixture
def items() -> Callable[..., list[Json]]:
    """Return what picks the completed items of a type out of messages."""

    def pick(messages: list[Json], kind: str, state: str = "completed") -> list[Json]:
        found = [message["params"]["item"] for message in messages if message["method"] == f"item/{state}"]
        return [item for item in found if item["type"] == kind]

    return pick
