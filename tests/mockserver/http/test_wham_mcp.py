"""The hosted MCP server: JSON-RPC 2.0 over HTTP, without tools."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from codex_mockserver.http import create_app
from codex_mockserver.world import World

PATH = "/backend-api/ps/mcp"


@pytest.fixture
async def client() -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(create_app(world=World(seed=1)))
    async with httpx.AsyncClient(transport=transport, base_url="https://chatgpt.com") as client:
        yield client


async def ask(client: httpx.AsyncClient, method: str, **params: Any) -> dict[str, Any]:
    message = {"jsonrpc": "2.0", "id": "question-1", "method": method, "params": params}
    answer = (await client.post(PATH, json=message)).json()
    assert (answer.pop("jsonrpc"), answer.pop("id")) == ("2.0", "question-1")
    return answer


@pytest.mark.parametrize("version", ["2025-06-18", "2024-11-05"])
async def test_initialize_agrees_to_the_clients_version(client: httpx.AsyncClient, version: str) -> None:
    result = (await ask(client, "initialize", protocolVersion=version))["result"]

    assert result["protocolVersion"] == version
    assert result["capabilities"] == {"tools": {}}


async def test_there_are_no_tools(client: httpx.AsyncClient) -> None:
    assert await ask(client, "tools/list") == {"result": {"tools": []}}


async def test_a_ping_is_answered(client: httpx.AsyncClient) -> None:
    assert await ask(client, "ping") == {"result": {}}


async def test_an_unknown_method_is_an_error_of_json_rpc(client: httpx.AsyncClient) -> None:
    assert (await ask(client, "resources/list"))["error"]["code"] == -32601


@pytest.mark.parametrize(
    "message",
    [
        {"jsonrpc": "2.0", "method": "notifications/initialized"},
        {"jsonrpc": "2.0", "id": 1, "result": {}},
    ],
    ids=["notification", "answer"],
)
async def test_what_needs_no_answer_is_accepted(client: httpx.AsyncClient, message: dict[str, Any]) -> None:
    answer = await client.post(PATH, json=message)

    assert (answer.status_code, answer.content) == (202, b"")


async def test_the_server_opens_no_stream_and_ends_sessions(client: httpx.AsyncClient) -> None:
    stream, end = await client.get(PATH), await client.delete(PATH)

    assert (stream.status_code, stream.headers["allow"]) == (405, "POST, DELETE")
    assert end.status_code == 200
