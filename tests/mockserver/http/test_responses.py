"""Creating responses over HTTP, as strictly as each backend does."""

from __future__ import annotations

import json

import httpx
import msgspec
import pytest
from openai.types.responses import CompactedResponse, Response

from codex_mockserver.http import App, create_app
from codex_mockserver.model import Script, load_scenario
from codex_mockserver.world import World
from codex_mockserver.world.responses import history
from codex_schemas import load, load_events

CODEX = "https://chatgpt.com/backend-api/codex/responses"
PUBLIC = "https://api.openai.com/v1/responses"

CREATE = load("responses").operation("createResponse")
BASES = ["codex", "public"]

HELLO = {"type": "message", "role": "user", "content": [{"type": "input_text", "text": "Hello"}]}
CODEX_BODY = {"model": "gpt-5.5", "input": [HELLO], "stream": True, "store": False}
PUBLIC_BODY = {"model": "gpt-5.5", "input": "Hello"}
CALL = {"type": "function_call", "name": "f", "arguments": "{}", "call_id": "call_1"}
OUTPUT = {"type": "function_call_output", "call_id": "call_1", "output": "fine"}
CUSTOM_CALL = {"type": "custom_tool_call", "name": "f", "input": "", "call_id": "call_1"}
CUSTOM_OUTPUT = {"type": "custom_tool_call_output", "call_id": "call_1", "output": "fine"}


def app_of(scenario="name: echo\n") -> App:
    return create_app(World(seed=1), Script(load_scenario(scenario)))


async def post(app: App, url: str, body, account="plus", headers=None) -> httpx.Response:
    who = app.world.account(account)
    token = who.api_key if url.startswith("https://api.openai.com") else who.personal_access_token
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app)) as client:
        return await client.post(url, json=body, headers={"authorization": f"Bearer {token}", **(headers or {})})


def events_of(answer: httpx.Response):
    """Split a stream into its events, strictly by the framing rules."""
    frames = answer.text.split("\n\n")
    assert frames.pop() == ""
    events = []
    for frame in frames:
        name, data = frame.split("\n")
        events.append(json.loads(data.removeprefix("data: ")))
        assert name == f"event: {events[-1]['type']}"
    return events


def said(response) -> str:
    return "".join(part["text"] for item in response["output"] for part in item.get("content", ()))


@pytest.mark.parametrize(("url", "body"), [(CODEX, CODEX_BODY), (PUBLIC, {**PUBLIC_BODY, "stream": True})], ids=BASES)
async def test_a_stream_keeps_its_contract_and_ends_after_its_last_event(url: str, body) -> None:
    answer = await post(app_of(), url, body)

    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/event-stream"
    assert load_events().stream_violations(events_of(answer)) == []
    assert said(events_of(answer)[-1]["response"]) == "Hello"


async def test_the_codex_answer_carries_the_headers_that_clients_read() -> None:
    app = app_of()

    headers = (await post(app, CODEX, CODEX_BODY)).headers

    assert headers["openai-model"] == "gpt-5.5"
    assert headers["x-request-id"].startswith("req_")
    assert headers["x-codex-turn-state"]
    assert headers["x-codex-primary-window-minutes"] == "300"
    assert headers["x-models-etag"].startswith('W/"')


async def test_the_turn_state_of_a_client_is_kept() -> None:
    answer = await post(app_of(), CODEX, CODEX_BODY, headers={"x-codex-turn-state": "ts_mine"})

    assert answer.headers["x-codex-turn-state"] == "ts_mine"


REFUSED_BY_CODEX = {
    "no stream": ({"stream": False}, "Stream must be set to true"),
    "stream missing": ({"stream": None}, "Stream must be set to true"),
    "stored": ({"store": True}, "Store must be set to false"),
    "temperature": ({"temperature": 0.5}, "Unsupported parameter: temperature"),
    "max_output_tokens": ({"max_output_tokens": 5}, "Unsupported parameter: max_output_tokens"),
    "previous response": ({"previous_response_id": "resp_1"}, "Unsupported parameter: previous_response_id"),
    "generate": ({"generate": False}, "Unsupported parameter: generate"),
    "misspelt": ({"instruction": "x"}, "Unsupported parameter: instruction"),
}


