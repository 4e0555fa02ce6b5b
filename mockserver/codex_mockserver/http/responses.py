"""The Responses surface: models, responses over server-sent events and WebSocket, what is stored, compaction."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from codex_mockserver.http import _responses_stored
from codex_mockserver.http._answer import Answer, EventStream, json_answer
from codex_mockserver.http._call import Call
from codex_mockserver.http._model_failure import failure_of
from codex_mockserver.http._refusal import Refusal
from codex_mockserver.http._responses_request import (
    base_of,
    check_body,
    check_model,
    check_presence,
    read_items,
    read_prompt,
    unknown_response,
)
from codex_mockserver.http._responses_socket import Connection
from codex_mockserver.http._responses_sse import turn_bytes
from codex_mockserver.http._responses_turn import find_stored, request_id, run_turn, turn_headers
from codex_mockserver.http._routing import Handlers
from codex_mockserver.http._socket import Socket
from codex_mockserver.model import Prompt, catalogue, input_tokens
from codex_mockserver.world.responses import has_ended, history, shown

__all__ = ["handlers"]

Json = dict[str, Any]

handlers = Handlers("responses")

handlers.operation("retrieveResponse")(_responses_stored.retrieve_response)
handlers.operation("deleteResponse")(_responses_stored.delete_response)
handlers.operation("cancelResponse")(_responses_stored.cancel_response)
handlers.operation("listInputItems")(_responses_stored.list_input_items)

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
    turn = run_turn(call, read_prompt(call, body, _earlier(call, body.get("previous_response_id"))))
    headers = turn_headers(call, turn.prompt.model)
    if body.get("stream"):
        return EventStream(body=turn_bytes(turn), headers=headers, pacing=turn.pacing)
    stored = find_stored(call, turn.response["id"])
    response = turn.response if stored is None else shown(stored, call.world.now())
    return json_answer(response, headers=headers)


@handlers.operation("countInputTokens")
def count_input_tokens(call: Call) -> Answer:
    """Count what a request would cost in input tokens."""
    body: Json = call.body
    check_presence(body)
    if body.get("model"):
        check_model(body["model"])
    earlier = _earlier(call, body.get("previous_response_id"))
    prompt = Prompt(body, read_items(call, body, earlier), earlier)
    count = {"object": "response.input_tokens", "input_tokens": input_tokens(prompt)}
    return json_answer(count, headers=request_id(call))


@handlers.operation("connectResponses")
async def connect_responses(call: Call, socket: Socket) -> None:
    """Serve responses over one WebSocket until the client leaves."""
    await Connection(call, socket).serve()


@handlers.operation("compactResponse")
def compact_response(call: Call) -> Answer:
    """Return a shorter conversation in the place of the given one."""
    body = check_body(call, _schema(call), call.body)
    earlier = _earlier(call, body.get("previous_response_id"))
    new_items = [*read_items(call, body, earlier), {"type": "compaction_trigger"}]
    prompt = Prompt({**body, "store": False}, new_items, earlier)
    response = run_turn(call, prompt).response
    if response["error"] is not None:
        raise failure_of(response["error"])
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
    if not has_ended(stored, call.world.now()):
        raise Refusal(400, f"Response with id '{response_id}' is still in progress.", param="previous_response_id")
    return history(stored)
