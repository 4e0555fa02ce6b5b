"""The real codex completes turns on the mock, over WebSocket and over server-sent events."""

from __future__ import annotations

import json

import pytest

from codex_schemas import load_events

TRANSPORTS = ("websocket", "sse")

#: Refusing the handshake with 426 makes codex fall back to POST at once.
NO_WEBSOCKET = {"on": "connectResponses", "times": None, "answer": {"status": 426, "body": "use POST"}}


@pytest.fixture(params=TRANSPORTS)
def transport(request) -> str:
    return request.param


@pytest.fixture
def script(backend, transport):
    """A function that puts a scenario to work on the transport under test."""

    def put(**scenario) -> None:
        faults = scenario.pop("faults", [])
        if transport == "sse":
            faults = [NO_WEBSOCKET, *faults]
        backend.use_scenario({"faults": faults, **scenario})

    put()
    return put


def model_requests(backend) -> list[dict]:
    """Return the bodies of all model requests but prewarms, whatever the transport."""
    bodies = [exchange.json for exchange in backend.journal.requests("createResponse")]
    for exchange in backend.journal.requests("connectResponses"):
        bodies += [frame.json for frame in exchange.frames if frame.sender == "client"]
    return [body for body in bodies if body.get("generate", True)]


def outputs(body: dict) -> list[str]:
    """Return the tool outputs that a request brings, as text."""
    parts = [item["output"] for item in body["input"] if item["type"].endswith("_call_output")]
    return [part if isinstance(part, str) else json.dumps(part) for part in parts]


def test_a_turn(codex, backend, script, transport) -> None:
    """The echo arrives, and every event that we sent fits our own contract."""
    codex.log_in()

    turn = codex.exec("tell me about tides")

    assert turn.code == 0, turn.output
    assert "tell me about tides" in turn.messages[-1]
    (request,) = model_requests(backend)
    if transport == "websocket":
        exchange = backend.journal.requests("connectResponses")[0]
        assert exchange.status == 101
        assert any(event["type"] == "codex.rate_limits" for event in exchange.events)
    else:
        exchange = backend.journal.single_request("createResponse")
        assert exchange.headers["content-encoding"] == "zstd"
        assert load_events().stream_violations(exchange.events) == []
    assert ("instructions" in request) == (not codex.is_new)


def test_the_tokens_of_a_turn_show_everywhere(codex, backend, script) -> None:
    """What codex reports as usage is what the limits and the profile have counted."""
    codex.log_in()
    script(model=[{"say": [{"message": "done"}], "usage": {"input_tokens": 70_000, "output_tokens": 5_000}}])

    turn = codex.exec("hello")

    usage = next(event["usage"] for event in turn.events if event["type"] == "turn.completed")
    assert (usage["input_tokens"], usage["output_tokens"]) == (70_000, 5_000)
    workspace = backend.world.account("plus").workspaces[0]
    assert workspace.primary.used_tokens == 75_000
    assert sum(workspace.tokens_by_day.values()) == 75_000


@pytest.mark.parametrize("model", ["", "gpt-5.5"], ids=["default model", "ordinary model"])
def test_a_tool_call(codex, backend, script, model) -> None:
    """codex runs the command that the model asks for, and its output comes back."""
    codex.log_in()
    script(
        model=[
            {"say": [{"reasoning": {"summary": ["Look first."]}}, {"exec_command": {"cmd": "echo sea-$((40 + 2))"}}]},
            {"when": {"tool_output": "sea-42"}, "say": [{"message": "It printed sea-42."}]},
        ]
    )

    turn = codex.exec("run it", *(["--model", model] if model else []))

    assert turn.code == 0, turn.output
    assert turn.messages == ["It printed sea-42."]
    assert "sea-42" in outputs(model_requests(backend)[-1])[0]
    assert "sea-42" in turn.items("command_execution")[0]["aggregated_output"]


