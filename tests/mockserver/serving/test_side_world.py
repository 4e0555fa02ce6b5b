"""Further worlds of a backend, in Python."""

from __future__ import annotations

import httpx
import pytest

from codex_mockserver import Backend, Clock, SyncBackend
from codex_schemas import Problem


def ask(world, text: str = "hello") -> httpx.Response:
    headers = {"authorization": f"Bearer {world.describe()['accounts']['plus']['api_key']}"}
    return httpx.post(f"{world.url}/v1/responses", headers=headers, json={"model": "gpt-5.5", "input": text})


def test_a_world_is_used_like_a_backend() -> None:
    with SyncBackend() as backend, backend.new_world(seed=1, clock=Clock(frozen_at=5.0)) as world:
        ask(world, "one")
        world.verify(expect=[{"operation": "createResponse", "body": {"/input": "one"}, "times": 1}])
        world.use_scenario("usage-insufficient-quota")
        refused = ask(world, "two")
        (first, second) = world.wait(2, "createResponse")
        world.reset()

        assert (first.status, second.status, refused.status_code) == (200, 429, 429)
        assert (len(world.journal), len(backend.journal), world.world.now()) == (0, 0, 5.0)


def test_a_world_ends_with_its_block() -> None:
    with SyncBackend() as backend:
        with backend.new_world() as world:
            assert ask(world).status_code == 200

        assert ask(world).status_code == 404
        world.end()


async def test_a_world_on_the_running_loop() -> None:
    async with Backend() as backend, backend.new_world(scenario="stream-cut") as world:
        async with httpx.AsyncClient() as client:
            assert (await client.get(f"{world.url}/_testkit/scenario")).json()["name"] == "stream-cut"

        assert world.script.scenario.name == "stream-cut"
        assert backend.script.scenario.name == "default"


def test_a_backend_without_control_has_no_further_worlds() -> None:
    with SyncBackend(control=False) as backend, pytest.raises(Problem, match="control=True"):
        backend.new_world()


def test_an_expectation_with_a_typo_is_told() -> None:
    with SyncBackend() as backend, pytest.raises(Problem, match="operaton"):
        backend.verify(expect=[{"operaton": "createResponse"}])
