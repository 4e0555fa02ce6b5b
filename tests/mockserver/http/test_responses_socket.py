"""Responses over WebSocket: many on one connection, and none of it after the connection."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from codex_mockserver.http import App, create_app
from codex_mockserver.model import Script, load_scenario
from codex_mockserver.world import World
from codex_schemas import load_events

CODEX = "/backend-api/codex/responses"
PUBLIC = "/v1/responses"
#: How many seconds something may take that must happen.
PATIENCE = 30
TERMINAL = ("response.completed", "response.failed", "response.incomplete", "error")


class Client:
    """The client's side of one WebSocket, driven in process."""

    def __init__(self) -> None:
        self.to_app: asyncio.Queue = asyncio.Queue()
        self.from_app: asyncio.Queue = asyncio.Queue()
        self.handshake = None

    async def send(self, frame) -> None:
        kind = "bytes" if isinstance(frame, bytes) else "text"
        text = frame if isinstance(frame, (str, bytes)) else json.dumps(frame)
        await self.to_app.put({"type": "websocket.receive", kind: text})

    async def receive(self):
        """Return the next event, or None when the application let go of the connection."""
        message = await asyncio.wait_for(self.from_app.get(), PATIENCE)
        return None if message is None else json.loads(message["text"])

    async def ask(self, frame):
        """Send a frame and return all events up to the end of its response."""
        await self.send(frame)
        events = [await self.receive()]
        while events[-1] is not None and events[-1]["type"] not in TERMINAL:
            events.append(await self.receive())
        return events


@asynccontextmanager
async def connected(
    app: App, path: str = CODEX, account: str = "plus", token: str | None = None
) -> AsyncIterator[Client]:
    client = Client()
    who = app.world.account(account)
    token = token or (who.api_key if path == PUBLIC else who.personal_access_token)
    scope = {
        "type": "websocket",
        "path": path,
        "query_string": b"",
        "scheme": "wss",
        "headers": [(b"authorization", f"Bearer {token}".encode()), (b"host", b"chatgpt.com")],
    }

    async def serve() -> None:
        await app(scope, client.to_app.get, client.from_app.put)
        await client.from_app.put(None)

    task = asyncio.create_task(serve())
    await client.to_app.put({"type": "websocket.connect"})
    client.handshake = await asyncio.wait_for(client.from_app.get(), PATIENCE)
    try:
        yield client
    finally:
        await client.to_app.put({"type": "websocket.disconnect", "code": 1006})
        await asyncio.wait_for(task, PATIENCE)


def app_of(scenario="name: echo\n") -> App:
    return create_app(World(seed=1), Script(load_scenario(scenario)))


def create(text="Hello", **fields):
    """Return a frame as codex sends it."""
    item = {"type": "message", "role": "user", "content": [{"type": "input_text", "text": text}]}
    frame = {"type": "response.create", "model": "gpt-5.5", "input": [item], "stream": True, "store": False}
    return {name: value for name, value in {**frame, **fields}.items() if value is not None}


def said(event) -> str:
    return "".join(part["text"] for item in event["response"]["output"] for part in item.get("content", ()))


async def test_the_handshake_carries_the_headers_that_clients_read() -> None:
    async with connected(app_of()) as client:
        headers = {name.decode(): value.decode() for name, value in client.handshake["headers"]}

    assert client.handshake["type"] == "websocket.accept"
    assert headers["x-codex-turn-state"]
    assert headers["x-models-etag"]


async def test_a_response_keeps_its_contract() -> None:
    async with connected(app_of()) as client:
        events = await client.ask(create())

    assert load_events().stream_violations(events, "websocket") == []
    assert said(events[-1]) == "Hello"


async def test_the_codex_base_tells_the_limits_first() -> None:
    async with connected(app_of()) as client:
        events = await client.ask(create())

    assert events[0]["type"] == "codex.rate_limits"
    assert events[0]["rate_limits"]["primary"]["window_minutes"] == 300


async def test_the_public_base_tells_no_limits() -> None:
    async with connected(app_of(), PUBLIC) as client:
        events = await client.ask({"type": "response.create", "model": "gpt-5.5", "input": "Hello"})

    assert [event["type"] for event in events[:2]] == ["response.created", "response.in_progress"]


async def test_after_a_prewarm_a_request_brings_only_what_is_new() -> None:
    app = app_of("model:\n  - when: {user: two}\n    say: [message: both]\n")
    async with connected(app) as client:
        warm = (await client.ask(create("one", generate=False)))[-1]["response"]
        events = await client.ask(create("two", previous_response_id=warm["id"]))

    assert warm["output"] == []
    assert said(events[-1]) == "both"
    assert events[-1]["response"]["usage"]["input_tokens"] > warm["usage"]["input_tokens"]