@pytest.mark.parametrize(("change", "part"), REFUSED_BY_CODEX.values(), ids=REFUSED_BY_CODEX)
async def test_the_codex_backend_refuses_with_a_detail(change, part: str) -> None:
    app = app_of()

    answer = await post(app, CODEX, {**CODEX_BODY, **change})

    assert answer.status_code == 400
    assert part in answer.json()["detail"]
    assert app.journal.single_request().near_miss


@pytest.mark.parametrize("name", CREATE.definition["x-codex-unsupported-parameters"])
async def test_no_parameter_that_is_listed_as_unsupported_passes(name: str) -> None:
    body = {**CODEX_BODY, name: None}

    assert (await post(app_of(), CODEX, body)).status_code == 400


async def test_instructions_are_wanted_only_where_the_scenario_says_so() -> None:
    strict = app_of("settings:\n  require_instructions: true\n")

    assert (await post(strict, CODEX, CODEX_BODY)).status_code == 400
    assert (await post(strict, CODEX, {**CODEX_BODY, "instructions": "Be brief."})).status_code == 200


async def test_text_for_a_list_is_refused_only_where_the_scenario_says_so() -> None:
    strict = app_of("settings:\n  require_input_list: true\n")
    body = {**CODEX_BODY, "input": "Hello"}

    assert (await post(strict, CODEX, body)).json() == {"detail": "Input must be a list"}
    assert said(events_of(await post(app_of(), CODEX, body))[-1]["response"]) == "Hello"


UNPAIRED = {
    "an output without a call": [HELLO, OUTPUT],
    "an output before its call": [HELLO, OUTPUT, CALL],
    "a call without an output": [HELLO, CALL],
    "an output of another kind": [HELLO, CALL, CUSTOM_OUTPUT],
    "a custom output for a function": [HELLO, CUSTOM_CALL, OUTPUT],
    "an empty call id": [HELLO, {**CALL, "call_id": ""}, {**OUTPUT, "call_id": ""}],
    "one output for two calls": [HELLO, CALL, {**CALL, "call_id": "call_2"}, OUTPUT],
}
PAIRED = {
    "a function": [HELLO, CALL, OUTPUT],
    "a custom tool": [HELLO, CUSTOM_CALL, CUSTOM_OUTPUT],
    "a custom tool that reports twice": [HELLO, CUSTOM_CALL, CUSTOM_OUTPUT, CUSTOM_OUTPUT],
    "the goal of codex, which answers no call": [
        HELLO,
        {"type": "function_call_output", "name": "goal_objective", "namespace": "agent", "output": "tides"},
    ],
    "a local shell": [
        HELLO,
        {
            "type": "local_shell_call",
            "call_id": "call_1",
            "status": "completed",
            "action": {"type": "exec", "command": []},
        },
        OUTPUT,
    ],
}


@pytest.mark.parametrize("url", [CODEX, PUBLIC], ids=BASES)
@pytest.mark.parametrize("items", UNPAIRED.values(), ids=UNPAIRED)
async def test_calls_and_outputs_that_do_not_pair_are_refused(url: str, items) -> None:
    assert (await post(app_of(), url, {**CODEX_BODY, "input": items})).status_code == 400


@pytest.mark.parametrize("url", [CODEX, PUBLIC], ids=BASES)
@pytest.mark.parametrize("items", PAIRED.values(), ids=PAIRED)
async def test_calls_with_their_outputs_pass(url: str, items) -> None:
    assert (await post(app_of(), url, {**CODEX_BODY, "input": items})).status_code == 200