@pytest.mark.parametrize("model", ["", "gpt-5.5"], ids=["default model", "ordinary model"])
def test_a_patch(codex, script, model) -> None:
    """codex applies the patch that the model sends."""
    codex.log_in()
    patch = "*** Begin Patch\n*** Add File: tide.txt\n+high water\n*** End Patch\n"
    script(model=[{"say": [{"apply_patch": patch}]}, {"say": [{"message": "written"}]}])

    turn = codex.exec("write it", *(["--model", model] if model else []))

    assert turn.code == 0, turn.output
    assert (codex.work / "tide.txt").read_text() == "high water\n"


def test_parallel_calls(codex, backend, script) -> None:
    """Two calls in one answer both run, and one request brings both outputs."""
    codex.log_in()
    calls = [{"exec_command": {"cmd": "echo ebb-1"}}, {"exec_command": {"cmd": "echo flow-2"}}]
    script(model=[{"say": calls}, {"say": [{"message": "both"}]}])

    turn = codex.exec("run both", "--model", "gpt-5.5")

    assert turn.code == 0, turn.output
    text = " ".join(outputs(model_requests(backend)[-1]))
    assert "ebb-1" in text
    assert "flow-2" in text


def test_a_second_request_on_a_socket_brings_only_what_is_new(codex, backend) -> None:
    """On one socket codex names the previous response and sends the tool output alone."""
    codex.log_in()
    backend.use_scenario({"model": [{"say": [{"exec_command": {"cmd": "true"}}]}, {"say": [{"message": "ok"}]}]})

    turn = codex.exec("go")

    assert turn.code == 0, turn.output
    first, second = model_requests(backend)
    assert second["previous_response_id"] != first.get("previous_response_id")
    assert [item["type"] for item in second["input"]] in (["function_call_output"], ["custom_tool_call_output"])


def test_a_used_up_limit_ends_the_turn_at_once(codex, backend, script) -> None:
    """The refusal, the headers and WHAM name the same window and the same reset."""
    codex.log_in("limited")

    turn = codex.exec("hello")

    assert turn.code == 1
    assert "usage limit" in turn.output.lower()
    assert len(model_requests(backend)) <= 1


def test_two_refusals_and_a_refresh(codex, backend, script, transport) -> None:
    """The first 401 makes codex try again, the second makes it refresh; then the turn succeeds."""
    codex.log_in()
    body = {"error": {"message": "no", "type": "invalid_request_error", "param": None, "code": "token_expired"}}
    operation = "connectResponses" if transport == "websocket" else "createResponse"
    script(faults=[{"on": operation, "times": 2, "answer": {"status": 401, "body": body}}])

    turn = codex.exec("hello")

    assert turn.code == 0, turn.output
    assert len(backend.journal.requests("exchangeToken")) == 1


def test_one_refusal_needs_no_refresh(codex, backend, script, transport) -> None:
    codex.log_in()
    operation = "connectResponses" if transport == "websocket" else "createResponse"
    script(faults=[{"on": operation, "times": 1, "answer": {"status": 401, "body": {"detail": "no"}}}])

    turn = codex.exec("hello")

    assert turn.code == 0, turn.output
    assert backend.journal.requests("exchangeToken") == []


def test_a_stream_that_breaks_is_tried_again(codex, backend, script) -> None:
    """The connection drops after three events; codex sends the request again and succeeds."""
    codex.log_in()
    # On a socket the prewarm is the first response.
    script(faults=[{"on": "createResponse", "at": 3, "cut": True}])

    turn = codex.exec("hello")

    assert turn.code == 0, turn.output
    assert "hello" in turn.messages[-1]


def test_what_no_client_knows_does_not_stop_a_turn(codex, backend, script) -> None:
    """Unknown fields in every object and unknown members of open enumerations are read over."""
    codex.log_in()
    script(settings={"openness_probe": True})

    turn = codex.exec("hello")

    assert turn.code == 0, turn.output
    assert "hello" in turn.messages[-1]