async def test_a_tool_output_answers_a_call_of_the_response_before() -> None:
    scenario = """\
model:
  - say: [function_call: {name: f}]
  - when: {tool_output: fine}
    say: [message: done]
"""
    async with connected(app_of(scenario)) as client:
        first = (await client.ask(create()))[-1]["response"]
        output = {"type": "function_call_output", "call_id": first["output"][0]["call_id"], "output": "fine"}
        second = (await client.ask(create(input=[output], previous_response_id=first["id"])))[-1]

    assert said(second) == "done"


async def test_many_responses_come_on_one_connection_in_the_order_of_their_requests() -> None:
    app = app_of()
    async with connected(app) as client:
        for number in range(5):
            await client.send(create(str(number)))
        texts = []
        while len(texts) < 5:
            event = await client.receive()
            if event["type"] == "response.completed":
                texts.append(said(event))

    assert texts == ["0", "1", "2", "3", "4"]
    assert app.journal.single_request("connectResponses").close_code == 1006


async def test_a_conversation_ends_with_its_connection() -> None:
    app = app_of()
    async with connected(app) as client:
        response_id = (await client.ask(create()))[-1]["response"]["id"]
    async with connected(app) as client:
        error = (await client.ask(create(previous_response_id=response_id)))[-1]
        again = (await client.ask(create()))[-1]

    assert (error["status"], error["error"]["code"]) == (400, "previous_response_not_found")
    assert again["type"] == "response.completed"


async def test_a_stored_response_of_the_public_api_outlives_its_connection() -> None:
    app = app_of()
    frame = {"type": "response.create", "model": "gpt-5.5", "input": "Hello"}
    async with connected(app, PUBLIC) as client:
        response_id = (await client.ask(frame))[-1]["response"]["id"]
    async with connected(app, PUBLIC) as client:
        event = (await client.ask({**frame, "previous_response_id": response_id}))[-1]

    assert event["response"]["previous_response_id"] == response_id


REFUSED = {
    "binary": b"{}",
    "no JSON": "{",
    "a list": "[]",
    "a number": "5",
    "no type": "{}",
    "an unknown type": {"type": "response.crate"},
    "a type that is no text": {"type": {}},
    "very deep": "[" * 100_000,
    "no stream": create(stream=None),
    "stored": create(store=True),
    "temperature": create(temperature=1),
    "unknown model": create(model="gpt-0"),
    "orphan output": create(input=[{"type": "function_call_output", "call_id": "c", "output": ""}]),
}


@pytest.mark.parametrize("frame", REFUSED.values(), ids=REFUSED)
async def test_a_bad_frame_gets_an_error_and_the_connection_stays(frame) -> None:
    async with connected(app_of()) as client:
        events = await client.ask(frame)
        after = await client.ask(create())

    assert [event["type"] for event in events] == ["error"]
    assert events[0]["status"] == 400
    assert "status_code" not in events[0]
    assert load_events().validator("error", "websocket").violations(events[0]) == []
    assert after[-1]["type"] == "response.completed"


SLOW = """\
model:
  - pacing: {pauses: [{at: {event: response.output_text.delta, occurrence: OCCURRENCE}, seconds: 1000}]}
    say:
      - message: first
      - message: second
  - when: {user: again}
    say: [message: third]
"""


def interrupt(response_id: str) -> dict:
    """Return a frame as codex sends it when its user steers a running turn."""
    return {"type": "response.interrupt", "response_id": response_id, "mode": "discard_partial_items"}


async def run_until(client: Client, kind: str) -> list[dict]:
    """Receive up to an event of that type."""
    events = [await client.receive()]
    while events[-1]["type"] != kind:
        events.append(await client.receive())
    return events


@pytest.mark.parametrize(("occurrence", "whole"), [(1, []), (2, ["first"])], ids=["in its first item", "in its second"])
async def test_an_interrupt_ends_a_running_response_with_its_whole_items(occurrence: int, whole: list[str]) -> None:
    async with connected(app_of(SLOW.replace("OCCURRENCE", str(occurrence)))) as client:
        await client.send(create())
        events = [event for _ in range(occurrence) for event in await run_until(client, "response.content_part.added")]
        response_id = events[1]["response"]["id"]
        await client.send(interrupt(response_id))
        ending = await run_until(client, "response.incomplete")
        after = await client.ask(create("again", previous_response_id=response_id))

    assert [event["type"] for event in ending] == ["response.interrupt.accepted", "response.incomplete"]
    assert load_events().stream_violations([*events, *ending], "websocket") == []
    response = ending[-1]["response"]
    assert (response["id"], response["incomplete_details"]) == (response_id, {"reason": "interrupted"})
    assert [item["content"][0]["text"] for item in response["output"]] == whole
    assert said(after[-1]) == "third"


async def test_an_interrupted_response_is_stored_as_it_ended() -> None:
    app = app_of(SLOW.replace("OCCURRENCE", "2"))
    async with connected(app, PUBLIC) as client:
        await client.send({"type": "response.create", "model": "gpt-5.5", "input": "Hello"})
        response_id = (await client.receive())["response"]["id"]
        await run_until(client, "response.output_item.done")
        await client.send(interrupt(response_id))
        (ending,) = [event for event in await run_until(client, "response.incomplete") if "response" in event]

    record = app.world.state.responses[response_id]
    assert record.response == ending["response"]
    assert len(record.deltas) == len(record.response["output"]) == 1


