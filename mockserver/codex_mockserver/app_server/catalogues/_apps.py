"""``app/*``: the apps that the account is connected to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codex_mockserver.app_server._call import Call, Handler, Json
from codex_mockserver.app_server.configuration import enabled_features

if TYPE_CHECKING:
    from codex_mockserver.app_server._server import AppServer

__all__ = ["HANDLERS"]


def list_apps(call: Call) -> Json:
    """Tell the apps in pages; a cursor that is no offset counts as none."""
    cursor = call.get("cursor", "")
    rows = _apps(call.server)
    _tell_once(call, rows)
    start = int(cursor) if cursor.isascii() and cursor.isdigit() else 0
    end = start + max(call.get("limit", len(rows)), 1)
    return {"data": rows[start:end], "nextCursor": str(end) if end < len(rows) else None}


def list_installed(call: Call) -> Json:
    """Tell the apps that can be used."""
    rows = [
        {
            "id": app["id"],
            "runtimeName": app["name"],
            "enabled": app["isEnabled"],
            "callable": app["isEnabled"] and app["isAccessible"],
        }
        for app in _apps(call.server)
        if app["isAccessible"]
    ]
    return {"apps": rows}


def read_apps(call: Call) -> Json:
    """Tell some apps in full, and which of them are not known."""
    known = {app["id"]: app for app in _apps(call.server)}
    wanted = call.params["appIds"]
    found = [_in_full(known[each], with_tools=call.get("includeTools", False)) for each in wanted if each in known]
    return {"apps": found, "missingAppIds": [each for each in wanted if each not in known]}


def _tell_once(call: Call, rows: list[Json]) -> None:
    """Tell everyone the apps when they are fetched: the first time, and when a client wants them anew."""
    process = call.server.process
    if _are_on(call.server) and (call.get("forceRefetch", False) or not process.has_apps):
        process.has_apps = True
        call.server.notify_all("app/list/updated", {"data": rows})


def _are_on(server: AppServer) -> bool:
    """Tell whether there are apps at all: they need a ChatGPT login."""
    return server.account.is_chatgpt and enabled_features(server).get("apps", True)


def _apps(server: AppServer) -> list[Json]:
    """Return the apps in full."""
    if not _are_on(server):
        return []
    return [{"isAccessible": True, "isEnabled": True, "pluginDisplayNames": [], **app} for app in server.setup.apps]


def _in_full(app: Json, *, with_tools: bool) -> Json:
    return {**app, "toolSummaries": app.get("toolSummaries", []) if with_tools else None}


HANDLERS: dict[str, Handler] = {"app/list": list_apps, "app/installed": list_installed, "app/read": read_apps}
