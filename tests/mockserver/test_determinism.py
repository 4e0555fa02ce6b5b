"""A seed and a frozen clock give the same bytes; two worlds in one process never see each other."""

from __future__ import annotations

import httpx

from codex_mockserver import Clock, World, create_app
from codex_mockserver.world.authorization_codes import challenge_of
from codex_mockserver.world.tokens import CODEX_CLIENT_ID

NOON = 1_770_000_000.0


def client_of(world: World) -> httpx.AsyncClient:
    transport = httpx.ASGITransport(create_app(world))
    return httpx.AsyncClient(transport=transport, base_url="https://chatgpt.com")


async def use_everything(world: World) -> list[tuple[int, dict[str, str], bytes]]:
    """Log in by device code, take a turn, read the usage, create a task and look at it a minute later."""
    answers: list[httpx.Response] = []
    async with client_of(world) as client:

        async def call(method: str, path: str, **options) -> dict:
            answers.append(await client.request(method, path, **options))
            kind = answers[-1].headers.get("content-type", "")
            return answers[-1].json() if kind == "application/json" else {}

        device = await call("POST", "/api/accounts/deviceauth/usercode", json={"client_id": CODEX_CLIENT_ID})
        form = {"user_code": device["user_code"], "account": "team", "decision": "approve"}
        await call("POST", "/codex/device", data=form)
        poll = {name: device[name] for name in ("device_auth_id", "user_code")}
        code = await call("POST", "/api/accounts/deviceauth/token", json=poll)
        assert challenge_of(code["code_verifier"]) == code["code_challenge"]
        grant = {
            "grant_type": "authorization_code",
            "client_id": CODEX_CLIENT_ID,
            "code": code["authorization_code"],
            "code_verifier": code["code_verifier"],
            "redirect_uri": "https://auth.openai.com/deviceauth/callback",
        }
        tokens = await call("POST", "/oauth/token", data=grant)
        client.headers["authorization"] = f"Bearer {tokens['access_token']}"
        item = {"type": "message", "role": "user", "content": [{"type": "input_text", "text": "hi"}]}
        turn = {"model": "gpt-5.5", "input": [item], "stream": True, "store": False}
        await call("POST", "/backend-api/codex/responses", json=turn)
        await call("GET", "/backend-api/wham/usage")
        environment = (await call("GET", "/backend-api/wham/environments"))[0]["id"]
        task = {
            "new_task": {"environment_id": environment, "branch": "main", "run_environment_in_qa_mode": False},
            "input_items": [{"type": "message", "role": "user", "content": [{"content_type": "text", "text": "go"}]}],
        }
        created = await call("POST", "/backend-api/wham/tasks", json=task)
        world.clock.advance(60)
        await call("GET", f"/backend-api/wham/tasks/{created['task']['id']}")
    assert {answer.status_code for answer in answers} <= {200, 201}
    return [(answer.status_code, dict(answer.headers), answer.content) for answer in answers]


def world(seed: int = 7) -> World:
    return World(seed=seed, clock=Clock(frozen_at=NOON))


async def test_a_seed_and_a_frozen_clock_give_the_same_bytes() -> None:
    assert await use_everything(world()) == await use_everything(world())


async def test_after_a_reset_the_same_calls_give_the_same_bytes() -> None:
    one = world()
    first = await use_everything(one)

    one.reset()

    assert await use_everything(one) == first


async def test_a_restored_snapshot_goes_on_as_the_original() -> None:
    one, other = world(), world(seed=8)
    await use_everything(one)

    other.restore(one.snapshot())

    assert await use_everything(other) == await use_everything(one)


async def test_another_seed_gives_other_bytes() -> None:
    assert await use_everything(world(1)) != await use_everything(world(2))


async def test_credentials_of_one_world_mean_nothing_in_another() -> None:
    one, other = World(), World()
    await use_everything(one)
    (token,) = one.state.access_tokens

    async with client_of(other) as client:
        refused = await client.get("/backend-api/wham/usage", headers={"authorization": f"Bearer {token}"})

    assert refused.status_code == 401
    assert not other.state.access_tokens
