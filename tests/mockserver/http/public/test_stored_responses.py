"""Stored responses: shown, played again, and forgotten."""

from __future__ import annotations

import pytest

from codex_schemas import load_events


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


async def test_a_stream_wants_true_or_false(api) -> None:
    backend = api()
    path = f"/responses/{(await backend.create())['id']}"

    assert (await backend.call("GET", path, stream="false")).headers["content-type"] == "application/json"
    assert (await backend.call("GET", path, stream="perhaps")).json()["error"]["param"] == "stream"


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
