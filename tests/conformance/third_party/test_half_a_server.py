"""A server that has half of the Responses API, below a path of its own: what its author reads."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from starlette.applications import Starlette
from starlette.responses import JSONResponse, Response
from starlette.routing import Mount, Route

from codex_conformance._pytest.running import run_suites
from codex_conformance.reports import Run, conclusion
from codex_mockserver.serving import serve_app

PREFIX = "/team/openai/v1"
TEXT = "Hello."

#: Of the parts that are asked, what such a server does right: it answers, and says nothing of how.
PASSED = {
    "responses.input.easy-message",
    "responses.input.history",
    "responses.input.image",
    "responses.input.large",
    "responses.input.list",
    "responses.input.roles",
    "responses.input.text",
    "responses.models.list",
    "responses.object.id-prefix",
    "responses.object.json",
    "responses.object.message-role",
    "responses.object.model",
    "responses.object.text",
    "responses.stream.media-type",
    "responses.stream.whole",
}


async def create(request):
    body = await request.json()
    content = [{"type": "output_text", "text": TEXT, "annotations": []}]
    item = {"id": "msg_1", "type": "message", "role": "assistant", "status": "completed", "content": content}
    if body.get("stream"):
        events = [{"type": "response.output_text.delta", "delta": letter} for letter in TEXT]
        text = "".join(f"data: {json.dumps(each)}\n\n" for each in events)
        return Response(f"{text}data: [DONE]\n\n", media_type="text/event-stream")
    head = {"id": "resp_1", "object": "response", "created_at": 1, "status": "completed", "model": body["model"]}
    return JSONResponse({**head, "output": [item]})


async def list_models(_request):
    return JSONResponse({"object": "list", "data": [{"id": "gpt-5.5", "object": "model"}]})


@pytest.fixture(scope="module")
def run() -> Iterator[Run]:
    """The run of its author, of some parts."""
    routes = [Route("/responses", create, methods=["POST"]), Route("/models", list_models)]
    parts = [f"--codex-select=responses.{each}" for each in ("stream", "input", "object", "models")]
    with serve_app(Starlette(routes=[Mount(PREFIX, routes=routes)])) as url:
        yield run_suites("server", [f"--codex-target={url}{PREFIX}", *parts], surface="responses")


def test_the_path_alone_is_asked_and_what_is_there_is_found(run) -> None:
    found = {name for name, state in run.capabilities.items() if state == "found"}

    assert (found, run.surfaces) == ({"responses.api", "responses.models"}, ["responses"])


def test_what_it_does_right_is_told(run) -> None:
    by_outcome = {
        outcome: {each.requirement for each in run.verdicts if each.outcome == outcome}
        for outcome in ("passed", "failed", "error")
    }

    assert by_outcome["passed"] - by_outcome["failed"] == PASSED
    assert by_outcome["error"] == set()
    assert conclusion(run) == "failed"


def test_what_it_does_wrong_can_be_read(run) -> None:
    findings = {each.requirement: each.finding for each in run.verdicts if each.outcome == "failed"}

    wrong = findings["responses.stream.terminal-last"]
    assert wrong.doing == f"POST {PREFIX}/responses"
    assert (wrong.expected, wrong.found) == ("an event that ends the stream", "6 x response.output_text.delta")
    assert findings["responses.stream.event-names"].found == "no name for response.output_text.delta"
    assert findings["responses.stream.item-ids"].expected == "response.output_item.added"
    assert max(len(each.found) for each in findings.values()) < 700
