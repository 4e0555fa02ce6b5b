"""``thread/list``: the threads that are kept, filtered, sorted and cut into pages."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from codex_mockserver.app_server._call import Call, Handler, Json
from codex_mockserver.app_server._errors import INVALID_PARAMS, RpcError
from codex_mockserver.app_server.threads._list_cursors import (
    PLACE,
    ListCursor,
    cursor_after,
    cursor_back,
    read_list_cursor,
)
from codex_mockserver.app_server.threads._paging import page_size
from codex_mockserver.app_server.threads._projects import known_project
from codex_mockserver.app_server.threads.forms import read_state_form, row_form
from codex_mockserver.app_server.threads.ids import checked_id
from codex_mockserver.world import Thread

__all__ = ["HANDLERS", "Page", "page_of", "sources_wanted"]

Wanted = Callable[[Thread], bool]

#: What threads are sorted by: milliseconds, or the place in a section.
_VALUES: dict[str, Callable[[Thread], int]] = {
    "created_at": lambda record: round(record.created_at * 1000),
    "updated_at": lambda record: round(record.updated_at * 1000),
    "recency_at": lambda record: round(record.recency_at * 1000),
    PLACE: lambda record: record.section_position,
}
#: The kinds of sources that are shown when none are asked for.
_INTERACTIVE = ("cli", "vscode")
#: What stands below ``subAgent`` in a source, by the kind that asks for it.
_SUB_AGENTS = {
    "subAgentReview": "review",
    "subAgentCompact": "compact",
    "subAgentThreadSpawn": "thread_spawn",
    "subAgentOther": "other",
}


@dataclass(frozen=True, slots=True)
class Page:
    """Threads in their order, with the cursors that lead on and back."""

    rows: list[Thread]
    next_cursor: str | None
    back_cursor: str | None


def list_threads(call: Call) -> Json:
    """Return a page of threads, the newest first unless asked otherwise."""
    if call.get("sortKey") == PLACE and call.get("sectionId") is None:
        raise RpcError("section-position sorting requires a section filter")
    wanted = [make(call, call.params[name]) for name, make in _FILTERS.items() if call.params.get(name) is not None]
    wanted += [sources_wanted(call), _is_shown(call), _attachment_wanted(call)]
    archived = call.get("archived", False)
    found = [
        record
        for record in call.server.threads.all()
        if record.is_archived == archived and all(each(record) for each in wanted)
    ]
    page = page_of(call, found)
    states = {record.id: state for record in page.rows if (state := read_state_form(record))}
    return {
        "data": [row_form(call.server, record) for record in page.rows],
        "nextCursor": page.next_cursor,
        "backwardsCursor": page.back_cursor,
        "readStates": states,
    }


def page_of(call: Call, found: list[Thread]) -> Page:
    """Sort threads as a request wants it, and return the page that it asks for.

    Args:
        call: A request with ``sortKey``, ``sortDirection``, ``cursor`` and ``limit``, each optional.
        found: Threads in the order in which they began.
    """
    key = call.get("sortKey", "created_at")
    ascending = call.get("sortDirection", "asc" if key == PLACE else "desc") == "asc"
    value = _VALUES[key]
    ordered = sorted(found if ascending else reversed(found), key=value, reverse=not ascending)
    cursor = read_list_cursor(call.get("cursor"), key)
    rest = ordered if cursor is None else _after(ordered, cursor, value, ascending=ascending)
    rows = rest[: page_size(call.get("limit"))]
    named = call.server.traits.cursors_name_threads
    return Page(
        rows,
        cursor_after(key, value(rows[-1]), rows[-1].id, named=named) if len(rest) > len(rows) else None,
        cursor_back(key, value(rows[0]), rows[0].id, ascending=ascending) if rows else None,
    )


def sources_wanted(call: Call) -> Wanted:
    """Return whether a thread's source is of a kind that a request asks for."""
    kinds = call.get("sourceKinds")
    if not kinds and _names_relation(call):
        return lambda _record: True
    return lambda record: any(_is_kind(record.source, kind) for kind in kinds or _INTERACTIVE)


