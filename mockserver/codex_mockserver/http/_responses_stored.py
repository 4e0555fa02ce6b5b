"""Stored responses of the public API: shown, played again, listed, stopped and forgotten."""

from __future__ import annotations

from typing import Any

from codex_mockserver.http._answer import Answer, EventStream, json_answer
from codex_mockserver.http._call import Call
from codex_mockserver.http._public_page import page
from codex_mockserver.http._public_query import read_query
from codex_mockserver.http._refusal import Refusal
from codex_mockserver.http._responses_sse import sse_bytes
from codex_mockserver.http._responses_turn import find_stored, request_id
from codex_mockserver.model import Pacing, Pause, replay
from codex_mockserver.world import StoredResponse, responses

__all__ = ["cancel_response", "delete_response", "list_input_items", "retrieve_response"]

Json = dict[str, Any]


def retrieve_response(call: Call) -> Answer:
    """Show a response as it is now, or play its events from any place."""
    record, query = _stored(call), read_query(call)
    if query["stream"]:
        return _replay(call, record, query["starting_after"])
    return _shown(call, record)


def delete_response(call: Call) -> Answer:
    """Forget a response."""
    record = _stored(call)
    responses.forget(call.world, record)
    return json_answer({"id": record.id, "object": "response", "deleted": True}, headers=request_id(call))


def cancel_response(call: Call) -> Answer:
    """Stop a background response; one that has ended stays as it is."""
    record = _stored(call)
    if not record.response["background"]:
        raise Refusal(400, "Cannot cancel a synchronous response.")
    responses.cancel(record, call.world.now())
    return _shown(call, record)


def list_input_items(call: Call) -> Answer:
    """Show one page of all that a response was made from."""
    items = {item["id"]: item for item in _stored(call).input_items}
    return json_answer(page(list(items.values()), read_query(call)), headers=request_id(call))


def _stored(call: Call) -> StoredResponse:
    response_id = call.path["response_id"]
    record = find_stored(call, response_id)
    if record is None:
        raise Refusal(404, f"Response with id '{response_id}' not found.")
    return record


def _shown(call: Call, record: StoredResponse) -> Answer:
    return json_answer(responses.shown(record, call.world.now()), headers=request_id(call))


def _replay(call: Call, record: StoredResponse, starting_after: int | None) -> Answer:
    """Play a response again; one that is still under way ends when its time has come."""
    now = call.world.now()
    has_ended = responses.has_ended(record, now)
    final = responses.shown(record, now) if has_ended else record.response
    events = replay(record.opening, final, record.deltas, -1 if starting_after is None else starting_after)
    pacing = None if has_ended else Pacing(pauses=[Pause("last", record.ends_at - now)])
    return EventStream(body=sse_bytes(events), headers=request_id(call), pacing=pacing)
