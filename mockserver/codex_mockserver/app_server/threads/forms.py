"""Threads and turns as the wire has them; the release's shape is given later."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from codex_mockserver.app_server.threads.loaded import NOT_LOADED
from codex_mockserver.world import PINNED_SECTION, Thread, ThreadSection, ThreadTurn

if TYPE_CHECKING:
    from codex_mockserver.app_server._server import AppServer

__all__ = [
    "brief_form",
    "kept_path",
    "read_state_form",
    "row_form",
    "section_form",
    "sections_of",
    "thread_form",
    "turn_form",
]

Json = dict[str, Any]


def thread_form(server: AppServer, record: Thread, turns: Iterable[Json] = ()) -> Json:
    """Return a thread as it is told to clients, with the turns that are to be seen."""
    loaded = server.threads.loaded.get(record.id)
    return {
        "id": record.id,
        "sessionId": record.id,
        "forkedFromId": record.forked_from_id,
        "attachedToThreadId": record.attached_to_id,
        "parentThreadId": record.parent_id,
        "preview": record.preview,
        "ephemeral": record.is_ephemeral,
        "historyMode": record.history_mode,
        "model": record.settings["model"],
        "modelProvider": record.settings["modelProvider"],
        "reasoningEffort": record.settings["reasoningEffort"],
        "createdAt": int(record.created_at),
        "updatedAt": int(record.updated_at),
        "recencyAt": int(record.recency_at),
        "status": loaded.status if loaded else NOT_LOADED,
        "path": kept_path(server.home, record),
        "cwd": record.told_cwd or record.cwd,
        "cliVersion": record.cli_version,
        "source": record.source,
        "threadSource": record.thread_source,
        "originator": record.originator,
        "agentNickname": record.agent_nickname,
        "agentRole": record.agent_role,
        "gitInfo": record.git_info,
        "name": record.name,
        "section": section_form(server, record.section_id),
        "sectionEnteredAt": None if record.section_entered_at is None else int(record.section_entered_at),
        "projectId": record.project_id,
        "canAcceptDirectInput": True if loaded and record.parent_id is None else _takes_input(record),
        "daybreakEnabled": record.is_daybreak,
        "environments": record.environments if loaded else None,
        "turns": list(turns),
    }


def brief_form(server: AppServer, record: Thread) -> Json:
    """Return a thread as it is told where nobody comes to it: not whether it takes input."""
    return {**thread_form(server, record), "canAcceptDirectInput": _takes_input(record)}


def _takes_input(record: Thread) -> bool | None:
    """Tell whether a thread takes input of the user, where that is known of threads that nobody came to."""
    return None if record.parent_id is None else False


def row_form(server: AppServer, record: Thread) -> Json:
    """Return a thread as it stands in lists, which say less."""
    return {**brief_form(server, record), "forkedFromId": None}


def kept_path(home: str, record: Thread) -> str | None:
    """Return where the real one would keep a thread; None where it would not."""
    if record.is_ephemeral:
        return None
    begun = datetime.fromtimestamp(record.created_at, UTC)
    name = f"rollout-{begun:%Y-%m-%dT%H-%M-%S}-{record.id}{record.revision and f'_{record.revision}'}.jsonl"
    return f"{home}/archived_sessions/{name}" if record.is_archived else f"{home}/sessions/{begun:%Y/%m/%d}/{name}"


def sections_of(server: AppServer) -> dict[str, ThreadSection]:
    """Return the sections by their id, in the order in which they were made; one is always there."""
    sections = server.world.state.thread_sections
    if PINNED_SECTION not in sections:
        sections[PINNED_SECTION] = ThreadSection(PINNED_SECTION, "Pinned")
    return sections


def section_form(server: AppServer, section_id: str | None) -> Json | None:
    """Return a section by its id; None without one."""
    section = sections_of(server).get(section_id) if section_id else None
    return None if section is None else {"id": section.id, "name": section.name, "appearance": section.appearance}


def read_state_form(record: Thread) -> Json | None:
    """Return how far a thread was read; None where there is nothing to read."""
    if record.is_ephemeral or not record.is_kept or record.parent_id is not None:
        return None
    return {"firstUnread": record.first_unread, "revision": record.read_revision or f"initial:{record.id}"}


def turn_form(turn: ThreadTurn, items: Iterable[Json] = (), view: str = "notLoaded") -> Json:
    """Return a turn as it is told to clients.

    Args:
        turn: The turn.
        items: Those of its items that are shown.
        view: Which these are: ``notLoaded``, ``summary`` or ``full``.
    """
    started, completed = turn.started_at, turn.completed_at
    return {
        "id": turn.id,
        "items": list(items),
        "itemsView": view,
        "status": turn.status,
        "error": turn.error,
        "startedAt": None if started is None else int(started),
        "completedAt": None if completed is None else int(completed),
        "durationMs": None if started is None or completed is None else round(1000 * (completed - started)),
        "rootTurnId": turn.root_turn_id or turn.id,
    }