@pytest.mark.parametrize(("url", "body"), [(CODEX, CODEX_BODY), (PUBLIC, PUBLIC_BODY)], ids=BASES)
async def test_an_unknown_model_is_named_with_the_closest(url: str, body) -> None:
    answer = await post(app_of(), url, {**body, "model": "gpt-5.55"})

    assert answer.status_code == 400
    assert answer.json()["error"]["code"] == "model_not_found"
    assert "gpt-5.5" in answer.json()["error"]["message"]


@pytest.mark.parametrize("body", [{"input": "x"}, {"model": None, "input": "x"}, {"model": "", "input": "x"}], ids=str)
async def test_a_missing_model_is_400(body) -> None:
    answer = await post(app_of(), PUBLIC, body)

    assert answer.status_code == 400
    assert answer.json()["error"]["type"] == "invalid_request_error"


async def test_the_public_answer_is_one_object_that_the_openai_package_reads() -> None:
    answer = await post(app_of(), PUBLIC, {**PUBLIC_BODY, "metadata": {"k": "v"}})

    response = Response.model_validate_json(answer.content, strict=True)

    assert response.output_text == "Hello"
    assert response.status == "completed"
    assert response.metadata == {"k": "v"}
    assert response.usage.total_tokens == response.usage.input_tokens + response.usage.output_tokens
    assert answer.headers["x-request-id"].startswith("req_")


async def test_a_stored_response_is_continued() -> None:
    app = app_of("model:\n  - say: [message: one]\n  - when: {user: again}\n    say: [message: two]\n")
    first = (await post(app, PUBLIC, PUBLIC_BODY)).json()

    second = (await post(app, PUBLIC, {**PUBLIC_BODY, "input": "again", "previous_response_id": first["id"]})).json()

    assert (said(second), second["previous_response_id"]) == ("two", first["id"])
    conversation = history(app.world.state.responses[second["id"]])
    assert [item["role"] for item in conversation] == ["user", "assistant", "user", "assistant"]


async def test_a_response_that_was_not_stored_cannot_be_continued() -> None:
    app = app_of()
    first = (await post(app, PUBLIC, {**PUBLIC_BODY, "store": False})).json()

    answer = await post(app, PUBLIC, {**PUBLIC_BODY, "previous_response_id": first["id"]})

    assert answer.status_code == 400
    assert answer.json()["error"]["code"] == "previous_response_not_found"


async def test_the_response_of_another_account_cannot_be_continued() -> None:
    app = app_of()
    first = (await post(app, PUBLIC, PUBLIC_BODY)).json()

    answer = await post(app, PUBLIC, {**PUBLIC_BODY, "previous_response_id": first["id"]}, account="pro")

    assert answer.json()["error"]["code"] == "previous_response_not_found"


async def test_a_request_that_the_scenario_does_not_know_is_refused_loudly() -> None:
    app = app_of("name: demo\nmodel:\n  - when: {user: Goodbye}\n")

    answer = await post(app, CODEX, CODEX_BODY)

    assert answer.status_code == 400
    assert "user text that matches 'Goodbye'" in answer.json()["error"]["message"]
    assert app.journal.single_request().near_miss == answer.json()["error"]["message"]


async def test_a_workspace_at_its_limit_is_refused_with_the_time_of_reset() -> None:
    app = app_of()

    answer = await post(app, CODEX, CODEX_BODY, account="limited")

    assert answer.status_code == 429
    error = answer.json()["error"]
    assert error["type"] == "usage_limit_reached"
    assert str(error["resets_at"]) == answer.headers["x-codex-primary-reset-at"]
    assert answer.headers["x-codex-primary-used-percent"] == "100"


async def test_a_workspace_without_codex_is_told_so() -> None:
    app = app_of()
    app.world.account("free").workspaces[0].codex_entitled = False

    answer = await post(app, CODEX, CODEX_BODY, account="free")

    assert (answer.status_code, answer.json()["error"]["type"]) == (429, "usage_not_included")


