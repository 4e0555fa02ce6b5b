"""The Responses surface: models, responses over server-sent events and WebSocket, compaction."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from codex_mockserver.http._answer import Answer, EventStream, json_answer
from codex_mockserver.http._call import Call
from codex_mockserver.http._refusal import Refusal
from codex_mockserver.http._responses_request import base_of, check_body, read_prompt, unknown_response
from codex_mockserver.http._responses_socket import Connection
from codex_mockserver.http._responses_sse import sse_bytes
from codex_mockserver.http._responses_turn import find_stored, request_id, run_turn, turn_headers
from codex_mockserver.http._routing import Handlers
from codex_mockserver.http._socket import Socket
from codex_mockserver.model import Prompt, catalogue, read_input

__all__ = ["handlers"]

Json = dict[str, Any]

handlers = Handlers("responses")

#: What a compaction takes over from its response, by service.
_COMPACTED = {"codex": ("output",), "public": ("id", "created_at", "output", "usage")}


@handlers.operation("listModels")
def list_models(call: Call) -> Answer:
    """List the models in the form of the Codex backend, or of the public API for other clients."""
    headers = {**request_id(call), "etag": catalogue().etag}
    version = call.query.get("client_version")
    if base_of(call) == "codex" or version is not None:
        return json_answer({"models": catalogue().listed_for(version)}, headers=headers)
    return json_answer({"object": "list", "data": catalogue().public()}, headers=headers)


@handlers.operation("retrieveModel")
def retrieve_model(call: Call) -> Answer:
    """Show one model."""
    slug = call.path["model"]
    model = catalogue().public_model(slug)
    if model is None:
        raise Refusal(404, f"The model {slug!r} does not exist.", code="model_not_found", param="model")
    return json_answer(model, headers=request_id(call))


@handlers.operation("createResponse")
def create_response(call: Call) -> Answer:
    """Create a response, as a stream of events or, on the public base, as one object."""
    body = check_body(call, _schema(call), call.body)
    turn = run_turn(call, read_prompt(body, _earlier(call, body.get("previous_response_id"))), call.fault)
    headers = turn_headers(call, turn.prompt.model)
    if not body.get("stream"):
        return json_answer(turn.response, headers=headers)
    cut = call.fault.cut_after if call.fault else None
    events = turn.stream if cut is None else turn.events[:cut]
    return EventStream(body=sse_bytes(events), headers=headers, is_cut=cut is not None)


@handlers.operation("connectResponses")
async def connect_responses(call: Call, socket: Socket) -> None:
    """Serve responses over one WebSocket until the client leaves."""
    await Connection(call, socket).serve()


@handlers.operation("compactResponse")
def compact_response(call: Call) -> Answer:
    """Return a shorter conversation in the place of the given one."""
    body = check_body(call, _schema(call), call.body)
    trigger = {"type": "compaction_trigger"}
    new_items = [*read_input(body.get("input")), trigger]
    prompt = Prompt({**body, "store": False}, new_items, _earlier(call, body.get("previous_response_id")))
    response = run_turn(call, prompt).response
    compacted = {name: response[name] for name in _COMPACTED[base_of(call)]}
    if base_of(call) == "public":
        compacted["object"] = "response.compaction"
    return json_answer(compacted, headers=request_id(call))


def _schema(call: Call) -> str:
    """Return the name of the schema that this service has for a request body."""
    schemas: dict[str, str] = call.operation.definition["x-codex-request-schemas"]
    return schemas[base_of(call)]


def _earlier(call: Call, response_id: str | None) -> Sequence[Json]:
    """Return the conversation that a stored response ended."""
    if response_id is None:
        return ()
    stored = find_stored(call, response_id)
    if stored is None:
        raise unknown_response(response_id)
    return stored.history
