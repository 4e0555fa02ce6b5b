"""Making new threads: by a start, out of another one, or out of a history."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from codex_mockserver.app_server._call import Call
from codex_mockserver.app_server._errors import RpcError
from codex_mockserver.app_server._tasks import Steps
from codex_mockserver.app_server.configuration import unstable_warning
from codex_mockserver.app_server.mcp import tell_startup
from codex_mockserver.app_server.threads.forms import thread_form
from codex_mockserver.world import Thread

if TYPE_CHECKING:
    from codex_mockserver.app_server._server import AppServer
    from codex_mockserver.app_server.threads.loaded import LoadedThread

__all__ = ["announce", "environments_of", "new_thread", "warn_of_switches"]

Json = dict[str, Any]

_LOCAL = "local"


def new_thread(call: Call, cwd: str, settings: Json) -> Thread:
    """Return the record of a new thread that works in a folder with these settings."""
    server = call.server
    now = server.world.now()
    paged = server.traits.paginated_history
    return Thread(
        id=server.world.ids.uuid7(now),
        cwd=cwd,
        created_at=now,
        updated_at=now,
        recency_at=now,
        settings=settings,
        cli_version=server.version,
        history_mode=call.get("historyMode", "paginated" if paged else "legacy"),
        originator=call.connection.client_name,
        thread_source=call.get("threadSource"),
        is_ephemeral=call.get("ephemeral", False),
        developer_instructions=call.get("developerInstructions"),
        environments=environments_of(server, cwd, settings["runtimeWorkspaceRoots"]),
    )


def environments_of(server: AppServer, cwd: str, roots: list[str], wanted: list[Json] | None = None) -> list[Json]:
    """Return where a thread works; the machine itself is the only place.

    Raises:
        RpcError: Another place is wanted.
    """
    for each in wanted or ():
        if each["environmentId"] != _LOCAL:
            raise RpcError(f"unknown turn environment id `{each['environmentId']}`")
    if wanted is None or not server.traits.follows_environments:
        return [{"environmentId": _LOCAL, "cwd": cwd, "runtimeWorkspaceRoots": roots}]
    return [{"runtimeWorkspaceRoots": [each["cwd"]], **each} for each in wanted]


def announce(thread: LoadedThread) -> Steps:
    """Tell everyone that a thread has begun."""
    thread.server.notify_all("thread/started", {"thread": thread_form(thread.server, thread.record)})
    warn_of_switches(thread)
    tell_startup(thread)
    yield from ()


def warn_of_switches(thread: LoadedThread) -> None:
    """Warn the subscribers of a new thread of unfinished switches that are on."""
    if (warning := unstable_warning(thread.server)) is not None:
        thread.notify("warning", {"message": warning})
