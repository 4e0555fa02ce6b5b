"""``thread/settings/update``: what the next turns run with."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codex_mockserver.app_server._call import Call, Handler, Json
from codex_mockserver.app_server._tasks import Steps
from codex_mockserver.app_server.threads.overrides import change_settings, tell_settings

if TYPE_CHECKING:
    from codex_mockserver.app_server.threads.loaded import LoadedThread

__all__ = ["HANDLERS"]


def update(call: Call) -> Json:
    """Change the settings of a thread; its subscribers are told when anything is different."""
    thread = call.server.threads.find(call.params["threadId"])
    if change_settings(thread, call.params):
        call.afterwards(_tell(thread))
    return {}


def _tell(thread: LoadedThread) -> Steps:
    tell_settings(thread)
    yield from ()


HANDLERS: dict[str, Handler] = {"thread/settings/update": update}
