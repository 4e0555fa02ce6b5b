"""The headings that clients put threads under, and the order of the threads there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codex_mockserver.app_server._call import Call, Handler, Json
from codex_mockserver.app_server._errors import INVALID_PARAMS, RpcError
from codex_mockserver.app_server._tasks import Steps
from codex_mockserver.app_server.threads._paging import page_size
from codex_mockserver.app_server.threads.forms import section_form, sections_of
from codex_mockserver.app_server.threads.ids import checked_id
from codex_mockserver.world import PINNED_SECTION, Thread, ThreadSection, World

if TYPE_CHECKING:
    from codex_mockserver.app_server._server import AppServer

__all__ = ["HANDLERS"]

#: The distance between the places of neighbours, so that others fit between.
_STEP = 1_000_000
_CAPACITY = 1000


def list_sections(call: Call) -> Json:
    """Return a page of the sections, the built-in one first; its cursor is the last section's id."""
    ids = list(sections_of(call.server))
    if (cursor := call.get("cursor")) is not None:
        ids = ids[ids.index(cursor) + 1 :] if cursor in ids else []
    shown = ids[: page_size(call.get("limit"))]
    return {
        "data": [section_form(call.server, section_id) for section_id in shown],
        "nextCursor": shown[-1] if len(shown) < len(ids) else None,
    }


def create(call: Call) -> Json:
    """Make a section; several may have the same name."""
    server = call.server
    name = _name(call)
    section = ThreadSection(server.world.ids.uuid7(server.world.now()), name, call.get("appearance"))
    World.remember(sections_of(server), section.id, section, _CAPACITY)
    return {"section": section_form(server, section.id)}


def update(call: Call) -> Json:
    """Rename a section."""
    section = _own_section(call, "renamed")
    section.name = _name(call)
    section.appearance = call.get("appearance", section.appearance)
    return {"section": section_form(call.server, section.id)}


def delete(call: Call) -> Json:
    """Delete a section; its threads are in none then."""
    section = _own_section(call, "deleted")
    for record in call.server.threads.all():
        if record.section_id == section.id:
            call.server.threads.known(record.id)
            _put(record, None, 0, None)
    del sections_of(call.server)[section.id]
    return {}


def move(call: Call) -> Json:
    """Put a thread into a section, at its end or before another thread there; or take it out."""
    server = call.server
    thread_id = checked_id(call.params["threadId"])
    record = server.threads.known(thread_id)
    if record is None:
        raise RpcError(f"thread not found: {thread_id}")
    if record.is_ephemeral:
        raise RpcError(f"ephemeral thread does not support section moves: {thread_id}")
    record.is_kept = True
    section_id, before = call.params.get("sectionId"), call.get("beforeThreadId")
    if section_id is None and before is not None:
        raise RpcError("beforeThreadId requires a non-null sectionId")
    if section_id is not None and section_id not in sections_of(server):
        raise RpcError(f"section {section_id} does not exist")
    place = 0 if section_id is None else _place(server, record, section_id, before)
    _put(record, section_id, place, server.world.now())
    call.afterwards(_tell(server, record))
    return {}


def _name(call: Call) -> str:
    name: str = call.params["name"].strip()
    if not name:
        raise RpcError("section name must not be empty", INVALID_PARAMS)
    return name


def _own_section(call: Call, done: str) -> ThreadSection:
    """Return a section that a client made."""
    section_id = call.params["sectionId"]
    section = sections_of(call.server).get(section_id)
    if section is None:
        raise RpcError(f"thread section not found: {section_id}", INVALID_PARAMS)
    if section_id == PINNED_SECTION:
        raise RpcError(f"the built-in pinned section cannot be {done}", INVALID_PARAMS)
    return section


def _place(server: AppServer, record: Thread, section_id: str, before: str | None) -> int:
    """Return where a thread comes to stand in a section."""
    others = [each for each in server.threads.all() if each.section_id == section_id and each is not record]
    others.sort(key=lambda each: each.section_position)
    if before is None:
        return (others[-1].section_position if others else 0) + _STEP
    if checked_id(before, "invalid before thread id: ") == record.id:
        raise RpcError(f"thread {record.id} cannot be moved before itself")
    index = next((index for index, each in enumerate(others) if each.id == before), None)
    if index is None:
        raise RpcError(f"before thread {before} is not in section {section_id}")
    lower = others[index - 1].section_position if index else 0
    if others[index].section_position - lower < 2:  # noqa: PLR2004 (nothing fits between neighbours)
        for place, each in enumerate(others, 1):
            server.threads.known(each.id)
            each.section_position = place * _STEP
        lower = others[index].section_position - _STEP
    return (lower + others[index].section_position) // 2


def _put(record: Thread, section_id: str | None, place: int, now: float | None) -> None:
    if section_id != record.section_id:
        record.section_entered_at = None if section_id is None else now
    record.section_id, record.section_position = section_id, place


def _tell(server: AppServer, record: Thread) -> Steps:
    server.notify_all("thread/section/changed", {"threadId": record.id, "sectionId": record.section_id})
    yield from ()


HANDLERS: dict[str, Handler] = {
    "threadSection/list": list_sections,
    "threadSection/create": create,
    "threadSection/update": update,
    "threadSection/delete": delete,
    "thread/section/move": move,
}
