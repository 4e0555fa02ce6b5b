"""Clients that have the real hosts built in reach the backend without a socket."""

from __future__ import annotations

import asyncio

import httpx
import pytest
import respx

from codex_mockserver import Backend, SyncBackend, create_app, mock_router
from codex_mockserver.http import REAL_HOSTS

SPEAK = {"model": [{"say": [{"message": "good morning"}], "times": None}]}
CUT = {**SPEAK, "faults": [{"on": "createResponse", "at": 3, "cut": True}]}


def turn(backend: Backend | SyncBackend, *, stream: bool = False) -> dict:
    """Return what an httpx client needs to ask the model."""
    return {
        "url": "https://api.openai.com/v1/responses",
        "headers": {"authorization": f"Bearer {backend.world.account('plus').api_key}"},
        "json": {"model": "gpt-5.5", "input": "hello", "stream": stream},
    }


def test_a_synchronous_client_is_answered() -> None:
    backend = SyncBackend(scenario=SPEAK)
    with mock_router(backend), httpx.Client() as client:
        response = client.post(**turn(backend))

    assert response.json()["output"][0]["content"][0]["text"] == "good morning"
    assert backend.journal.single_request("createResponse").status == 200


async def test_an_asynchronous_client_is_answered() -> None:
    backend = Backend(scenario=SPEAK)
    with mock_router(backend):
        async with httpx.AsyncClient() as client:
            response = await client.post(**turn(backend))

    assert response.json()["output"][0]["content"][0]["text"] == "good morning"


async def test_a_synchronous_client_is_answered_inside_a_running_loop() -> None:
    with mock_router(create_app()):
        response = httpx.get("https://auth.openai.com/.well-known/jwks.json")  # noqa: ASYNC210 (this is the point)

    assert response.status_code == 200


async def test_asynchronous_clients_are_answered_side_by_side() -> None:
    with mock_router(create_app()):
        async with httpx.AsyncClient() as client:
            calls = [client.get("https://auth.openai.com/.well-known/jwks.json") for _ in range(20)]
            responses = await asyncio.gather(*calls)

    assert {response.status_code for response in responses} == {200}


@pytest.mark.parametrize("host", REAL_HOSTS)
def test_every_built_in_host_is_answered(host) -> None:
    with mock_router(create_app()):
        response = httpx.get(f"https://{host}/.well-known/openid-configuration")

    assert response.json()["issuer"] == f"https://{host}"


def test_another_host_is_blocked() -> None:
    with mock_router(create_app()), pytest.raises(respx.models.AllMockedAssertionError, match="not mocked"):
        httpx.get("https://example.com/")


async def test_another_host_is_blocked_for_asynchronous_clients() -> None:
    with mock_router(create_app()), pytest.raises(respx.models.AllMockedAssertionError, match="not mocked"):
        async with httpx.AsyncClient() as client:
            await client.get("https://example.com/")


def test_a_stream_that_is_cut_breaks_after_its_last_event() -> None:
    backend = SyncBackend(scenario=CUT)
    received = []
    with (
        mock_router(backend),
        httpx.Client() as client,
        client.stream("POST", **turn(backend, stream=True)) as response,
        pytest.raises(httpx.RemoteProtocolError, match="dropped the connection"),
    ):
        received.extend(response.iter_text())

    assert "".join(received).count("event: ") == 3


async def test_a_stream_that_is_cut_breaks_for_asynchronous_clients() -> None:
    backend = SyncBackend(scenario=CUT)
    with mock_router(backend):
        async with httpx.AsyncClient() as client:
            with pytest.raises(httpx.RemoteProtocolError, match="dropped the connection"):
                await client.post(**turn(backend, stream=True))


def test_path_and_query_arrive_as_they_were_sent() -> None:
    backend = SyncBackend()
    with mock_router(backend):
        httpx.get("https://chatgpt.com/backend-api/wham/tasks/a%2Fb?x=%20y")

    (exchange,) = backend.journal
    assert (exchange.path, exchange.query) == ("/backend-api/wham/tasks/a%2Fb", "x=%20y")


def test_the_router_is_a_respx_router_and_can_have_more_routes() -> None:
    with mock_router(create_app()) as router:
        route = router.get("https://example.com/").respond(204)

        assert httpx.get("https://example.com/").status_code == 204
        assert route.called