def test_a_refused_handshake_falls_back_to_post(codex, backend) -> None:
    codex.log_in()
    backend.use_scenario({"faults": [NO_WEBSOCKET]})

    turn = codex.exec("hello")

    assert turn.code == 0, turn.output
    assert [exchange.status for exchange in backend.journal.requests("connectResponses")] == [426]
    assert backend.journal.single_request("createResponse").status == 200


def test_a_call_that_the_script_does_not_expect_fails_loudly(codex, backend, script) -> None:
    """codex shows what the script expected instead, and does not try again."""
    codex.log_in()
    script(model=[{"when": {"user": "about tides"}, "say": [{"message": "never"}]}])

    turn = codex.exec("something else")

    assert turn.code == 1
    assert "about tides" in turn.output
    assert len(model_requests(backend)) == 1


def test_an_api_key(codex, backend, script) -> None:
    """With an API key codex calls the public API, without an account and without compression."""
    turn = codex.exec("hello", CODEX_API_KEY=backend.world.account("pro").api_key)

    assert turn.code == 0, turn.output
    used = [*backend.journal.requests("createResponse"), *backend.journal.requests("connectResponses")]
    assert {exchange.path for exchange in used} == {"/v1/responses"}
    assert all("chatgpt-account-id" not in exchange.headers for exchange in used)


def test_a_wrong_api_key(codex, backend) -> None:
    turn = codex.exec("hello", CODEX_API_KEY="sk-definitely-wrong")

    assert turn.code == 1
    assert "401" in turn.output


@pytest.mark.parametrize("account", ["plus", "pro", "team", "free", "mystery"])
def test_every_usable_account_completes_a_turn(codex, backend, account) -> None:
    """Workspaces, plans and even an unknown plan type do not matter for a turn."""
    codex.log_in(account)

    turn = codex.exec("hello")

    assert turn.code == 0, turn.output


def test_nothing_that_codex_calls_at_start_is_unknown_to_us(codex, backend) -> None:
    """With every feature on, each path that codex calls has an operation in a contract."""
    backend.write_codex_home(codex.home, "plus")

    turn = codex.exec("hello")

    assert turn.code == 0, turn.output
    unknown = [f"{exchange.method} {exchange.path}" for exchange in backend.journal if exchange.operation is None]
    assert unknown == []
    refused = {host.rsplit(":", 1)[0] for host in backend.refused_hosts}
    assert refused <= {"api.github.com", "github.com", "raw.githubusercontent.com"}


def test_compaction(codex, backend, script) -> None:
    """A history that has grown too long is replaced by the compaction item that we send."""
    codex.log_in("pro")
    script(
        model=[
            {"say": [{"exec_command": {"cmd": "true"}}], "usage": {"input_tokens": 60_000, "output_tokens": 10}},
            {"say": [{"message": "after"}]},
        ]
    )

    turn = codex.exec("go", "-c", "model_auto_compact_token_limit=50000", "--model", "gpt-5.5")

    assert turn.code == 0, turn.output
    assert turn.messages[-1] == "after"
    bodies = model_requests(backend)
    assert any(item["type"] == "compaction_trigger" for body in bodies for item in body["input"])
    assert any(item["type"] == "compaction" for item in bodies[-1]["input"])


def test_the_older_compaction(codex, backend) -> None:
    """Without the newer feature 0.141.0 asks an endpoint of its own, and goes on with what that answers."""
    if codex.is_new:
        pytest.skip("0.169.0 knows only the newer compaction")
    codex.log_in("pro")
    backend.use_scenario(
        {
            "model": [
                {"say": [{"exec_command": {"cmd": "true"}}], "usage": {"input_tokens": 60_000, "output_tokens": 10}},
                {"say": [{"message": "after"}]},
            ]
        }
    )
    options = ("-c", "model_auto_compact_token_limit=50000", "--disable", "remote_compaction_v2", "--model", "gpt-5.5")

    turn = codex.exec("go", *options)

    assert turn.code == 0, turn.output
    assert turn.messages[-1] == "after"
    assert backend.journal.single_request("compactResponse").status == 200
    assert any(item["type"] == "compaction" for item in model_requests(backend)[-1]["input"])
