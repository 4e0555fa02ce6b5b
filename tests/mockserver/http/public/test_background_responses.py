"""Responses in the background: they run with the clock, end as their script says, and can be stopped."""

from __future__ import annotations

import asyncio

import pytest

from codex_schemas import load_events

SLOW = "model:\n  - say: [message: one two three]\n    pacing: {tokens_per_second: 0.5}\n"


async def test_a_background_response_runs_with_the_clock(api) -> None:
    backend = api()
    response = await backend.create(background=True)
    path = f"/responses/{response['id']}"

    seen = [response]
    for seconds in (0.1, 0.2, 0.5, 0.5):
        backend.world.clock.advance(seconds)
        seen.append((await backend.call("GET", path)).json())

    assert [each["status"] for each in seen] == ["queued", "queued", "in_progress", "in_progress", "completed"]
    assert [bool(each["output"]) for each in seen] == [False, False, False, False, True]
    assert (seen[0]["usage"], seen[0]["completed_at"], seen[0]["background"]) == (None, None, True)
    assert seen[-1]["completed_at"] == int(backend.world.now())


async def test_a_background_response_takes_the_time_of_its_script(api) -> None:
    backend = api(SLOW)
    path = f"/responses/{(await backend.create(background=True))['id']}"

    states = []
    for seconds in (0.2, 5.9, 0.2):
        backend.world.clock.advance(seconds)
        states.append((await backend.call("GET", path)).json()["status"])

    assert states == ["in_progress", "in_progress", "completed"]


@pytest.mark.parametrize("end", ["{failed: {code: server_error, message: no}}", "{incomplete: max_output_tokens}"])
async def test_a_background_response_ends_as_its_script_says(api, end: str) -> None:
    backend = api(f"model:\n  - say: [message: one]\n    end: {end}\n")
    response = await backend.create(background=True)
    backend.world.clock.advance(60)

    ended = (await backend.call("GET", f"/responses/{response['id']}")).json()

    assert (response["status"], ended["completed_at"]) == ("queued", None)
    assert ended["status"] in end or ended["incomplete_details"] == {"reason": "max_output_tokens"}


@pytest.mark.parametrize("seconds", [0.0, 0.5], ids=["queued", "in progress"])
async def test_a_background_response_that_is_cancelled_stays_so(api, data_of, seconds: float) -> None:
    backend = api()
    path = f"/responses/{(await backend.create(background=True))['id']}"
    backend.world.clock.advance(seconds)

    cancelled = (await backend.call("POST", f"{path}/cancel")).json()
    backend.world.clock.advance(60)

    assert (cancelled["status"], cancelled["output"]) == ("cancelled", [])
    assert (await backend.call("GET", path)).json() == cancelled
    assert (await backend.call("POST", f"{path}/cancel")).json() == cancelled
    events = data_of(await backend.call("GET", path, stream="true"))
    assert [event["type"] for event in events][1:] == ["response.in_progress", "response.cancelled"]


async def test_a_background_response_that_has_ended_cannot_be_stopped_any_more(api) -> None:
    backend = api()
    path = f"/responses/{(await backend.create(background=True))['id']}"
    backend.world.clock.advance(60)

    assert (await backend.call("POST", f"{path}/cancel")).json()["status"] == "completed"


async def test_a_background_response_that_streams_is_done_when_its_stream_is(api, data_of) -> None:
    backend = api()
    body = {"model": "gpt-5.5", "input": "Hello", "stream": True, "background": True}
    final = data_of(await backend.call("POST", "/responses", body))[-1]["response"]

    assert (await backend.call("GET", f"/responses/{final['id']}")).json()["status"] == "completed"


async def test_the_stream_of_a_background_response_goes_on_to_its_end(api, data_of) -> None:
    backend = api()
    response = await backend.create(background=True)
    backend.world.clock.advance(0.99)

    events = data_of(await backend.call("GET", f"/responses/{response['id']}", stream="true"))

    assert load_events().stream_violations(events) == []
    assert events[-1]["response"]["output"][0]["content"][0]["text"] == "Hello"


async def test_the_stream_of_a_background_response_waits_for_its_end(api) -> None:
    backend = api()
    response = await backend.create(background=True)
    backend.world.clock.advance(0.99)
    pieces, requests = [], [{"type": "http.request"}]

    async def send(message) -> None:
        pieces.append(message.get("body", b""))

    async def receive():
        return requests.pop() if requests else await asyncio.Event().wait()

    scope = {
        "type": "http",
        "method": "GET",
        "path": f"/v1/responses/{response['id']}",
        "query_string": b"stream=true",
        "scheme": "https",
        "headers": [(b"authorization", f"Bearer {backend.world.account('plus').api_key}".encode())],
    }
    await backend.app(scope, receive, send)

    first, *rest = [piece for piece in pieces if piece]
    assert b"response.completed" not in first
    assert b"response.completed" in b"".join(rest)


async def test_a_background_response_that_streams_slowly_is_under_way_as_long(api, data_of) -> None:
    backend = api("model:\n  - say: [message: one]\n    pacing: {first_token: 0.01}\n")
    body = {"model": "gpt-5.5", "input": "Hello", "stream": True, "background": True}
    path = f"/responses/{data_of(await backend.call('POST', '/responses', body))[0]['response']['id']}"

    states = [(await backend.call("GET", path)).json()["status"]]
    backend.world.clock.advance(0.02)
    states.append((await backend.call("GET", path)).json()["status"])

    assert states == ["in_progress", "completed"]


async def test_only_a_background_response_can_be_cancelled(api) -> None:
    backend = api()
    response = await backend.create()

    answer = await backend.call("POST", f"/responses/{response['id']}/cancel")

    assert (answer.status_code, answer.json()["error"]["message"]) == (400, "Cannot cancel a synchronous response.")


async def test_a_background_response_must_be_stored(api) -> None:
    body = {"model": "gpt-5.5", "input": "Hello", "background": True, "store": False}

    answer = await api().call("POST", "/responses", body)

    assert (answer.status_code, answer.json()["error"]["param"]) == (400, "background")


async def test_a_response_that_is_under_way_cannot_be_continued(api) -> None:
    backend = api()
    first = await backend.create(background=True)
    body = {"model": "gpt-5.5", "input": "And?", "previous_response_id": first["id"]}

    early = await backend.call("POST", "/responses", body)
    backend.world.clock.advance(60)

    assert (early.status_code, early.json()["error"]["param"]) == (400, "previous_response_id")
    assert (await backend.call("POST", "/responses", body)).status_code == 200
