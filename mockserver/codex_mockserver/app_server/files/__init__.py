"""Files: in memory, or in one folder that nothing leaves."""

from codex_mockserver.app_server._call import Handler
from codex_mockserver.app_server.files import _requests, _search, _watches
from codex_mockserver.app_server.files._folder import FolderTree
from codex_mockserver.app_server.files._memory import MemoryTree
from codex_mockserver.app_server.files._requests import system_error
from codex_mockserver.app_server.files._tree import Entry, Tree, failure
from codex_mockserver.app_server.files._watches import Watches

__all__ = ["HANDLERS", "Entry", "FolderTree", "MemoryTree", "Tree", "Watches", "failure", "system_error"]

HANDLERS: dict[str, Handler] = {**_requests.HANDLERS, **_watches.HANDLERS, **_search.HANDLERS}
