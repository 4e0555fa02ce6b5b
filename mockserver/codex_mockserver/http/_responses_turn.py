"""One turn behind the Responses surface: limits before it, the model, bookkeeping after it."""

from __future__ import annotations

from typing import Any

from codex_mockserver.http._call import Call
from codex_mockserver.http._refusal import Refusal
from codex_mockserver.http._responses_request import base_of
from codex_mockserver.model import Fault, Prompt, Turn, catalogue, take_turn
from codex_mockserver.world import StoredResponse
from codex_mockserver.world.limits import check, limit_body, limit_headers, record_turn
from codex_schemas import Problem

__all__ = ["find_stored", "request_id", "run_turn", "shared_headers", "turn_headers"]

Json = dict[str, Any]

#: Stored responses of a world; each holds its whole conversation.
RESPONSES_KEPT = 1_000

_TURN_STATE = "x-codex-turn-state"
_NOT_INCLUDED = {"error": {"type": "usage_not_included", "message": "The plan of this workspace is without Codex."}}


def run_turn(call: Call, prompt: Prompt, fault: Fault | None = None) -> Turn:
    """Let the model answer, if the workspace may ask, and count the turn.

    Args:
        call: The call that asks.
        prompt: What the model sees.
        fault: What will happen to the response on its way.

    Raises:
        Refusal: 429 at a limit; 400 when the scenario has no answer, which is also a near miss.
    """
    is_metered = base_of(call) == "codex" and prompt.kind != "prewarm"
    if is_metered:
        _check_limits(call, prompt.model)
    try:
        is_lost = fault is not None and fault.cut_after is not None
        turn = take_turn(call.world, call.script, prompt, is_lost=is_lost)
    except Problem as problem:
        call.exchange.near_miss = str(problem)
        raise Refusal(400, str(problem), code="scenario_mismatch") from None
    if is_metered:
        workspace = call.signed_in.workspace
        record_turn(call.world, workspace, turn.total_tokens, _thread_id(call, prompt.body), model=prompt.model)
    if turn.response["store"]:
        _store(call, turn)
    return turn


def find_stored(call: Call, response_id: str) -> StoredResponse | None:
    """Return a stored response of the caller's workspace."""
    stored = call.world.state.responses.get(response_id)
    return stored if stored is not None and stored.workspace == call.signed_in.workspace.id else None


def turn_headers(call: Call, model: str) -> dict[str, str]:
    """Return the headers of the answer to a turn."""
    if base_of(call) == "public":
        return request_id(call)
    return {
        **shared_headers(call),
        "openai-model": model,
        **limit_headers(call.world, call.signed_in.workspace),
    }


def shared_headers(call: Call) -> dict[str, str]:
    """Return the headers that an answer and a WebSocket handshake of the Codex backend have in common."""
    return {
        **request_id(call),
        "x-models-etag": catalogue().etag,
        _TURN_STATE: call.headers.get(_TURN_STATE) or call.world.ids.secret("ts_"),
    }


def request_id(call: Call) -> dict[str, str]:
    """Return the header that names the request."""
    return {"x-request-id": call.world.ids.new("req_")}


def _check_limits(call: Call, model: str) -> None:
    workspace = call.signed_in.workspace
    if not workspace.codex_entitled:
        raise Refusal(429, "Codex is not included.", body=_NOT_INCLUDED)
    if check(call.world, workspace, model):
        headers = limit_headers(call.world, workspace)
        raise Refusal(429, "A limit is reached.", headers=headers, body=limit_body(call.world, workspace, model))


def _thread_id(call: Call, body: Json) -> str | None:
    return call.headers.get("thread-id") or (body.get("client_metadata") or {}).get("thread_id")


def _store(call: Call, turn: Turn) -> None:
    response_id: str = turn.response["id"]
    record = StoredResponse(
        id=response_id,
        workspace=call.signed_in.workspace.id,
        response=turn.response,
        history=turn.items,
    )
    call.world.remember(call.world.state.responses, response_id, record, RESPONSES_KEPT)
