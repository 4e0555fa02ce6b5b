"""A recording becomes a scenario that says and fails the same."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from codex_fixtures import Data, End, Entry, Frame, Header, Line, RecordingWriter, Request, Response, shipped
from codex_mockserver.model import load_scenario
from codex_mockserver.retelling import retold

JSON = [("content-type", "application/json")]
EVENTS = [("content-type", "text/event-stream")]
MESSAGE = {"type": "message", "id": "msg_1", "role": "assistant", "content": [{"type": "output_text", "text": "High."}]}


@pytest.fixture
def retell(tmp_path: Path) -> Callable[..., dict[str, Any]]:
    """Write a recording of these entries, and return the scenario that it becomes, as values."""

    def write(*entries: Entry) -> dict[str, Any]:
        path = tmp_path / "High Tide.jsonl"
        surface = "app-server" if isinstance(entries[0], Line) else "http"
        with RecordingWriter(path, Header(recording=1, surface=surface, title="It rises.", codex="0.169.0")) as writer:
            for entry in entries:
                writer.write(entry)
        value: dict[str, Any] = yaml.safe_load(retold(path))
        return value

    return write


def post(*events: Any, x: int = 1, how: str = "whole") -> list[Entry]:
    """Return a response over server-sent events."""
    body = "".join(f"data: {json.dumps(event)}\n\n" for event in events)
    return [
        Request(at=0, x=x, method="POST", url="https://chatgpt.com/backend-api/codex/responses"),
        End(at=0, x=x, side="client"),
        Response(at=0, x=x, status=200, headers=EVENTS),
        Data(at=0, x=x, side="server", text=body),
        End(at=0, x=x, side="server", how=how),
    ]


def refusal(status: int, body: Any, x: int = 1, *headers: tuple[str, str]) -> list[Entry]:
    return [
        Request(at=0, x=x, method="POST", url="https://chatgpt.com/backend-api/codex/responses"),
        End(at=0, x=x, side="client"),
        Response(at=0, x=x, status=status, headers=[*JSON, *headers]),
        Data(at=0, x=x, side="server", text=json.dumps(body)),
        End(at=0, x=x, side="server"),
    ]


def done(item: dict[str, Any]) -> dict[str, Any]:
    return {"type": "response.output_item.done", "item": item}


def completed(**response: Any) -> dict[str, Any]:
    return {"type": "response.completed", "response": response}


def said(method: str, **params: Any) -> Line:
    return Line(at=0, x=1, side="server", text=json.dumps({"method": method, "params": params}))


def test_a_response_becomes_a_step(retell) -> None:
    usage = {"input_tokens": 7, "output_tokens": 2, "total_tokens": 9}

    scenario = retell(*post(done(MESSAGE), completed(usage=usage)))

    assert scenario == {
        "scenario": 1,
        "name": "high-tide",
        "summary": "It rises.",
        "model": [{"say": [{"message": "High."}], "usage": {"input_tokens": 7, "output_tokens": 2}}],
    }


@pytest.mark.parametrize(
    ("item", "entry"),
    [
        ({**MESSAGE, "phase": "commentary"}, {"message": {"text": "High.", "phase": "commentary"}}),
        ({"type": "message", "content": [{"type": "refusal", "refusal": "No."}]}, {"refusal": "No."}),
        ({"type": "reasoning", "summary": [{"text": "Look."}]}, {"reasoning": {"summary": ["Look."]}}),
        (
            {"type": "function_call", "name": "look", "arguments": '{"at": 1}'},
            {"function_call": {"name": "look", "arguments": {"at": 1}}},
        ),
        (
            {"type": "function_call", "name": "look", "arguments": "{broken"},
            {"function_call": {"name": "look", "arguments": "{broken"}},
        ),
        (
            {"type": "custom_tool_call", "name": "exec", "input": "1 + 1"},
            {"custom_tool_call": {"name": "exec", "input": "1 + 1"}},
        ),
        ({"type": "web_search_call", "action": {"query": "tide"}}, {"web_search": "tide"}),
        ({"type": "local_shell_call", "id": "x", "action": {}}, {"item": {"type": "local_shell_call", "action": {}}}),
    ],
    ids=["phase", "refusal", "reasoning", "call", "broken call", "custom call", "search", "another"],
)
def test_an_item_becomes_an_entry(retell, item: dict[str, Any], entry: dict[str, Any]) -> None:
    assert retell(*post(done(item), completed()))["model"] == [{"say": [entry]}]


def test_how_a_response_ends_is_kept(retell) -> None:
    failed = {"type": "response.failed", "response": {"error": {"code": "server_error", "message": "Sorry."}}}
    short = {"type": "response.incomplete", "response": {"incomplete_details": {"reason": "max_output_tokens"}}}

    steps = retell(*post(failed), *post(done(MESSAGE), short, x=2))["model"]

    assert [step["end"] for step in steps] == [
        {"failed": {"code": "server_error", "message": "Sorry."}},
        {"incomplete": "max_output_tokens"},
    ]


def test_refusals_become_faults_at_their_places(retell) -> None:
    whole = post(done(MESSAGE), completed(), x=2)

    scenario = retell(
        *refusal(429, {"error": "busy"}, 1, ("Retry-After", "3")), *whole, *refusal(503, {}, 3), *refusal(503, {}, 4)
    )

    assert scenario["faults"] == [
        {
            "on": "createResponse",
            "answer": {"status": 429, "body": {"error": "busy"}, "headers": {"retry-after": "3"}},
        },
        {"on": "createResponse", "after": 2, "answer": {"status": 503, "body": {}}, "times": 2},
    ]
    assert len(scenario["model"]) == 1


@pytest.mark.parametrize(("how", "kind"), [("cut", "cut"), ("whole", "end")])
@pytest.mark.parametrize(("number", "place"), [(3, 4), (400, "last")], ids=["inside", "beyond what is told again"])
def test_a_stream_without_its_end_becomes_a_fault_at_its_place(retell, how, kind, number: int, place: Any) -> None:
    last = {"type": "response.output_text.delta", "sequence_number": number}

    scenario = retell(*post(last, how=how), *post(done(MESSAGE), completed(), x=2))

    assert scenario["faults"] == [{"on": "createResponse", "at": place, kind: True}]
    assert len(scenario["model"]) == 1


def test_responses_over_websocket_become_steps_but_prewarms_do_not(retell) -> None:
    upgrade = [("upgrade", "websocket")]
    frames = [
        ("client", {"type": "response.create", "generate": False}),
        ("server", completed()),
        ("client", {"type": "response.create"}),
        ("server", done(MESSAGE)),
        ("server", completed()),
        ("client", {"type": "response.create"}),
        ("server", {"type": "error", "status": 429, "error": {"code": "slow_down"}}),
    ]

    scenario = retell(
        Request(at=0, x=1, method="GET", url="https://chatgpt.com/backend-api/codex/responses", headers=upgrade),
        Response(at=0, x=1, status=101),
        *(Frame(at=0, x=1, side=side, text=json.dumps(value)) for side, value in frames),
    )

    assert scenario["model"] == [{"say": [{"message": "High."}]}]
    answer = {"status": 429, "body": {"error": {"code": "slow_down"}}}
    assert scenario["faults"] == [{"on": "createResponse", "after": 1, "answer": answer}]


def test_a_login_is_approved_without_a_person(retell) -> None:
    token = [
        Request(at=0, x=1, method="POST", url="https://auth.openai.com/oauth/token"),
        Data(at=0, x=1, side="client", text="grant_type=authorization_code"),
        Response(at=0, x=1, status=200),
    ]

    assert retell(*token)["settings"] == {"auto_approve": True}


def test_turns_of_an_app_server_become_steps(retell) -> None:
    command = {
        "type": "commandExecution",
        "command": "/bin/bash -lc 'ls'",
        "commandActions": [{"command": "ls"}],
        "aggregatedOutput": "a\n",
        "exitCode": 2,
    }
    change = {"path": "/w/tide.txt", "kind": {"type": "update"}, "diff": "@@ -1 +1 @@\n-low\n+high\n"}
    patch = "*** Begin Patch\n*** Update File: tide.txt\n@@\n-low\n+high\n*** End Patch\n"

    scenario = retell(
        said("item/completed", item={"type": "userMessage"}),
        said("item/completed", item={"type": "reasoning", "summary": ["Look."]}),
        said("item/completed", item=command),
        said("item/completed", item={"type": "fileChange", "changes": [change], "status": "completed"}),
        said("item/completed", item={"type": "agentMessage", "text": "Done."}),
        said("turn/completed", turn={"status": "completed"}),
        said("turn/completed", turn={"status": "failed", "error": {"message": "No."}}),
    )

    assert scenario["model"] == [
        {
            "say": [
                {"reasoning": {"summary": ["Look."]}},
                {"exec_command": {"cmd": "ls", "output": "a\n", "exit_code": 2}},
            ]
        },
        {"say": [{"apply_patch": patch}]},
        {"say": [{"message": "Done."}]},
        {"say": [], "end": {"failed": {"code": "server_error", "message": "No."}}},
    ]


@pytest.mark.parametrize("recording", shipped(), ids=lambda each: each.name)
def test_every_shipped_recording_becomes_a_scenario(recording) -> None:
    assert load_scenario(retold(recording.path)).summary == recording.header.title
