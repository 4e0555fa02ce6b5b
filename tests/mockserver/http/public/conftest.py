"""The public API in one process: every answer is held against its contract."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from codex_mockserver.http import create_app
from codex_mockserver.model import Script, load_scenario
from codex_mockserver.world import Clock, World
from codex_schemas import load

NOON = 1_800_000_000.0


class PublicApi:
    """A backend of its own, whose clock stands still."""

    def __init__(self, scenario: Any) -> None:
        self.world = World(seed=1, clock=Clock(frozen_at=NOON))
        self.app = create_app(self.world, Script(load_scenario(scenario)))

    async def call(
        self, method: str, path: str, body: Any = None, *, account: str = "plus", **query: Any
    ) -> httpx.Response:
        """Call the API; an answer that breaks its contract fails the test."""
        key = self.world.account(account).api_key
        async with httpx.AsyncClient(
            transport=httpx.ASGITransport(self.app), base_url="https://api.openai.com/v1"
        ) as client:
            answer = await client.request(
                method, path, json=body, params=query, headers={"authorization": f"Bearer {key}"}
            )
        self._check(answer)
        return answer

    async def create(self, **body: Any) -> dict[str, Any]:
        """Create a response and return it."""
        answer = await self.call("POST", "/responses", {"model": "gpt-5.5", "input": "Hello", **body})
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def chat(self, **body: Any) -> dict[str, Any]:
        """Create a chat completion and return it."""
        messages = [{"role": "user", "content": "Hello"}]
        answer = await self.call("POST", "/chat/completions", {"model": "gpt-5.5", "messages": messages, **body})
        assert answer.status_code == 200, answer.text
        return answer.json()

    def _check(self, answer: httpx.Response) -> None:
        exchange = list(self.app.journal)[-1]
        media_type = answer.headers["content-type"]
        contract = load(exchange.surface)
        operation = contract.operation(exchange.operation)
        validator = contract.response_validator(operation, answer.status_code, media_type)
        assert validator is not None, f"{operation.id} has no answer {answer.status_code} in {media_type}"
        values = exchange.events if media_type == "text/event-stream" else [answer.json()]
        if exchange.surface == "chat" and "error" in values[-1]:
            # A stream that fails ends with the envelope of an error.
            contract.validator("ErrorEnvelope").check(values.pop())
        assert [found for value in values for found in validator.violations(value)] == []
        assert answer.headers["x-request-id"].startswith("req_")


@pytest.fixture
def api() -> Callable[..., PublicApi]:
    """A function that makes a backend for a scenario; without one the model echoes the user."""
    return lambda scenario="name: echo\n": PublicApi(scenario)


@pytest.fixture
def data_of() -> Callable[[httpx.Response], list[Any]]:
    """A function that splits a stream into its data, strictly by the framing rules."""

    def split(answer: httpx.Response) -> list[Any]:
        frames = answer.text.split("\n\n")
        assert frames.pop() == ""
        data = [frame.split("data: ", 1)[1] for frame in frames]
        return [part if part == "[DONE]" else json.loads(part) for part in data]

    return split
