"""``externalAgentConfig/*``: taking over the settings of other agents."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codex_mockserver.app_server._call import Call, Handler, Json
from codex_mockserver.app_server._kept import kept
from codex_mockserver.app_server._tasks import Steps
from codex_mockserver.world import ExternalImport

if TYPE_CHECKING:
    from codex_mockserver.app_server._server import AppServer

__all__ = ["HANDLERS"]

#: How many imports are remembered.
_MOST_IMPORTS = 1000


def detect(call: Call) -> Json:
    """Tell what could be taken over: from the home, and from the folders that the client names."""
    setup, folders = call.server.setup.external_agents, call.get("cwds", [])
    with_home = call.get("includeHome", False)
    items = [item for item in setup.items if (item.get("cwd") in folders if item.get("cwd") else with_home)]
    return {"items": items, "connectors": setup.connectors if with_home else []}


def begin_import(call: Call) -> Json:
    """Take over some of it; how that went is told later, kind by kind."""
    items, server = call.params["migrationItems"], call.server
    import_id = server.world.ids.uuid()
    if items:
        call.afterwards(_import(server, import_id, items, call.get("providerId")))
    return {"importId": import_id}


def read_histories(call: Call) -> Json:
    """Tell the imports so far, the latest first."""
    rows = [
        {
            "importId": done.id,
            "providerId": done.provider_id,
            "completedAtMs": int(done.completed_at * 1000),
            "successes": done.successes,
            "failures": done.failures,
        }
        for done in reversed(kept(call.server).imports)
    ]
    return {"data": rows, "connectors": []}


def record_history(call: Call) -> Json:
    """Remember an import that the client did itself."""
    import_id = call.server.world.ids.uuid()
    _remember(call.server, import_id, call.params["itemTypeResults"], call.params["providerId"])
    return {"importId": import_id}


def _import(server: AppServer, import_id: str, items: list[Json], provider_id: str | None) -> Steps:
    kinds = list(dict.fromkeys(item["itemType"] for item in items))
    results = [_result(server, kind, [item for item in items if item["itemType"] == kind]) for kind in kinds]
    _remember(server, import_id, results, provider_id)
    for result in results:
        told = {"importId": import_id, "itemTypeResults": [result]}
        server.notify_all("externalAgentConfig/import/progress", told)
    server.notify_all("externalAgentConfig/import/completed", {"importId": import_id, "itemTypeResults": results})
    yield from ()


def _result(server: AppServer, kind: str, items: list[Json]) -> Json:
    """Return how one kind went: what was detected succeeds, unless the scenario says that it fails."""
    setup = server.setup.external_agents
    known = [each for each in setup.items if any(_is_same(item, each) for item in items)]
    places = [_place(item) for item in known]
    if (reason := setup.failures.get(kind)) is not None:
        failures = [{**place, "failureStage": "import", "message": reason} for place in places]
        return {"itemType": kind, "successes": [], "failures": failures}
    return {"itemType": kind, "successes": places if server.traits.tells_imports else [], "failures": []}


def _place(item: Json) -> Json:
    """Return where an item came from and went, as far as the scenario says it."""
    return {key: item.get(key) for key in ("itemType", "cwd", "source", "target", "title")}


def _is_same(item: Json, detected: Json) -> bool:
    return all(item.get(key) == detected.get(key) for key in ("itemType", "cwd"))


def _remember(server: AppServer, import_id: str, results: list[Json], provider_id: str | None) -> None:
    done = ExternalImport(import_id, provider_id, server.world.now())
    for result in results:
        done.successes.extend(result["successes"])
        done.failures.extend(result["failures"])
    imports = kept(server).imports
    imports.append(done)
    del imports[:-_MOST_IMPORTS]


HANDLERS: dict[str, Handler] = {
    "externalAgentConfig/detect": detect,
    "externalAgentConfig/import": begin_import,
    "externalAgentConfig/import/readHistories": read_histories,
    "externalAgentConfig/import/recordHistory": record_history,
}
