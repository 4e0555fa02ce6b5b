"""``fs/watch`` and ``fs/unwatch``: telling a client what changes."""

from __future__ import annotations

import errno
import posixpath
from typing import TYPE_CHECKING

from codex_mockserver.app_server._call import Call, Handler, Json
from codex_mockserver.app_server._connection import Connection
from codex_mockserver.app_server._errors import RpcError
from codex_mockserver.app_server._tasks import Pause, Steps
from codex_mockserver.app_server.files._requests import system_error
from codex_mockserver.app_server.files._tree import failure

if TYPE_CHECKING:
    from codex_mockserver.app_server._server import AppServer

__all__ = ["HANDLERS", "Watches"]

#: Seconds between two looks: what changes in between is told together.
_LOOK = 0.2

#: How many watches there may be at once.
_MOST = 1000

_Sight = dict[str, tuple[int, ...]]


class Watches:
    """What each client watches, by the id that it chose."""

    def __init__(self, server: AppServer) -> None:
        self._server = server
        self._paths: dict[tuple[Connection, str], str] = {}

    def add(self, connection: Connection, watch_id: str, path: str) -> None:
        """Begin to watch a file, or a folder without the folders in it.

        Raises:
            RpcError: The client watches something by that id already, or there are too many watches.
        """
        if len(self._paths) >= _MOST:
            raise system_error(failure(errno.ENOSPC))
        if (connection, watch_id) in self._paths:
            raise RpcError(f"watchId already exists: {watch_id}")
        self._paths[connection, watch_id] = path
        self._server.tasks.spawn(self._watch(connection, watch_id, path))

    def remove(self, connection: Connection, watch_id: str) -> None:
        """Stop to watch."""
        self._paths.pop((connection, watch_id), None)

    def forget(self, connection: Connection) -> None:
        """Let go of a client that is gone."""
        self._paths = {key: path for key, path in self._paths.items() if key[0] is not connection}

    def _watch(self, connection: Connection, watch_id: str, path: str) -> Steps:
        before = self._sight(path)
        while self._paths.get((connection, watch_id)) is path:
            yield Pause(_LOOK)
            now = self._sight(path)
            changed = sorted(each for each in before.keys() | now.keys() if before.get(each) != now.get(each))
            if changed and (connection, watch_id) in self._paths:
                params: Json = {"watchId": watch_id, "changedPaths": changed}
                self._server.wire.notify([connection], "fs/changed", params)
            before = now

    def _sight(self, path: str) -> _Sight:
        """Return what is seen at a path: of a file itself, of a folder what is in it."""
        tree = self._server.files
        try:
            entry = tree.entry(path)
            if not entry.is_directory:
                return {path: entry.revision}
            paths = [posixpath.join(path, name) for name in tree.names(path)]
            entries = {each: tree.entry(each) for each in paths}
        except OSError:
            return {}
        # A folder that is watched from outside changes only when it comes or goes.
        return {each: (-1,) if inner.is_directory else inner.revision for each, inner in entries.items()}


def watch(call: Call) -> Json:
    """Begin to watch; nothing needs to be there."""
    path = call.params["path"]
    call.server.watches.add(call.connection, call.params["watchId"], path)
    return {"path": path}


def unwatch(call: Call) -> None:
    """Stop to watch."""
    call.server.watches.remove(call.connection, call.params["watchId"])


HANDLERS: dict[str, Handler] = {"fs/watch": watch, "fs/unwatch": unwatch}
