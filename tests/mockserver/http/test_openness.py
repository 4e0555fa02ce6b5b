"""With the openness probe every answer has what no client knows, and clients that read what they need go on."""

from __future__ import annotations

import json

import httpx
import pytest
from openai.types.responses import Response

from codex_mockserver import Script, World, create_app, load_scenario
from codex_schemas import load, load_events

UNKNOWN = "testkit_unknown"
PROBE = {"settings": {"openness_probe": True}, "model": [{"say": [{"message": "still here"}], "times": None}]}


@pytest.fixture
async def client():
    app = create_app(World(seed=1), Script(load_scenario(PROBE)))
    account = app.world.account("plus")
    token = {"api.openai.com": account.api_key, "chatgpt.com": account.personal_access_token}

    async def sign(request: httpx.Request) -> None:
        request.headers.setdefault("authorization", f"Bearer {token.get(request.url.host)}")

    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), event_hooks={"request": [sign]}) as client:
        yield client


async def test_an_answer_is_widened_and_fits_its_contract(client) -> None:
    answer = await client.get("https://chatgpt.com/backend-api/wham/usage")

    usage = answer.json()
    assert usage["plan_type"] == UNKNOWN
    assert UNKNOWN in usage["rate_limit"]["primary_window"]
    operation = load("wham").operation("readUsage")
    assert load("wham").response_validator(operation, 200, "application/json").violations(usage) == []


async def test_a_refusal_keeps_its_code(client) -> None:
    answer = await client.post("https://auth.openai.com/oauth/token", json={"grant_type": "refresh_token"})

    assert answer.status_code == 400
    assert UNKNOWN in answer.json()
    assert answer.json()["error"] != UNKNOWN


async def test_an_unknown_path_is_refused_as_ever(client) -> None:
    answer = await client.get("https://chatgpt.com/backend-api/wham/nothing")

    assert answer.json() == {"detail": "Not Found"}


async def test_a_stream_is_widened_and_keeps_its_order(client) -> None:
    body = {"model": "gpt-5.5", "input": "hi", "stream": True}
    answer = await client.post("https://api.openai.com/v1/responses", json=body)

    events = [json.loads(line[6:]) for line in answer.text.splitlines() if line.startswith("data: ")]
    assert all(UNKNOWN in event for event in events)
    assert load_events().stream_violations(events) == []
    assert events[-1]["response"]["output"][0]["content"][0]["text"] == "still here"


async def test_the_openai_package_reads_a_widened_response(client) -> None:
    answer = await client.post("https://api.openai.com/v1/responses", json={"model": "gpt-5.5", "input": "hi"})

    response = Response.construct(**answer.json())
    assert response.output_text == "still here"
