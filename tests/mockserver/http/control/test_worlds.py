"""Side worlds: whole mocks behind a path, apart from each other and from the main world."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from codex_mockserver import Backend, create_app
from codex_mockserver.http.control._side_worlds import MOST_WORLDS

HELD = {
    "name": "held",
    "model": [{"say": [{"message": "one two three"}], "times": None}],
    "faults": [{"on": "createResponse", "hold": "door", "at": 2}],
}


@pytest.fixture
async def client(backend: Backend) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=backend.url) as client:
        yield client


async def make(client: httpx.AsyncClient, **setup: Any) -> dict[str, Any]:
    answer = await client.post("/_testkit/worlds", json=setup)
    assert answer.status_code == 200, answer.text
    made: dict[str, Any] = answer.json()
    return made


async def ask(client: httpx.AsyncClient, world: dict[str, Any], **body: Any) -> httpx.Response:
    headers = {"authorization": f"Bearer {world['accounts']['plus']['api_key']}"}
    return await client.post(
        f"{world['url']}/v1/responses", headers=headers, json={"model": "gpt-5.5", "input": "hello", **body}
    )


async def test_a_world_is_as_it_was_asked_for(backend: Backend, client: httpx.AsyncClient) -> None:
    made = await make(client, seed=7, frozen_at=1_600_000_000, scenario="usage-insufficient-quota")

    told = {name: made[name] for name in ("id", "url", "scenario", "now", "frozen")}
    assert told == {
        "id": "w1",
        "url": f"{backend.url}/_testkit/worlds/w1",
        "scenario": "usage-insufficient-quota",
        "now": 1_600_000_000,
        "frozen": True,
    }
    assert (await ask(client, made)).status_code == 429
    assert (await client.get("/_testkit/worlds")).json() == {"worlds": [told]}


async def test_the_same_seed_makes_the_same_world(client: httpx.AsyncClient) -> None:
    first, second = [await make(client, seed="x", frozen_at=1_600_000_000) for _ in range(2)]

    assert (await ask(client, first)).json() == (await ask(client, second)).json()


async def test_worlds_share_nothing(backend: Backend, client: httpx.AsyncClient) -> None:
    first, second = [await make(client, seed=n, frozen_at=1_600_000_000) for n in (1, 2)]
    said = (await ask(client, first)).json()["id"]
    await client.post(f"{first['url']}/_testkit/clock", json={"advance": 60})
    await client.put(f"{first['url']}/_testkit/scenario", json="server-overloaded")
    await client.put(f"{first['url']}/_testkit/gates/door", json={"open": True})

    seen = [
        [
            len((await client.get(f"{url}/_testkit/journal")).json()["exchanges"]),
            (await client.get(f"{url}/_testkit/clock")).json()["now"],
            (await client.get(f"{url}/_testkit/scenario")).json()["name"],
            (await client.get(f"{url}/_testkit/gates")).json()["open"],
        ]
        for url in (first["url"], second["url"], backend.url)
    ]

    assert seen == [
        [1, 1_600_000_060, "server-overloaded", ["door"]],
        [0, 1_600_000_000, "default", []],
        [0, 1_770_000_000, "default", []],
    ]
    assert (await ask(client, second, previous_response_id=said)).status_code == 400


async def test_reset_of_one_world_leaves_the_others(client: httpx.AsyncClient) -> None:
    made = await make(client)
    await ask(client, made)

    await client.post("/_testkit/world/reset")

    assert len((await client.get(f"{made['url']}/_testkit/journal")).json()["exchanges"]) == 1


async def test_addresses_lead_back_into_the_world(client: httpx.AsyncClient) -> None:
    """What the world says about itself, and the forms of its pages, stay behind its path."""
    made = await make(client)
    known = (await client.get(f"{made['url']}/.well-known/openid-configuration")).json()
    page = httpx.URL(f"{made['url']}/codex/device")
    action = (await client.get(page)).text.split('action="')[1].split('"')[0]

    assert {known["issuer"], known["token_endpoint"].removesuffix("/oauth/token")} == {made["url"]}
    assert page.join(action) == page


async def test_a_path_is_decoded_once(client: httpx.AsyncClient) -> None:
    made = await make(client)

    await client.get(f"{made['url']}/v1/responses/resp%2F1?a=%2F")

    (call,) = (await client.get(f"{made['url']}/_testkit/journal")).json()["exchanges"]
    assert (call["path"], call["query"], call["operation"]) == ("/v1/responses/resp%2F1", "a=%2F", "retrieveResponse")


async def test_a_websocket_reaches_its_world(backend: Backend, client: httpx.AsyncClient) -> None:
    made = await make(client)
    headers = {"authorization": f"Bearer {made['accounts']['plus']['access_token']}"}
    url = f"{made['url'].replace('http', 'ws', 1)}/backend-api/codex/responses"
    async with connect(url, additional_headers=headers) as socket:
        request = {"type": "response.create", "model": "gpt-5.5", "input": [], "stream": True, "store": False}
        await socket.send(json.dumps(request))

        events = [json.loads(text)["type"] for text in [await socket.recv() for _ in range(2)]]
    calls = (await client.get(f"{made['url']}/_testkit/journal")).json()["exchanges"]

    assert events == ["codex.rate_limits", "response.created"]
    assert [call["operation"] for call in calls] == ["connectResponses"]
    assert len(backend.journal) == 0


@pytest.mark.parametrize("path", ["/_testkit/worlds/w9/backend-api/codex/responses", "/_testkit/clock"])
async def test_a_websocket_to_nothing_is_refused(backend: Backend, path: str) -> None:
    with pytest.raises(InvalidStatus) as refused:
        await connect(backend.url.replace("http", "ws", 1) + path).__aenter__()

    assert refused.value.response.status_code == 404


async def test_an_ended_world_breaks_what_it_says_and_is_gone(client: httpx.AsyncClient) -> None:
    made = await make(client, scenario=HELD)
    answer = asyncio.create_task(ask(client, made, stream=True))
    async with asyncio.timeout(30):
        while not (await client.get(f"{made['url']}/_testkit/gates")).json()["waiting"]:
            pass

    assert (await client.delete(f"/_testkit/worlds/{made['id']}")).status_code == 200

    with pytest.raises(httpx.RemoteProtocolError):
        await answer
    assert (await ask(client, made)).status_code == 404
    assert (await client.get("/_testkit/worlds")).json() == {"worlds": []}


async def test_there_is_an_end_to_worlds(client: httpx.AsyncClient) -> None:
    made = [await make(client) for _ in range(MOST_WORLDS)]

    refused = await client.post("/_testkit/worlds", json={})
    await client.delete(f"/_testkit/worlds/{made[0]['id']}")
    again = await make(client)

    assert refused.status_code == 400
    assert str(MOST_WORLDS) in refused.json()["error"]["expected"]
    assert again["id"] not in {world["id"] for world in made}


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "told"),
    [
        ("DELETE", "/worlds/w9", None, 404, "w9"),
        ("GET", "/worlds/w9/v1/models", None, 404, "side world"),
        ("POST", "/worlds", {"sead": 1}, 400, "sead"),
        ("POST", "/worlds", {"seed": [1]}, 400, "seed"),
        ("POST", "/worlds", {"frozen_at": 1e300}, 400, "frozen_at"),
        ("POST", "/worlds", {"scenario": "usage-limit-reach"}, 400, "usage-limit-reached"),
        ("POST", "/worlds", {"scenario": "./scenario.yaml"}, 400, "a name"),
        ("POST", "/worlds", {"scenario": {"modle": []}}, 400, "model"),
        ("PUT", "/scenario", "stream-cat", 400, "stream-cut"),
        ("PUT", "/scenario", 5, 400, "object or string"),
    ],
)
async def test_what_cannot_be_done_is_told(
    client: httpx.AsyncClient, method: str, path: str, body: object, status: int, told: str
) -> None:
    sent = {} if body is None else {"json": body}
    refused = await client.request(method, f"/_testkit{path}", **sent)

    assert refused.status_code == status
    assert told in json.dumps(refused.json()["error"])
    assert (await client.get("/_testkit/worlds")).json() == {"worlds": []}


async def test_a_side_world_has_no_side_worlds(client: httpx.AsyncClient) -> None:
    made = await make(client)

    refused = await client.post(f"{made['url']}/_testkit/worlds", json={})

    assert refused.status_code == 404
    assert "side world" in refused.json()["error"]["found"]


async def test_a_token_guards_the_worlds_and_their_control_but_not_their_surfaces() -> None:
    async with Backend(control_token="right") as backend, httpx.AsyncClient(base_url=backend.url) as client:
        assert (await client.post("/_testkit/worlds", json={})).status_code == 403
        made = (await client.post("/_testkit/worlds", json={}, headers={"authorization": "Bearer right"})).json()

        assert (await client.get(f"{made['url']}/_testkit/clock")).status_code == 403
        assert (await ask(client, made)).status_code == 200


async def test_worlds_are_there_without_a_socket() -> None:
    """The application alone has them, mounted under a path of another too."""
    transport = httpx.ASGITransport(create_app(), root_path="/mock")
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
        made = await make(client)

        assert made["url"] == "http://localhost/mock/_testkit/worlds/w1"
        made["url"] = "http://localhost/_testkit/worlds/w1"
        assert (await ask(client, made)).status_code == 200