async def test_a_turn_fills_the_windows() -> None:
    app = app_of("model:\n  - usage: {input_tokens: 250000, output_tokens: 0}\n    times: null\n")

    percents = [(await post(app, CODEX, CODEX_BODY)).headers["x-codex-primary-used-percent"] for _ in range(2)]

    assert percents == ["50", "100"]
    assert (await post(app, CODEX, CODEX_BODY)).status_code == 429


async def test_the_public_base_has_no_plan_limits() -> None:
    assert (await post(app_of(), PUBLIC, PUBLIC_BODY, account="limited")).status_code == 200


async def test_a_fault_cuts_the_stream() -> None:
    app = app_of("faults:\n  - {on: createResponse, at: 3, cut: true}\n")
    types = []

    async def send(message) -> None:
        types.append((message["type"], message.get("more_body"), message.get("body", b"").count(b"event: ")))

    async def receive():
        return {"type": "http.request", "body": msgspec.json.encode(CODEX_BODY)}

    token = app.world.account("plus").personal_access_token.encode()
    scope = {
        "type": "http",
        "method": "POST",
        "path": "/backend-api/codex/responses",
        "query_string": b"",
        "scheme": "https",
        "headers": [(b"authorization", b"Bearer " + token), (b"host", b"chatgpt.com")],
    }
    await app(scope, receive, send)

    assert types == [("http.response.start", None, 0), ("http.response.body", True, 3)]


async def test_compaction_over_the_codex_base_gives_the_output_alone() -> None:
    url = f"{CODEX}/compact"

    answer = await post(app_of(), url, {"model": "gpt-5.5", "input": [HELLO], "instructions": "x", "tools": []})

    assert list(answer.json()) == ["output"]
    assert [item["type"] for item in answer.json()["output"]] == ["compaction"]


async def test_public_compaction_is_read_by_the_openai_package() -> None:
    answer = await post(app_of(), f"{PUBLIC}/compact", PUBLIC_BODY)

    compacted = CompactedResponse.model_validate_json(answer.content, strict=True)

    assert compacted.object == "response.compaction"
    assert compacted.output[0].type == "compaction"


@pytest.mark.parametrize("url", [f"{CODEX}/compact", f"{PUBLIC}/compact"], ids=["codex", "public"])
async def test_a_compaction_that_fails_is_no_empty_conversation(url) -> None:
    failed = "{failed: {code: server_is_overloaded, message: Too busy.}}"
    app = app_of(f"model:\n  - when: {{kind: compaction}}\n    say: []\n    end: {failed}\n")

    answer = await post(app, url, {"model": "gpt-5.5", "input": [HELLO], "instructions": "x", "tools": []})

    assert (answer.status_code, answer.json()["error"]["message"]) == (503, "Too busy.")


async def test_compaction_by_its_trigger_streams_one_item() -> None:
    app = app_of("model:\n  - say: [message: not now]\n")

    answer = await post(app, CODEX, {**CODEX_BODY, "input": [HELLO, {"type": "compaction_trigger"}]})

    assert [item["type"] for item in events_of(answer)[-1]["response"]["output"]] == ["compaction"]


@pytest.mark.parametrize("url", [CODEX, PUBLIC], ids=BASES)
async def test_without_credentials_it_is_401(url: str) -> None:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app_of())) as client:
        answer = await client.post(url, json=CODEX_BODY, headers={"authorization": "Bearer sk-wrong"})

    assert answer.status_code == 401


@pytest.mark.parametrize(("url", "body"), [(CODEX, CODEX_BODY), (PUBLIC, PUBLIC_BODY)], ids=BASES)
@pytest.mark.parametrize(
    "change",
    [{"model": "nope"}, {"input": [OUTPUT]}, {"input": 5}, {"tools": "none"}, {"previous_response_id": "resp_x"}],
    ids=lambda change: next(iter(change)),
)
async def test_every_refusal_keeps_the_contract(url: str, body, change) -> None:
    answer = await post(app_of(), url, {**body, **change})

    assert load("responses").response_validator(CREATE, 400, "application/json").violations(answer.json()) == []