def _after(
    ordered: list[Thread], cursor: ListCursor, value: Callable[[Thread], int], *, ascending: bool
) -> list[Thread]:
    """Return the threads that come after a cursor: after the one it names, or after its value."""
    for index, record in enumerate(ordered):
        if record.id == cursor.thread_id:
            return ordered[index + 1 :]
    return [record for record in ordered if cursor.precedes(value(record), ascending=ascending)]


def _is_kind(source: Any, kind: str) -> bool:
    if not isinstance(source, dict):
        return bool(source == kind)
    inner = source.get("subAgent")
    if inner is None:
        return kind == "unknown"
    name = inner if isinstance(inner, str) else next(iter(inner), "")
    return kind == "subAgent" or _SUB_AGENTS.get(kind) == name


def _is_shown(call: Call) -> Wanted:
    """Return whether a thread is to be seen: one with a preview, or any of a section, a family, the archive."""
    if (
        call.get("sectionId") is not None
        or _names_relation(call)
        or (call.get("archived") and call.server.traits.archives_empty_threads)
    ):
        return lambda _record: True
    return lambda record: bool(record.preview)


def _names_relation(call: Call) -> bool:
    return call.get("parentThreadId") is not None or call.get("ancestorThreadId") is not None


def _attachment_wanted(call: Call) -> Wanted:
    if call.get("includeAttachedThreads"):
        if not call.get("searchTerm"):
            raise RpcError("includeAttachedThreads requires a non-empty searchTerm")
        return lambda _record: True
    if (attached_to := call.get("attachedToThreadId")) is not None:
        attached_to = checked_id(attached_to, "invalid attached thread parent id: ")
    return lambda record: record.attached_to_id == attached_to


def _cwd(_call: Call, wanted: Any) -> Wanted:
    folders = [wanted] if isinstance(wanted, str) else wanted
    return lambda record: record.cwd in folders


def _providers(_call: Call, wanted: list[str]) -> Wanted:
    return lambda record: not wanted or record.settings["modelProvider"] in wanted


def _term(_call: Call, term: str) -> Wanted:
    return lambda record: term in record.preview or term in (record.name or "")


def _parent(call: Call, parent_id: str) -> Wanted:
    if call.get("ancestorThreadId") is not None:
        raise RpcError("parentThreadId and ancestorThreadId are mutually exclusive")
    parent_id = checked_id(parent_id, "invalid parent thread id: ")
    return lambda record: record.parent_id == parent_id


def _ancestor(call: Call, ancestor_id: str) -> Wanted:
    ancestor_id = checked_id(ancestor_id, "invalid ancestor thread id: ")
    ids = {record.id for record in call.server.threads.children(ancestor_id)}
    return lambda record: record.id in ids


def _project(call: Call, project_id: str) -> Wanted:
    known_project(call.server, project_id)
    return lambda record: record.project_id == project_id


def _section(_call: Call, section_id: str) -> Wanted:
    return lambda record: record.section_id == section_id


def _excluded(_call: Call, ids: list[str]) -> Wanted:
    for each in ids:
        checked_id(each, "invalid excluded thread id: ", INVALID_PARAMS)
    return lambda record: record.id not in ids


def _originators(_call: Call, _wanted: list[str]) -> Wanted:
    raise RpcError("originator filtering is not supported by the local app-server", INVALID_PARAMS)


#: What makes a filter out of a param.
_FILTERS: dict[str, Callable[[Call, Any], Wanted]] = {
    "cwd": _cwd,
    "modelProviders": _providers,
    "searchTerm": _term,
    "parentThreadId": _parent,
    "ancestorThreadId": _ancestor,
    "projectId": _project,
    "sectionId": _section,
    "excludedThreadIds": _excluded,
    "originators": _originators,
}

HANDLERS: dict[str, Handler] = {"thread/list": list_threads}
