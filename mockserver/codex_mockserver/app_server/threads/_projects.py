"""``project/*``: folders that belong together, with their threads."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from codex_mockserver.app_server._call import Call, Handler, Json
from codex_mockserver.app_server._errors import INVALID_PARAMS, RpcError
from codex_mockserver.app_server.threads._paging import page_size
from codex_mockserver.world import Project, Thread

if TYPE_CHECKING:
    from codex_mockserver.app_server._server import AppServer

__all__ = ["HANDLERS", "assign_project", "known_project"]

_CAPACITY = 1000
_CURSOR = re.compile(r"(?:\d+|v1\|(?:position|recencyAt)\|(?:asc|desc)\|(?:\d+|null))\|([0-9a-f-]{36})")


def list_projects(call: Call) -> Json:
    """Return a page of projects, in their own order or by when they were last used."""
    key, direction = call.get("sortKey"), call.get("sortDirection")
    if direction is not None and key is None:
        raise RpcError("sortDirection requires sortKey", INVALID_PARAMS)
    ordered = _living(call.server)
    if key == "recencyAt":
        ordered.sort(key=lambda project: project.recency_at or 0.0)
    if (direction or _DIRECTIONS.get(key, "asc")) == "desc":
        ordered.reverse()
    rest = ordered[_begin(call, ordered) :]
    shown = rest[: page_size(call.get("limit"))]
    return {
        "data": [_form(call.server, project) for project in shown],
        "nextCursor": _cursor(call.server, shown[-1], key, direction) if len(shown) < len(rest) else None,
    }


def create(call: Call) -> Json:
    """Make a project; the same key gives the same project again."""
    project, is_new = _made(call)
    if is_new:
        _tell(call.server, project, "created")
    return {"project": _form(call.server, project)}


def import_project(call: Call) -> Json:
    """Make a project and put threads into it."""
    records = [(thread_id, call.server.threads.known(thread_id)) for thread_id in call.get("threads", [])]
    for thread_id, record in records:
        if record is None:
            raise RpcError(f"thread not found: {thread_id}", INVALID_PARAMS)
    project, is_new = _made(call)
    if is_new:
        _tell(call.server, project, "created")
        for _, record in records:
            if record is not None:
                assign_project(call.server, record, project)
    return {"project": _form(call.server, project)}


def read(call: Call) -> Json:
    """Return a project."""
    return {"project": _form(call.server, known_project(call.server, call.params["projectId"]))}


def update(call: Call) -> Json:
    """Change a project."""
    server = call.server
    project = known_project(server, call.params["projectId"])
    name, roots, metadata = call.get("name"), call.get("roots"), call.get("metadata")
    if name is None and roots is None and metadata is None:
        return {"project": _form(server, project)}
    project.name = project.name if name is None else _checked_name(name)
    project.roots = project.roots if roots is None else _checked_roots(roots)
    project.metadata = project.metadata if metadata is None else metadata
    project.updated_at = server.world.now()
    _tell(server, project, "updated")
    return {"project": _form(server, project)}


def move(call: Call) -> Json:
    """Put a project before another one, or at the end."""
    server = call.server
    project = known_project(server, call.params["projectId"])
    before = call.get("beforeProjectId")
    if before == project.id:
        raise RpcError(f"project {project.id} cannot be moved before itself", INVALID_PARAMS)
    others = [each for each in _living(server) if each is not project]
    place = len(others)
    if before is not None:
        known_project(server, before, RpcError(f"before project not found: {before}", INVALID_PARAMS))
        place = next(index for index, each in enumerate(others) if each.id == before)
    # The table's order is the projects' order.
    table = server.world.state.projects
    for each in [*others[:place], project, *others[place:]]:
        table[each.id] = table.pop(each.id)
    _tell(server, project, "updated")
    return {}


def delete(call: Call) -> Json:
    """Delete a project; its threads stay, in none."""
    server = call.server
    project = known_project(server, call.params["projectId"])
    project.is_deleted = True
    for record in server.threads.all():
        if record.project_id == project.id:
            _assign(server, record, None)
    _tell(server, project, "deleted")
    return {}


def known_project(server: AppServer, project_id: str, refusal: RpcError | None = None) -> Project:
    """Return a project.

    Args:
        server: The server.
        project_id: Its id.
        refusal: What is raised when there is none; left out, invalid params.
    """
    project = server.world.state.projects.get(project_id)
    if project is None or project.is_deleted:
        raise refusal or RpcError(f"project not found: {project_id}", INVALID_PARAMS)
    return project


def assign_project(server: AppServer, record: Thread, project: Project) -> None:
    """Put a thread into a project, and tell everyone."""
    project.recency_at = server.world.now()
    _assign(server, record, project.id)


def _assign(server: AppServer, record: Thread, project_id: str | None) -> None:
    server.threads.known(record.id)
    if record.project_id != project_id:
        record.project_id = project_id
        server.notify_all("thread/project/updated", {"threadId": record.id, "projectId": project_id})


def _made(call: Call) -> tuple[Project, bool]:
    """Return the project of a key, and whether it is new."""
    server, key = call.server, call.params["idempotencyKey"]
    if not key:
        raise RpcError("idempotencyKey must not be empty", INVALID_PARAMS)
    table = server.world.state.projects
    for project in table.values():
        if project.key == key:
            if project.is_deleted:
                raise RpcError(f"idempotency key refers to deleted project: {key}", INVALID_PARAMS)
            return project, False
    name, roots, now = _checked_name(call.params["name"]), _checked_roots(call.params["roots"]), server.world.now()
    project = Project(server.world.ids.uuid7(now), key, name, roots, call.get("metadata", {}), now, now)
    server.world.remember(table, project.id, project, _CAPACITY)
    return project, True


def _checked_name(name: str) -> str:
    if not name.strip():
        raise RpcError("project name must not be empty", INVALID_PARAMS)
    return name.strip()


def _checked_roots(roots: list[Json]) -> list[Json]:
    paths = [root["path"] for root in roots]
    for index, path in enumerate(paths):
        if path in paths[:index]:
            raise RpcError(f"duplicate project root: {path}", INVALID_PARAMS)
    return [{"path": path} for path in paths]


def _living(server: AppServer) -> list[Project]:
    return [project for project in server.world.state.projects.values() if not project.is_deleted]


def _begin(call: Call, ordered: list[Project]) -> int:
    """Return the index at which a page begins."""
    if (text := call.get("cursor")) is None:
        return 0
    found = _CURSOR.fullmatch(text)
    for index, project in enumerate(ordered if found else ()):
        if found and project.id == found[1]:
            return index + 1
    why = "malformed or mismatched sort anchor" if call.server.traits.explains_project_cursors else text
    raise RpcError(f"invalid project cursor: {why}", INVALID_PARAMS)


def _cursor(server: AppServer, project: Project, key: str | None, direction: str | None) -> str:
    form = _form(server, project)
    if key is None:
        return f"{form['position']}|{project.id}"
    value: Any = "null" if form[key] is None else form[key]
    return f"v1|{key}|{direction or _DIRECTIONS[key]}|{value}|{project.id}"


def _form(server: AppServer, project: Project) -> Json:
    position = next(index for index, each in enumerate(_living(server)) if each is project)
    return {
        "id": project.id,
        "name": project.name,
        "roots": project.roots,
        "metadata": project.metadata,
        "position": position,
        "createdAt": int(project.created_at),
        "updatedAt": int(project.updated_at),
        "recencyAt": None if project.recency_at is None else int(project.recency_at),
    }


def _tell(server: AppServer, project: Project, change: str) -> None:
    server.notify_all("project/changed", {"projectId": project.id, "changeType": change})


_DIRECTIONS: dict[str | None, str] = {"position": "asc", "recencyAt": "desc"}

HANDLERS: dict[str, Handler] = {
    "project/list": list_projects,
    "project/create": create,
    "project/import": import_project,
    "project/read": read,
    "project/update": update,
    "project/move": move,
    "project/delete": delete,
}
