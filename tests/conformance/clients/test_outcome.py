"""What is read out of the traffic of a client."""

from __future__ import annotations

import json

import httpx
import pytest
from websockets.sync.client import connect

from codex_conformance.clients import Client, Examiner, Outcome, Surroundings, Trial, note, violations
from codex_conformance.probes import Evidence


def outcome_of(task, **trial) -> Outcome:
    return Examiner(Client(name="function", tasks={"turn": task})).run(Trial.of("turn", **trial))


def message(text: str) -> dict:
    return {"type": "message", "role": "user", "content": [{"type": "input_text", "text": text}]}


def body(*texts: str, **more) -> dict:
    items = [message(text) for text in texts]
    return {"model": "gpt-5.5", "instructions": "", "input": items, "stream": True, "store": False, **more}


def headers(known: Surroundings) -> dict[str, str]:
    return {"authorization": f"Bearer {known.access_token}", "chatgpt-account-id": known.account_id}


def over_websocket(known: Surroundings) -> None:
    """Warm up, and take two turns on one connection."""
    url = f"{known.chatgpt_url}/codex/responses".replace("http", "ws", 1)
    with connect(url, additional_headers=headers(known), proxy=None) as socket:
        for asked in (body(generate=False), body("ebb"), body("ebb", "flood")):
            socket.send(json.dumps({"type": "response.create", **asked}))
            while json.loads(socket.recv())["type"] != "response.completed":
                pass


def post(known: Surroundings, content: object = None) -> None:
    url = f"{known.chatgpt_url}/codex/responses"
    httpx.post(url, json=body("ebb") if content is None else content, headers=headers(known), trust_env=False)


def test_calls_over_websocket() -> None:
    outcome = outcome_of(over_websocket)

    assert [call.is_prewarm for call in outcome.model_calls] == [True, False, False]
    assert [call.user_texts for call in outcome.turns] == [["ebb"], ["ebb", "flood"]]
    assert [call.events[-1]["type"] for call in outcome.turns] == ["response.completed"] * 2
    assert len(outcome.pauses) == 1
    assert str(outcome.turns[0]) == "WebSocket with message: events"


def test_a_refused_call_over_websocket() -> None:
    refusal = {"on": "createResponse", "answer": {"status": 429, "body": {"error": {"code": "rate_limit_exceeded"}}}}

    def ask(known: Surroundings) -> None:
        url = f"{known.chatgpt_url}/codex/responses".replace("http", "ws", 1)
        with connect(url, additional_headers=headers(known), proxy=None) as socket:
            socket.send(json.dumps({"type": "response.create", **body("ebb")}))
            socket.recv()

    assert [call.status for call in outcome_of(ask, scenario={"faults": [refusal]}).turns] == [429]


def test_calls_over_post() -> None:
    (call,) = outcome_of(post).turns

    assert (call.status, call.user_texts, call.is_websocket) == (200, ["ebb"], False)
    assert call.events[-1]["type"] == "response.completed"


@pytest.mark.parametrize(
    ("asked", "items"),
    [({"input": "ebb"}, 1), ({"input": None}, 0), ({"input": [3, message("ebb")]}, 1), ([], 0)],
    ids=["text", "null", "no item", "no object"],
)
def test_a_call_of_any_form_can_be_read(asked: object, items: int) -> None:
    (call,) = outcome_of(lambda known: post(known, asked)).turns

    assert len(call.items) == items


def test_right_requests_fit_their_contracts() -> None:
    def call(known: Surroundings) -> None:
        over_websocket(known)
        post(known)
        form = {"grant_type": "refresh_token", "refresh_token": known.refresh_token, "client_id": "app_x"}
        httpx.post(f"{known.auth_url}/oauth/token", data=form, trust_env=False)

    exchanges = outcome_of(call).exchanges

    assert {exchange.operation for exchange in exchanges} == {"connectResponses", "createResponse", "exchangeToken"}
    assert [each for exchange in exchanges for each in violations(exchange)] == []


def send(known: Surroundings, path: str, **more) -> None:
    httpx.post(f"{known.auth_url}{path}", headers=headers(known), trust_env=False, **more)


def send_form(known: Surroundings, content: bytes) -> None:
    form = {"content-type": "application/x-www-form-urlencoded"}
    httpx.post(f"{known.auth_url}/oauth/token", content=content, headers=form, trust_env=False)


def one_frame(known: Surroundings, frame: dict) -> None:
    url = f"{known.chatgpt_url}/codex/responses".replace("http", "ws", 1)
    with connect(url, additional_headers=headers(known), proxy=None) as socket:
        socket.send(json.dumps(frame))
        socket.recv()


@pytest.mark.parametrize(
    ("call", "found"),
    [
        (lambda known: send(known, "/backend-api/codex/responses", json=body("ebb", store="no")), "/store"),
        (lambda known: send(known, "/backend-api/codex/responses", content=b"ebb"), "a body of application/json"),
        (lambda known: send(known, "/oauth/token", data={"client_id": "app_x"}), "grant_type"),
        (lambda known: send_form(known, b"\xff=\xff"), "grant_type"),
        (lambda known: send(known, "/no/such/path"), "an operation of a contract"),
        (lambda known: one_frame(known, {"type": "response.creat"}), "a frame that a contract knows"),
        (lambda known: one_frame(known, {"type": "response.create", **body(store=3)}), "/store"),
    ],
    ids=["field", "media type", "form", "form that is no UTF-8", "path", "frame", "field of a frame"],
)
def test_wrong_requests_do_not(call, found: str) -> None:
    wrong = [f"{where}: {each}" for exchange in outcome_of(call).exchanges for where, each in violations(exchange)]

    assert wrong
    assert any(found in each for each in wrong), wrong


def test_the_evidence_tells_all_but_secrets() -> None:
    evidence = Evidence()

    def call(known: Surroundings) -> str:
        over_websocket(known)
        post(known)
        return f"the token is {known.access_token}"

    outcome = outcome_of(call)
    note(outcome, evidence)

    told = "\n".join(f"{step.sender}: {step.title} {step.text}" for step in evidence.steps)
    assert outcome.surroundings.access_token not in told
    assert "client: POST /backend-api/codex/responses" in told
    assert "backend: 200" in told
    assert "client: exit code 0 the token is" in told
    assert [step.sender for step in evidence.steps if step.title == "frame"][:2] == ["client", "backend"]


def test_expectations_of_the_scenario() -> None:
    outcome = outcome_of(post, scenario="stream-cut")

    (miss,) = outcome.misses()
    assert miss.expectation.times == 2


@pytest.mark.parametrize(
    ("scenario", "told"),
    [
        ("{}", "nothing special"),
        ("stream-cut", "stream-cut"),
        ({"name": "mine"}, "mine"),
        ({"model": []}, "a script of its own"),
        ({"faults": [{"on": "createResponse", "at": 3, "cut": True}]}, "cut of createResponse"),
        ({"faults": [{"on": ["x", "y"], "delay": 1}]}, "delay of several calls"),
    ],
)
def test_a_trial_says_what_it_is(scenario, told: str) -> None:
    assert str(Trial.of("turn", scenario)) == f"the task turn with {told}"
