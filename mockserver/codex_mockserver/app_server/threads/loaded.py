"""A thread in memory: who listens to it, and what it is doing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from codex_mockserver.app_server._connection import Connection
from codex_mockserver.app_server._workbench import Workbench

if TYPE_CHECKING:
    from codex_mockserver.app_server._server import AppServer
    from codex_mockserver.app_server.turns import ActiveTurn
    from codex_mockserver.world import Thread, ThreadTurn

__all__ = ["IDLE", "NOT_LOADED", "LoadedThread"]

Json = dict[str, Any]

IDLE: Json = {"type": "idle"}
NOT_LOADED: Json = {"type": "notLoaded"}


class LoadedThread:
    """A thread that can take turns.

    Args:
        server: Where it lives.
        record: What is kept of it.
        turns: Its turns, oldest first; the list grows here alone.
    """

    def __init__(self, server: AppServer, record: Thread, turns: list[ThreadTurn]) -> None:
        self.server = server
        self.record = record
        self.turns = turns
        #: The connections that hear of its turns, in the order in which they came.
        self.subscribers: dict[Connection, None] = {}
        #: Spelt as on the wire.
        self.status: Json = IDLE
        self.turn: ActiveTurn | None = None
        self.workbench = Workbench()
        #: Whether it does nothing by itself, since its last turn was interrupted.
        self.is_held = False
        #: How many elicitations outside of its turns hold its timers.
        self.elicitations = 0
        #: Since when nobody listens and nothing runs, on the clock of the tasks; None while that is not so.
        self.idle_since: float | None = None
        #: Whether a timer looks after that.
        self.is_watched = False

    @property
    def id(self) -> str:
        """The id of the thread."""
        return self.record.id

    def subscribe(self, connection: Connection) -> None:
        """Let a connection hear of the thread from now on."""
        self.subscribers[connection] = None
        self.idle_since = None

    def notify(self, method: str, params: Json) -> None:
        """Send a notification of this thread to its subscribers."""
        self.server.threads.touch(self)
        self.server.wire.notify(self.subscribers, method, {"threadId": self.id, **params})

    def notify_all(self, method: str, params: Json) -> None:
        """Send a notification of this thread to every client."""
        self.server.notify_all(method, {"threadId": self.id, **params})

    def set_status(self, status: Json) -> None:
        """Change what the thread is doing, and tell everyone."""
        self.server.threads.touch(self)
        if status != self.status:
            self.status = status
            self.notify_all("thread/status/changed", {"status": status})

    def conversation(self) -> list[Json]:
        """Return all that was said, as items of the Responses API; a new list."""
        said = list(self.record.opening)
        for turn in self.turns:
            if turn.is_fresh_start:
                said = []
            said += turn.history
        return said

    def add_turn(self, turn: ThreadTurn) -> None:
        """Take a new turn, the last one from now on."""
        turn.thread_id = self.id
        self.record.is_kept = True
        self.record.recency_at = self.record.updated_at = self.server.world.now()
        self.idle_since = None
        self.server.threads.keep_turn(self, turn)
