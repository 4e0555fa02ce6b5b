"""Threads: their life, and how they are read."""

from codex_mockserver.app_server._call import Handler
from codex_mockserver.app_server.threads import (
    _archiving,
    _attachments,
    _extras,
    _fork,
    _goals,
    _injection,
    _listing,
    _naming,
    _projects,
    _queue,
    _read_state,
    _reading,
    _realtime,
    _resume,
    _reverting,
    _sampling,
    _search,
    _sections,
    _settings_update,
    _start,
    _subscription,
    _turn_pages,
)
from codex_mockserver.app_server.threads._threads import Threads
from codex_mockserver.app_server.threads.loaded import LoadedThread

__all__ = ["HANDLERS", "LoadedThread", "Threads"]

HANDLERS: dict[str, Handler] = {
    **_start.HANDLERS,
    **_resume.HANDLERS,
    **_fork.HANDLERS,
    **_reading.HANDLERS,
    **_turn_pages.HANDLERS,
    **_listing.HANDLERS,
    **_search.HANDLERS,
    **_naming.HANDLERS,
    **_settings_update.HANDLERS,
    **_goals.HANDLERS,
    **_queue.HANDLERS,
    **_read_state.HANDLERS,
    **_archiving.HANDLERS,
    **_reverting.HANDLERS,
    **_injection.HANDLERS,
    **_subscription.HANDLERS,
    **_sections.HANDLERS,
    **_projects.HANDLERS,
    **_attachments.HANDLERS,
    **_realtime.HANDLERS,
    **_sampling.HANDLERS,
    **_extras.HANDLERS,
}
