"""The control calls over HTTP: each does what the Python call does, and nobody else gets in."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator

import httpx
import pytest

from codex_mockserver import Backend
from codex_schemas import load

SCENARIO = {
    "name": "held",
    "model": [{"say": [{"message": "one two three"}], "times": None}],
    "faults": [{"on": "createResponse", "hold": "door", "at": 2}],
}


@pytest.fixture
async def control(backend: Backend) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=f"{backend.url}/_testkit") as client:
        yield client


async def ask(backend: Backend, text: str = "hello") -> httpx.Response:
    key = backend.world.account("plus").api_key
    headers = {"authorization": f"Bearer {key}"}
    async with httpx.AsyncClient(base_url=backend.url, headers=headers) as client:
        return await client.post("/v1/responses", json={"model": "gpt-5.5", "input": text})


async def test_a_world_is_restored_from_a_snapshot(backend: Backend, control: httpx.AsyncClient) -> None:
    before = (await control.get("/world")).json()
    advanced = await control.post("/clock", json={"advance": 60})

    restored = await control.put("/world", json=before)

    assert advanced.json() == {"now": 1_770_000_060.0, "frozen": True}
    assert restored.json() == {"now": 1_770_000_000.0, "frozen": True}
    assert json.loads(backend.world.snapshot()) == before


async def test_reset_begins_anew(backend: Backend, control: httpx.AsyncClient) -> None:
    await control.post("/clock", json={"advance": 60})
    await ask(backend)
    backend.gates.open("door")

    await control.post("/world/reset")

    assert backend.world.now() == 1_770_000_000
    assert len(backend.journal) == 0
    assert (await control.get("/gates")).json() == {"open": [], "waiting": {}}


@pytest.mark.parametrize("as_yaml", [True, False], ids=["yaml", "json"])
async def test_a_scenario_is_put_to_work(backend: Backend, control: httpx.AsyncClient, as_yaml: bool) -> None:  # noqa: FBT001 (a case)
    body = "name: told\nmodel:\n  - say: [{message: Told.}]\n"
    sent = {"content": body, "headers": {"content-type": "application/yaml"}}
    used = await control.put(
        "/scenario", **(sent if as_yaml else {"json": {"name": "told", "model": [{"say": [{"message": "Told."}]}]}})
    )

    assert used.json()["name"] == (await control.get("/scenario")).json()["name"] == "told"
    assert (await ask(backend)).json()["output"][0]["content"][0]["text"] == "Told."


async def test_a_scenario_of_the_library_is_put_to_work_by_its_name(
    backend: Backend, control: httpx.AsyncClient
) -> None:
    used = await control.put("/scenario", json="usage-insufficient-quota")

    assert used.json()["name"] == "usage-insufficient-quota"
    assert (await ask(backend)).status_code == 429


async def test_a_scenario_with_a_typo_is_refused_and_the_old_one_goes_on(
    backend: Backend, control: httpx.AsyncClient
) -> None:
    refused = await control.put("/scenario", content="modle: []", headers={"content-type": "application/yaml"})

    assert refused.status_code == 400
    assert "model" in json.dumps(refused.json()["error"])
    assert (await ask(backend)).status_code == 200


async def test_a_gate_lets_a_stream_go_on(backend: Backend, control: httpx.AsyncClient) -> None:
    await control.put("/scenario", json=SCENARIO)
    key = backend.world.account("plus").api_key
    async with httpx.AsyncClient(base_url=backend.url, headers={"authorization": f"Bearer {key}"}) as client:
        body = {"model": "gpt-5.5", "input": "x", "stream": True}
        answer = asyncio.create_task(client.post("/v1/responses", json=body))
        await backend.wait_at("door")
        waiting = await control.get("/gates")

        opened = await control.put("/gates/door", json={"open": True})

        assert waiting.json() == {"open": [], "waiting": {"door": 1}}
        assert opened.json()["open"] == ["door"]
        assert "response.completed" in (await answer).text


async def test_the_journal_comes_in_pages(backend: Backend, control: httpx.AsyncClient) -> None:
    for text in ("one", "two", "three"):
        await ask(backend, text)

    first = (await control.get("/journal", params={"operation": "createResponse", "limit": 2})).json()
    second = (await control.get("/journal", params={"after": first["next"]})).json()

    assert [exchange["number"] for exchange in first["exchanges"]] == [1, 2]
    assert [exchange["number"] for exchange in second["exchanges"]] == [3]
    assert second["next"] is None
    assert (await control.get("/journal", params={"status": 404})).json()["exchanges"] == []


async def test_an_exchange_is_told_whole_without_its_secrets(backend: Backend, control: httpx.AsyncClient) -> None:
    await ask(backend)

    exchange = (await control.get("/journal/1")).json()

    assert exchange["request"]["headers"]["authorization"] == "Bearer …"
    assert json.loads(exchange["request"]["body"]) == {"model": "gpt-5.5", "input": "hello"}
    assert json.loads(exchange["response"]["body"])["status"] == "completed"
    assert backend.world.account("plus").api_key not in json.dumps(exchange)


async def test_the_journal_is_followed_as_it_grows(backend: Backend, control: httpx.AsyncClient) -> None:
    await ask(backend, "before")
    async with control.stream("GET", "/journal/live") as stream:
        lines = stream.aiter_lines()
        assert await anext(lines) == ":"
        await ask(backend, "after")
        told = [await anext(lines) for _ in range(4)]
    async with control.stream("GET", "/journal/live", params={"after": 0}) as again:
        lines = again.aiter_lines()
        first = [await anext(lines) for _ in range(5)]

    assert told[1:3] == ["event: exchange", "id: 2"]
    assert json.loads(told[3].removeprefix("data: "))["number"] == 2
    assert first[3] == "id: 1"


async def test_the_journal_is_compared_with_what_was_expected(backend: Backend, control: httpx.AsyncClient) -> None:
    await ask(backend, "hello")

    good = await control.post(
        "/verify", json={"expect": [{"operation": "createResponse", "body": {"/input": "hello"}}]}
    )
    bad = await control.post("/verify", json={"expect": [{"operation": "createResponse", "body": {"/input": "bye"}}]})

    assert good.json() == {"holds": True, "misses": []}
    assert bad.json()["misses"][0]["closest"] == 1
    assert bad.json()["misses"][0]["differences"] == [{"at": "body /input", "expected": "bye", "found": "hello"}]


@pytest.mark.parametrize(
    ("method", "path", "body", "told"),
    [
        ("GET", "/jornal", None, "Closest: GET /_testkit/journal"),
        ("GET", "/journal/99", None, "99"),
        ("GET", "/journal?limit=0", None, "limit"),
        ("GET", "/journal?colour=red", None, "colour"),
        ("POST", "/clock", {"advance": -1}, "advance"),
        ("POST", "/clock", {"advance": 1e300}, "advance"),
        ("POST", "/clock", {"advence": 1}, "advance"),
        ("POST", "/clock", "no json", "JSON"),
        ("PUT", "/world", {"clock": 5}, "snapshot"),
        ("POST", "/verify", {"expect": [{"operaton": "x"}]}, "operaton"),
        ("POST", "/verify", {"expect": [{"path": "("}]}, "/expect/0/path"),
        ("POST", "/verify", {"never": [{"times": 1, "at_most": 1}]}, "times: 1 and at_most: 1"),
        ("GET", "/ready", None, "codex-testkit serve"),
    ],
)
async def test_what_cannot_be_done_is_told_in_four_parts(
    control: httpx.AsyncClient, method: str, path: str, body: object, told: str
) -> None:
    sent = {"content": body} if isinstance(body, str) else {"json": body} if body else {}
    refused = await control.request(method, path, **sent)

    assert refused.status_code in (400, 404)
    assert set(refused.json()["error"]) == {"doing", "expected", "found", "advice"}
    assert told in json.dumps(refused.json())


@pytest.mark.parametrize(
    "headers",
    [{"origin": "https://evil.example"}, {"origin": "null"}, {"host": "evil.example"}, {"host": "[", "origin": "x"}],
    ids=["foreign-origin", "null-origin", "rebound-host", "broken-host"],
)
async def test_a_page_cannot_control_the_mock(
    backend: Backend, control: httpx.AsyncClient, headers: dict[str, str]
) -> None:
    refused = await control.post("/world/reset", headers=headers)

    assert refused.status_code == 403


@pytest.mark.parametrize("sent", [None, "Bearer wrong", "Basic right", "Bearer"], ids=str)
async def test_with_a_token_nobody_else_gets_in(sent: str | None) -> None:
    async with Backend(control_token="right") as backend, httpx.AsyncClient(base_url=backend.url) as client:
        refused = await client.get("/_testkit/clock", headers={"authorization": sent} if sent else {})
        granted = await client.get("/_testkit/clock", headers={"authorization": "bearer right"})

        assert (refused.status_code, granted.status_code) == (403, 200)
        assert "right" not in refused.text.replace("bearer right", "")


async def test_control_can_be_switched_off() -> None:
    async with Backend(control=False) as backend, httpx.AsyncClient(base_url=backend.url) as client:
        assert (await client.get("/_testkit/clock")).status_code == 404


async def test_control_calls_stand_in_no_journal(backend: Backend, control: httpx.AsyncClient) -> None:
    await control.get("/clock")

    assert len(backend.journal) == 0


def test_every_operation_has_a_summary() -> None:
    assert all(operation.definition["summary"] for operation in load("control").operations.values())
