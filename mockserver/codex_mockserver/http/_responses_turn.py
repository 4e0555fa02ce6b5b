"""One turn behind the Responses surface: limits before it, the model, bookkeeping after it."""

from __future__ import annotations

from typing import Any

from codex_mockserver.faults import is_lost, read_events
from codex_mockserver.http._call import Call
from codex_mockserver.http._refusal import Refusal
from codex_mockserver.http._responses_request import base_of
from codex_mockserver.http._responses_sse import sse_bytes
from codex_mockserver.model import Prompt, Turn, catalogue, kept_form, moments, take_turn
from codex_mockserver.world import StoredResponse, responses
from codex_mockserver.world.limits import check, limit_body, limit_headers, record_turn
from codex_schemas import Problem

__all__ = ["ask_model", "find_stored", "request_id", "run_turn", "shared_headers", "turn_headers"]

Json = dict[str, Any]

_TURN_STATE = "x-codex-turn-state"
_NOT_INCLUDED = {"error": {"type": "usage_not_included", "message": "The plan of this workspace is without Codex."}}


def run_turn(call: Call, prompt: Prompt) -> Turn:
    """Let the model answer, if the workspace may ask, count the turn, and store the response where it is wished.

    Raises:
        Refusal: 429 at a limit; 400 when the scenario has no answer, which is also a near miss.
    """
    is_metered = base_of(call) == "codex" and prompt.kind != "prewarm"
    if is_metered:
        _check_limits(call, prompt.model)
    turn = ask_model(call, prompt)
    if is_metered:
        workspace = call.signed_in.workspace
        record_turn(call.world, workspace, turn.total_tokens, _thread_id(call, prompt.body), model=prompt.model)
    if turn.response["store"]:
        _store(call, turn)
    return turn


def ask_model(call: Call, prompt: Prompt) -> Turn:
    """Let the model answer.

    Raises:
        Refusal: 400 when the scenario has no answer, which is also a near miss.
    """
    try:
        return take_turn(call.world, call.script, prompt, is_lost=is_lost(call.strikes))
    except Problem as problem:
        call.exchange.near_miss = str(problem)
        raise Refusal(400, str(problem), code="scenario_mismatch") from None


def find_stored(call: Call, response_id: str) -> StoredResponse | None:
    """Return a stored response of the caller's workspace."""
    return responses.find(call.world, call.signed_in.workspace, response_id)


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
    starts_at, ends_at = _working_time(call, turn)
    record = StoredResponse(
        id=turn.response["id"],
        workspace=call.signed_in.workspace.id,
        opening=turn.opening,
        response=turn.response,
        input_items=[*turn.prompt.earlier, *kept_form(turn.prompt.new_items, call.world.ids)],
        deltas=[None if said.deltas is None else list(said.deltas) for said in turn.said],
        starts_at=starts_at,
        ends_at=ends_at,
    )
    if record.response["completed_at"] is not None:
        record.response = {**record.response, "completed_at": int(ends_at)}
    responses.store(call.world, record)


def _working_time(call: Call, turn: Turn) -> tuple[float, float]:
    """Return when the world's clock shows the work as begun and as ended."""
    now, body = call.world.now(), turn.prompt.body
    if not body.get("background"):
        return now, now
    paced = moments(turn.pacing, read_events(sse_bytes(turn.stream)))[-1] if turn.pacing else None
    if body.get("stream"):
        return now, now + (paced or 0.0)
    begun = now + responses.QUEUED_SECONDS
    return begun, begun + (responses.WORKING_SECONDS if paced is None else paced)
