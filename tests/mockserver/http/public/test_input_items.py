"""The input of stored responses: listed by pages, referred to, and counted."""

from __future__ import annotations

import pytest

TOOLS = [{"type": "function", "name": "look"}]
LOOK = "model:\n  - say: [function_call: {name: look, arguments: {}}]\n  - say: [message: Seen.]\n"


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
