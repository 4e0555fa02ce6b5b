"""Stored responses: shown, played again, listed by pages, in the background, and forgotten."""

from __future__ import annotations

import asyncio

import pytest

from codex_schemas import load_events

TOOLS = [{"type": "function", "name": "look"}]
LOOK = "model:\n  - say: [function_call: {name: look, arguments: {}}]\n  - say: [message: Seen.]\n"
SLOW = "model:\n  - say: [message: one two three]\n    pacing: {tokens_per_second: 0.5}\n"


async def test_a_response_is_shown_as_it_was_answered(api) -> None:
    backend = api()
    response = await backend.create(metadata={"k": "v"})

    assert (await backend.call("GET", f"/responses/{response['id']}")).json() == response


async def test_a_streamed_response_is_stored_too(api, data_of) -> None:
    backend = api()
    answer = await backend.call("POST", "/responses", {"model": "gpt-5.5", "input": "Hello", "stream": True})
    final = data_of(answer)[-1]["response"]

    assert (await backend.call("GET", f"/responses/{final['id']}")).json() == final


SAID = {
    "text": [{"message": "one two three"}],
    "text in pieces": [{"message": {"deltas": ["on", "e t", "wo"]}}],
    "reasoning and a call": [{"reasoning": {"summary": ["So."]}}, {"function_call": {"name": "f"}}],
    "a refusal": [{"refusal": "No."}],
    "nothing": [],
}


@pytest.mark.parametrize("say", SAID.values(), ids=SAID)
async def test_a_stream_is_played_again_from_any_event_on(api, data_of, say) -> None:
    backend = api({"model": [{"say": say}]})
    body = {"model": "gpt-5.5", "input": "Hello", "stream": True}
    events = data_of(await backend.call("POST", "/responses", body))
    path = f"/responses/{events[0]['response']['id']}"

    assert data_of(await backend.call("GET", path, stream="true")) == events
    for number in range(len(events)):
        again = data_of(await backend.call("GET", path, stream="true", starting_after=number))
        assert again == events[number + 1 :]


async def test_a_stream_is_played_again_after_a_snapshot(api, data_of) -> None:
    backend, other = api(), api()
    response = await backend.create()
    path = f"/responses/{response['id']}"

    other.world.restore(backend.world.snapshot())

    again = data_of(await other.call("GET", path, stream="true"))
    assert again == data_of(await backend.call("GET", path, stream="true"))
    assert load_events().stream_violations(again) == []


@pytest.mark.parametrize(
    ("method", "suffix"),
    [("GET", ""), ("DELETE", ""), ("POST", "/cancel"), ("GET", "/input_items")],
    ids=["retrieve", "delete", "cancel", "input items"],
)
@pytest.mark.parametrize("case", ["unknown", "of another account", "not stored", "deleted"])
async def test_what_is_not_there_is_404(api, method: str, suffix: str, case: str) -> None:
    backend = api()
    response_id = "resp_none" if case == "unknown" else (await backend.create(store=case != "not stored"))["id"]
    if case == "deleted":
        gone = await backend.call("DELETE", f"/responses/{response_id}")
        assert gone.json() == {"id": response_id, "object": "response", "deleted": True}
    account = "pro" if case == "of another account" else "plus"

    answer = await backend.call(method, f"/responses/{response_id}{suffix}", account=account)

    assert answer.status_code == 404
    message = f"Response with id '{response_id}' not found."
    assert answer.json()["error"] == {
        "message": message, "type": "invalid_request_error", "param": None, "code": None,
    }  # fmt: skip


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


async def test_input_items_are_completed_and_keep_their_ids(api) -> None:
    backend = api()
    call = {"type": "function_call", "name": "f", "arguments": "{}", "call_id": "call_1"}
    output = {"type": "function_call_output", "call_id": "call_1", "output": "fine"}
    said = {"role": "assistant", "content": "Hi", "id": "msg_mine"}
    response = await backend.create(input=[{"role": "user", "content": "Hello"}, said, call, output])

    path = f"/responses/{response['id']}/input_items"
    first, again = [(await backend.call("GET", path, order="asc")).json() for _ in range(2)]

    assert first == again
    assert [item["id"].partition("_")[0] for item in first["data"]] == ["msg", "msg", "fc", "fco"]
    assert first["data"][1]["id"] == "msg_mine"
    assert {item["status"] for item in first["data"]} == {"completed"}
    assert first["data"][1]["content"] == [{"annotations": [], "type": "output_text", "text": "Hi"}]


async def test_input_items_come_by_pages_in_either_order(api) -> None:
    backend = api()
    response = await backend.create(input=[{"role": "user", "content": str(number)} for number in range(5)])
    path = f"/responses/{response['id']}/input_items"

    async def read(**query) -> tuple[str, bool]:
        listed = (await backend.call("GET", path, **query)).json()
        ids = [item["id"] for item in listed["data"]]
        assert (listed["first_id"], listed["last_id"]) == ((ids[0], ids[-1]) if ids else (None, None))
        return "".join(item["content"][0]["text"] for item in listed["data"]), listed["has_more"], listed["last_id"]

    assert (await read())[:2] == ("43210", False)
    *page, last = await read(limit=2, order="asc")
    assert page == ["01", True]
    *page, last = await read(limit=2, order="asc", after=last)
    assert page == ["23", True]
    *page, last = await read(limit=2, order="asc", after=last)
    assert page == ["4", False]
    assert (await read(order="asc", after=last))[:2] == ("", False)


