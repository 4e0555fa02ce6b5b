"""Stored chat completions: listed, shown, changed and forgotten."""

from __future__ import annotations

from typing import Any

from codex_mockserver.http._answer import Answer, json_answer
from codex_mockserver.http._call import Call
from codex_mockserver.http._public_page import page
from codex_mockserver.http._public_query import read_pairs, read_query
from codex_mockserver.http._refusal import Refusal
from codex_mockserver.http._responses_turn import request_id
from codex_mockserver.world import StoredChat

__all__ = [
    "delete_completion",
    "list_completions",
    "list_messages",
    "retrieve_completion",
    "store",
    "update_completion",
]

Json = dict[str, Any]

#: Stored completions of a world.
CAPACITY = 1_000


def store(call: Call, completion: Json) -> None:
    """Keep a completion with the messages that it answered."""
    body: Json = call.body
    record = StoredChat(
        id=completion["id"],
        workspace=call.signed_in.workspace.id,
        completion={**completion, "metadata": body.get("metadata") or {}},
        messages=[_kept(f"{completion['id']}-{index}", message) for index, message in enumerate(body["messages"])],
    )
    call.world.remember(call.world.state.chats, record.id, record, CAPACITY)


def list_completions(call: Call) -> Answer:
    """Show one page of the caller's completions, narrowed to a model and to metadata."""
    query, wanted = read_query(call), read_pairs(call, "metadata")
    own = [record.completion for record in call.world.state.chats.values() if _is_own(call, record)]
    found = [
        completion
        for completion in own
        if query["model"] in (None, completion["model"]) and wanted.items() <= completion["metadata"].items()
    ]
    return json_answer(page(found, query), headers=request_id(call))


def retrieve_completion(call: Call) -> Answer:
    """Show a completion."""
    return json_answer(_stored(call).completion, headers=request_id(call))


def update_completion(call: Call) -> Answer:
    """Replace the metadata of a completion."""
    record = _stored(call)
    record.completion = {**record.completion, "metadata": call.body["metadata"] or {}}
    return json_answer(record.completion, headers=request_id(call))


def delete_completion(call: Call) -> Answer:
    """Forget a completion."""
    record = _stored(call)
    del call.world.state.chats[record.id]
    answer = {"id": record.id, "object": "chat.completion.deleted", "deleted": True}
    return json_answer(answer, headers=request_id(call))


def list_messages(call: Call) -> Answer:
    """Show one page of the messages that a completion answered."""
    return json_answer(page(_stored(call).messages, read_query(call)), headers=request_id(call))


def _stored(call: Call) -> StoredChat:
    completion_id = call.path["completion_id"]
    record = call.world.state.chats.get(completion_id)
    if record is None or not _is_own(call, record):
        raise Refusal(404, f"Completion with id '{completion_id}' not found.")
    return record


def _is_own(call: Call, record: StoredChat) -> bool:
    return record.workspace == call.signed_in.workspace.id


def _kept(message_id: str, message: Json) -> Json:
    """Return a message as it is listed: the parts of a content stand beside it."""
    content = message.get("content")
    is_parts = isinstance(content, list)
    return {
        **message,
        "id": message_id,
        "content": None if is_parts else content,
        "content_parts": content if is_parts else None,
    }
