"""Stored chat completions: listed by pages and filters, shown, changed, deleted; each account has its own."""

from __future__ import annotations

import pytest


async def store(backend, **body):
    return (await backend.chat(store=True, **body))["id"]


async def listed(backend, **query):
    return (await backend.call("GET", "/chat/completions", **query)).json()


async def test_only_what_shall_be_stored_is_listed(api) -> None:
    backend = api()
    first = await store(backend)
    await backend.chat()
    await backend.chat(store=False)

    assert [stored["id"] for stored in (await listed(backend))["data"]] == [first]
    assert (await listed(backend, order="desc"))["has_more"] is False


async def test_nothing_is_an_empty_page(api) -> None:
    page = await listed(api())

    assert page == {"object": "list", "data": [], "first_id": None, "last_id": None, "has_more": False}


async def test_a_streamed_completion_is_stored_with_the_ids_that_it_had(api, data_of) -> None:
    backend = api({"model": [{"say": [{"function_call": {"name": "look"}}]}]})
    body = {"model": "gpt-5.5", "messages": [{"role": "user", "content": "x"}], "store": True, "stream": True}
    chunks = data_of(await backend.call("POST", "/chat/completions", body))

    (stored,) = (await listed(backend))["data"]

    (call,) = chunks[1]["choices"][0]["delta"]["tool_calls"]
    assert (stored["id"], stored["choices"][0]["message"]["tool_calls"][0]["id"]) == (chunks[0]["id"], call["id"])


async def test_completions_come_by_pages_in_either_order(api) -> None:
    backend = api()
    ids = [await store(backend) for _ in range(3)]

    async def page(**query):
        found = await listed(backend, limit=2, **query)
        return [stored["id"] for stored in found["data"]], found["has_more"]

    assert await page() == (ids[:2], True)
    assert await page(after=ids[1]) == (ids[2:], False)
    assert await page(order="desc") == (ids[:0:-1], True)


async def test_completions_are_narrowed_to_a_model_and_to_metadata(api) -> None:
    backend = api()
    one = await store(backend, metadata={"topic": "tides", "n": "1"})
    two = await store(backend, model="gpt-5.4", metadata={"topic": "tides", "n": "2"})

    async def ids(**query):
        return [stored["id"] for stored in (await listed(backend, **query))["data"]]

    assert await ids(model="gpt-5.4") == [two]
    assert await ids(**{"metadata[topic]": "tides"}) == [one, two]
    assert await ids(**{"metadata[topic]": "tides", "metadata[n]": "1"}) == [one]
    assert await ids(**{"metadata[topic]": "winds"}) == []


@pytest.mark.parametrize("metadata", [{"m": "x"}, {}, None], ids=str)
async def test_metadata_is_replaced(api, metadata) -> None:
    backend = api()
    path = f"/chat/completions/{await store(backend, metadata={'k': 'v'})}"

    changed = (await backend.call("POST", path, {"metadata": metadata})).json()

    assert changed["metadata"] == (metadata or {})
    assert (await backend.call("GET", path)).json() == changed


@pytest.mark.parametrize(
    "body", [{}, {"metadata": {"k": 1}}, {"metadata": {}, "model": "x"}], ids=["none", "number", "more"]
)
async def test_only_metadata_can_be_changed(api, body) -> None:
    backend = api()

    answer = await backend.call("POST", f"/chat/completions/{await store(backend)}", body)

    assert answer.status_code == 400


async def test_the_messages_are_listed_with_the_parts_of_their_content(api) -> None:
    backend = api()
    parts = [{"type": "text", "text": "Look."}]
    messages = [{"role": "system", "content": "Be brief."}, {"role": "user", "content": parts, "name": "Ann"}]
    stored = await store(backend, messages=messages)

    found = (await backend.call("GET", f"/chat/completions/{stored}/messages")).json()

    assert [message["content"] for message in found["data"]] == ["Be brief.", None]
    assert [message["content_parts"] for message in found["data"]] == [None, parts]
    assert [message["id"] for message in found["data"]] == [f"{stored}-0", f"{stored}-1"]
    assert found["data"][1]["name"] == "Ann"


@pytest.mark.parametrize(
    ("method", "suffix", "body"),
    [("GET", "", None), ("POST", "", {"metadata": {}}), ("DELETE", "", None), ("GET", "/messages", None)],
    ids=["retrieve", "update", "delete", "messages"],
)
@pytest.mark.parametrize("case", ["unknown", "of another account", "deleted"])
async def test_what_is_not_there_is_404(api, method: str, suffix: str, body, case: str) -> None:
    backend = api()
    stored = "chatcmpl-none" if case == "unknown" else await store(backend)
    if case == "deleted":
        gone = (await backend.call("DELETE", f"/chat/completions/{stored}")).json()
        assert gone == {"id": stored, "object": "chat.completion.deleted", "deleted": True}
    account = "pro" if case == "of another account" else "plus"

    answer = await backend.call(method, f"/chat/completions/{stored}{suffix}", body, account=account)

    assert (answer.status_code, answer.json()["error"]["type"]) == (404, "invalid_request_error")
    assert stored in answer.json()["error"]["message"]


async def test_stored_completions_survive_a_snapshot_and_are_bounded(api, monkeypatch) -> None:
    monkeypatch.setattr("codex_mockserver.http._chat_stored.CAPACITY", 3)
    backend, other = api(), api()
    for _ in range(5):
        await store(backend)

    other.world.restore(backend.world.snapshot())

    assert len((await listed(other))["data"]) == 3
    assert await listed(other) == await listed(backend)