async def test_an_item_that_a_client_repeats_is_listed_once(api) -> None:
    backend = api()
    item = {"role": "user", "content": "Hello", "id": "msg_1"}
    response = await backend.create(input=[item, item])

    listed = (await backend.call("GET", f"/responses/{response['id']}/input_items")).json()

    assert [found["id"] for found in listed["data"]] == ["msg_1"]


QUERIES = {
    "no number": ({"limit": "many"}, "limit", "invalid_type"),
    "a number without end": ({"limit": "9" * 5000}, "limit", "invalid_type"),
    "too few": ({"limit": 0}, "limit", "integer_below_min_value"),
    "too many": ({"limit": 101}, "limit", "integer_above_max_value"),
    "another order": ({"order": "up"}, "order", "invalid_value"),
    "an unknown place": ({"after": "msg_none"}, "after", "invalid_value"),
}


@pytest.mark.parametrize(("query", "param", "code"), QUERIES.values(), ids=QUERIES)
async def test_a_wrong_query_names_its_parameter(api, query, param: str, code: str) -> None:
    backend = api()
    response = await backend.create()

    answer = await backend.call("GET", f"/responses/{response['id']}/input_items", **query)

    assert answer.status_code == 400
    assert (answer.json()["error"]["param"], answer.json()["error"]["code"]) == (param, code)


async def test_a_stream_wants_true_or_false(api) -> None:
    backend = api()
    path = f"/responses/{(await backend.create())['id']}"

    assert (await backend.call("GET", path, stream="false")).headers["content-type"] == "application/json"
    assert (await backend.call("GET", path, stream="perhaps")).json()["error"]["param"] == "stream"


async def test_a_reference_stands_for_a_stored_item(api) -> None:
    backend = api(LOOK)
    first = await backend.create(tools=TOOLS)
    (call,) = first["output"]
    output = {"type": "function_call_output", "call_id": call["call_id"], "output": "fine"}

    second = await backend.create(input=[{"type": "item_reference", "id": call["id"]}, output], tools=TOOLS)

    listed = (await backend.call("GET", f"/responses/{second['id']}/input_items", order="asc")).json()["data"]
    assert listed[0] == call


@pytest.mark.parametrize(
    "reference", [{"id": "msg_none"}, {"type": "item_reference", "id": "msg_none"}], ids=["short", "long"]
)
async def test_a_reference_to_nothing_is_404(api, reference) -> None:
    answer = await api().call("POST", "/responses", {"model": "gpt-5.5", "input": [reference]})

    assert answer.status_code == 404
    assert answer.json()["error"]["message"].startswith("Item with id 'msg_none' not found.")


async def test_an_item_of_a_response_that_was_not_stored_is_404(api) -> None:
    backend = api()
    said = (await backend.create(store=False))["output"][0]

    answer = await backend.call("POST", "/responses", {"model": "gpt-5.5", "input": [{"id": said["id"]}]})

    assert answer.status_code == 404


@pytest.mark.parametrize(
    "named",
    [{"conversation": "conv_1"}, {"conversation": {"id": "conv_1"}}, {"prompt": {"id": "pmpt_1"}}],
    ids=["by id", "as object", "prompt"],
)
async def test_what_this_world_has_none_of_is_404(api, named) -> None:
    answer = await api().call("POST", "/responses", {"model": "gpt-5.5", "input": "Hello", **named})

    assert (answer.status_code, answer.json()["error"]["param"]) == (404, next(iter(named)))


async def test_stored_responses_are_bounded(api, monkeypatch) -> None:
    monkeypatch.setattr("codex_mockserver.world.responses.CAPACITY", 3)
    backend = api()

    for _ in range(5):
        await backend.create()

    assert len(backend.world.state.responses) == 3


async def test_input_tokens_grow_with_everything_that_is_sent(api) -> None:
    backend = api()
    earlier = await backend.create()

    async def count(**body) -> int:
        return (await backend.call("POST", "/responses/input_tokens", body)).json()["input_tokens"]

    least = await count(input="Hello")
    for more in ({"instructions": "Be brief."}, {"tools": TOOLS}, {"previous_response_id": earlier["id"]}):
        assert await count(model="gpt-5.5", input="Hello", **more) > least


@pytest.mark.parametrize(
    ("body", "param"),
    [
        ({"model": "none"}, "model"),
        ({"brand_new": 1}, "brand_new"),
        ({"previous_response_id": "resp_x"}, "previous_response_id"),
    ],
    ids=["model", "field", "response"],
)
async def test_input_tokens_of_a_wrong_request_are_refused(api, body, param: str) -> None:
    answer = await api().call("POST", "/responses/input_tokens", {"input": "Hello", **body})

    assert (answer.status_code, answer.json()["error"]["param"]) == (400, param)


async def test_a_compaction_takes_references_too(api) -> None:
    backend = api()
    said = (await backend.create())["output"][0]

    answer = await backend.call("POST", "/responses/compact", {"model": "gpt-5.5", "input": [{"id": said["id"]}]})

    assert answer.json()["object"] == "response.compaction"
