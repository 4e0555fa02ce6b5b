"""Stored responses: shown as they are at an instant, since those in the background run with the world's clock."""

from __future__ import annotations

from typing import Any

from codex_mockserver.world import StoredResponse, Workspace, World, advance, can

__all__ = [
    "QUEUED_SECONDS",
    "WORKING_SECONDS",
    "cancel",
    "find",
    "find_item",
    "forget",
    "has_ended",
    "history",
    "shown",
    "store",
]

Json = dict[str, Any]

#: Stored responses of a world; each holds its whole conversation.
CAPACITY = 1_000

#: Seconds of the world's time that a background response waits, and that the model then works on it.
QUEUED_SECONDS = 0.2
WORKING_SECONDS = 0.8


def store(world: World, record: StoredResponse) -> None:
    """Keep a response."""
    world.remember(world.state.responses, record.id, record, CAPACITY)


def find(world: World, workspace: Workspace, response_id: str) -> StoredResponse | None:
    """Return a stored response of a workspace."""
    record = world.state.responses.get(response_id)
    return record if record is not None and record.workspace == workspace.id else None


def find_item(world: World, workspace: Workspace, item_id: str) -> Json | None:
    """Return an item that a stored response of a workspace was made from, or that it holds."""
    for record in reversed(world.state.responses.values()):
        if record.workspace == workspace.id:
            for item in history(record):
                if item["id"] == item_id:
                    return item
    return None


def forget(world: World, record: StoredResponse) -> None:
    """Remove a response."""
    del world.state.responses[record.id]


def history(record: StoredResponse) -> list[Json]:
    """Return the conversation after a response: everything that the model saw and said."""
    return [*record.input_items, *record.response["output"]]


def has_ended(record: StoredResponse, now: float) -> bool:
    """Tell whether a response changes no more."""
    return not can("turn", _status(record, now), "cancel")


def shown(record: StoredResponse, now: float) -> Json:
    """Return the response object as it is at an instant."""
    status = _status(record, now)
    return record.response if status == record.response["status"] else {**record.opening, "status": status}


def cancel(record: StoredResponse, now: float) -> None:
    """Stop a response; one that has ended stays as it is."""
    record.is_cancelled |= not has_ended(record, now)


def _status(record: StoredResponse, now: float) -> str:
    """Return the state of a response at an instant, as in the table ``turn``."""
    if now >= record.ends_at and not record.is_cancelled:
        return str(record.response["status"])
    status = advance("turn", "queued", "start") if now >= record.starts_at else "queued"
    return advance("turn", status, "cancel") if record.is_cancelled else status