async def test_an_interrupt_of_what_does_not_run_fails_and_changes_nothing() -> None:
    async with connected(app_of()) as client:
        await client.send(interrupt("resp_1"))
        failed = await client.receive()
        events = await client.ask(create())

    assert (failed["type"], failed["response_id"]) == ("response.interrupt.failed", "resp_1")
    assert load_events().validator("response.interrupt.failed", "websocket").violations(failed) == []
    assert events[-1]["type"] == "response.completed"


async def test_frames_for_something_else_wait_until_a_response_has_ended() -> None:
    slow = "model:\n  - pacing: {tokens_per_second: 1000}\n    say: [message: one]\n  - say: [message: two]\n"
    async with connected(app_of(slow)) as client:
        for frame in (create(), interrupt("resp_other"), "{", create()):
            await client.send(frame)
        events = await run_until(client, "response.completed")
        waiting = [await client.receive() for _ in range(2)]
        more = await run_until(client, "response.completed")

    assert [event["type"] for event in waiting] == ["response.interrupt.failed", "error"]
    assert (said(events[-1]), said(more[-1])) == ("one", "two")


async def test_a_background_response_on_a_socket_is_under_way_for_as_long_as_it_streams() -> None:
    app = app_of()
    frame = {"type": "response.create", "model": "gpt-5.5", "input": "Hello", "background": True}
    async with connected(app, PUBLIC) as client:
        response = (await client.ask(frame))[-1]["response"]
        again = (await client.ask({**frame, "background": False, "previous_response_id": response["id"]}))[-1]
        refused = (await client.ask({**frame, "store": False}))[-1]

    (record, _) = app.world.state.responses.values()
    assert record.starts_at == record.ends_at
    assert again["type"] == "response.completed"
    assert (refused["type"], refused["error"]["param"]) == ("error", "background")


async def test_a_limit_comes_as_an_error_frame_with_the_headers_of_the_answer() -> None:
    async with connected(app_of(), account="limited") as client:
        error = (await client.ask(create()))[-1]

    assert (error["status"], error["error"]["type"]) == (429, "usage_limit_reached")
    assert error["headers"]["x-codex-primary-used-percent"] == "100"


async def test_a_prewarm_passes_at_a_limit_and_counts_nothing() -> None:
    app = app_of()
    async with connected(app, account="limited") as client:
        events = await client.ask(create(generate=False))

    assert events[-1]["type"] == "response.completed"
    assert app.world.account("limited").workspaces[0].tokens_by_day == {}


async def test_a_request_that_the_scenario_does_not_know_is_refused_loudly() -> None:
    app = app_of("model:\n  - when: {user: Goodbye}\n")
    async with connected(app) as client:
        error = (await client.ask(create()))[-1]

    assert error["status"] == 400
    assert "Goodbye" in error["error"]["message"]
    assert "Goodbye" in app.journal.single_request().near_miss


FAULT = "faults:\n  - on: createResponse\n    answer: {status: 503, headers: {retry-after: '1'}, body: BODY}\n"


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("{error: {type: server_error, code: slow_down, message: Later, param: null}}", "Later"),
        ("{detail: Later}", "Later"),
        ("Later", "Later"),
    ],
    ids=["error", "detail", "text"],
)
async def test_a_fault_comes_as_an_error_frame_once(body: str, message: str) -> None:
    async with connected(app_of(FAULT.replace("BODY", body))) as client:
        error = (await client.ask(create()))[-1]
        after = (await client.ask(create()))[-1]

    assert (error["status"], error["error"]["message"], error["headers"]) == (503, message, {"retry-after": "1"})
    assert load_events().validator("error", "websocket").violations(error) == []
    assert after["type"] == "response.completed"


async def test_a_prewarm_leaves_a_fault_to_the_response() -> None:
    async with connected(app_of(FAULT.replace("BODY", "Later"))) as client:
        warm = (await client.ask(create(generate=False)))[-1]
        error = (await client.ask(create()))[-1]

    assert (warm["type"], error["type"]) == ("response.completed", "error")


async def test_a_cut_drops_the_connection_after_that_many_events() -> None:
    async with connected(app_of("faults:\n  - {on: createResponse, at: 2, cut: true}\n")) as client:
        events = await client.ask(create())

    assert [event and event["type"] for event in events] == [
        "codex.rate_limits",
        "response.created",
        "response.in_progress",
        None,
    ]


async def test_without_credentials_the_handshake_is_refused() -> None:
    async with connected(app_of(), token="sk-wrong") as client:
        assert client.handshake["type"] == "websocket.http.response.start"
        assert client.handshake["status"] == 401
