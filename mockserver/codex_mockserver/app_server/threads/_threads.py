"""All threads of a server: those in memory, and those that are kept."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import TYPE_CHECKING

from codex_mockserver.app_server._connection import Connection
from codex_mockserver.app_server._errors import RpcError
from codex_mockserver.app_server.threads._continuation import go_on
from codex_mockserver.app_server.threads._read_state import mark_unread
from codex_mockserver.app_server.threads.goal_state import change_goal
from codex_mockserver.app_server.threads.ids import checked_id
from codex_mockserver.app_server.threads.loaded import NOT_LOADED, LoadedThread
from codex_mockserver.app_server.threads.settings import configuration
from codex_mockserver.world import Thread, ThreadTurn, World

if TYPE_CHECKING:
    from codex_mockserver.app_server._server import AppServer

__all__ = ["Threads"]

#: Seconds until a thread that nobody listens to leaves the memory, where the configuration does not say.
UNLOAD_DELAY = 30 * 60
#: Threads and turns that are remembered; the oldest go first.
THREADS = 20_000
TURNS = 100_000


class Threads:
    """Finds threads and their turns; the world keeps all but the ephemeral ones.

    Only what is looked up in a table of the world reaches its state file: :meth:`touch` looks up a thread
    and its last turn whenever something happens there.
    """

    def __init__(self, server: AppServer) -> None:
        self._server = server
        self._loaded: dict[str, LoadedThread] = {}
        #: The turns of each thread, oldest first.
        self._turns: dict[str, list[ThreadTurn]] = {}
        self._state = server.world.state
        self._read_turns()

    @property
    def loaded(self) -> dict[str, LoadedThread]:
        """Those in memory, by their id."""
        self._follow_world()
        return self._loaded

    def add(self, record: Thread, turns: list[ThreadTurn] | None = None) -> LoadedThread:
        """Take a new thread into memory, with the turns that it begins with."""
        self._follow_world()
        thread = LoadedThread(self._server, record, [])
        if not record.is_ephemeral:
            World.remember(self._state.threads, record.id, record, THREADS)
            self._turns[record.id] = thread.turns
        self.loaded[record.id] = thread
        for turn in turns or ():
            turn.thread_id = record.id
            self.keep_turn(thread, turn)
        self._forget_surplus()
        return thread

    def load(self, record: Thread) -> LoadedThread:
        """Take a thread that is kept into memory."""
        thread = self.loaded[record.id] = LoadedThread(self._server, record, self._turns.setdefault(record.id, []))
        return thread

    def unload(self, thread: LoadedThread) -> None:
        """Take a thread out of memory, and tell everyone; what was not kept is gone."""
        thread.set_status(NOT_LOADED)
        thread.subscribers.clear()
        self.loaded.pop(thread.id, None)
        if not thread.record.is_kept and not thread.record.is_archived:
            self.remove(thread.id)

    def remove(self, thread_id: str) -> None:
        """Forget a thread with its turns."""
        self.loaded.pop(thread_id, None)
        self._state.threads.pop(thread_id, None)
        for turn in self._turns.pop(thread_id, ()):
            self._state.thread_turns.pop(_key(thread_id, turn), None)

    def keep_turn(self, thread: LoadedThread, turn: ThreadTurn) -> None:
        """Put a turn at the end of a thread."""
        thread.turns.append(turn)
        if not thread.record.is_ephemeral:
            table = self._state.thread_turns
            table[_key(thread.id, turn)] = turn
            if len(table) > TURNS:
                for oldest in tuple(islice(table, TURNS // 10)):
                    gone = table.pop(oldest)
                    self._turns[gone.thread_id].remove(gone)

    def drop_turns(self, thread: LoadedThread, count: int) -> None:
        """Take turns from the end of a thread."""
        for turn in thread.turns[len(thread.turns) - count :]:
            self._state.thread_turns.pop(_key(thread.id, turn), None)
        del thread.turns[len(thread.turns) - count :]

    def touch(self, thread: LoadedThread) -> None:
        """Note that a thread or its last turn may have changed."""
        self._state.threads.get(thread.id)
        if thread.turns:
            self._state.thread_turns.get(_key(thread.id, thread.turns[-1]))

    def turn_ending(self, thread: LoadedThread, turn: ThreadTurn) -> None:
        """Note what a turn has done, right before its end is told."""
        thread.record.updated_at = self._server.world.now()
        thread.is_held = turn.status == "interrupted"
        goal = thread.record.goal
        if goal is not None and goal.status == "active" and turn.status == "failed":
            change_goal(thread, "blocked", turn.id)

    def turn_heard(self, thread: LoadedThread, turn: ThreadTurn) -> None:
        """Note that there is something to read, unless the thread goes on by itself or works for another one."""
        goal = thread.record.goal
        is_said = any(item["type"] == "agentMessage" for item in turn.items)
        is_own = thread.record.parent_id is None and (goal is None or goal.status != "active")
        if (is_said or turn.status == "failed") and is_own:
            mark_unread(thread, turn)

    def turn_ended(self, thread: LoadedThread) -> None:
        """Let a thread do what it does by itself, once the end of a turn was told."""
        last = thread.turns[-1]
        if last.status == "failed" and not self._server.traits.keeps_failures:
            last.status, last.error = "completed", None
        self._server.tasks.call_soon(lambda: go_on(thread))
        self.watch(thread)

    def find(self, thread_id: str) -> LoadedThread:
        """Return a thread that is in memory.

        Raises:
            RpcError: There is none of that id.
        """
        thread_id = checked_id(thread_id)
        if (thread := self.loaded.get(thread_id)) is None:
            raise RpcError(f"thread not found: {thread_id}")
        self.touch(thread)
        return thread

    def known(self, thread_id: str) -> Thread | None:
        """Return a thread that is in memory or kept, None without one."""
        if (thread := self.loaded.get(thread_id)) is not None:
            self.touch(thread)
            return thread.record
        record: Thread | None = self._state.threads.get(thread_id)
        return record

    def all(self) -> Iterator[Thread]:
        """Yield every thread that is kept, oldest first, to be looked at and not to be changed."""
        self._follow_world()
        # Past the table's own methods, which note each record as one that may have changed.
        yield from dict.values(self._state.threads)

    def children(self, thread_id: str) -> list[Thread]:
        """Return the threads that a thread gave birth to, and theirs, after their parents."""
        found: list[Thread] = []
        parents = {thread_id}
        for record in self.all():
            if record.parent_id in parents:
                parents.add(record.id)
                found.append(record)
        return found

    def turns_of(self, record: Thread) -> list[ThreadTurn]:
        """Return the turns of a thread, oldest first."""
        if record.is_ephemeral:
            return self.loaded[record.id].turns
        return self._turns.get(record.id, [])

    def forget(self, connection: Connection) -> None:
        """Let go of a subscriber that is gone."""
        for thread in self.loaded.values():
            self.unsubscribe(thread, connection)

    def unsubscribe(self, thread: LoadedThread, connection: Connection) -> bool:
        """Let go of a subscriber; return whether it was one."""
        was_subscribed = connection in thread.subscribers
        thread.subscribers.pop(connection, None)
        if was_subscribed:
            self.watch(thread)
        return was_subscribed

    def watch(self, thread: LoadedThread) -> None:
        """Take a thread out of memory once it has been idle for long and nobody listens to it."""
        if not thread.subscribers and thread.turn is None:
            thread.idle_since = self._server.tasks.now()
            if not thread.is_watched:
                thread.is_watched = True
                self._look_after(thread)

    def _look_after(self, thread: LoadedThread) -> None:
        """Close a thread that has been idle for long; look again when that may be so."""
        tasks = self._server.tasks
        if thread.idle_since is None or self.loaded.get(thread.id) is not thread:
            thread.is_watched = False
        elif (end := thread.idle_since + self._unload_delay()) > tasks.now():
            tasks.call_at(end, lambda: self._look_after(thread))
        else:
            self.unload(thread)
            self._server.notify_all("thread/closed", {"threadId": thread.id})

    def _unload_delay(self) -> float:
        if not self._server.traits.delays_unloading:
            return UNLOAD_DELAY
        wanted = configuration(self._server).get("thread_unload_delay_secs")
        return wanted if isinstance(wanted, int) and wanted > 0 else UNLOAD_DELAY

    def _follow_world(self) -> None:
        """Let go of everything in memory when the world has become another one."""
        if self._state is not self._server.world.state:
            self._state = self._server.world.state
            self._loaded.clear()
            self._read_turns()

    def _read_turns(self) -> None:
        """Sort the kept turns by thread; those that nobody runs any more were interrupted."""
        self._turns = {}
        for key, turn in dict.items(self._state.thread_turns):
            self._turns.setdefault(turn.thread_id, []).append(turn)
            if turn.status == "inProgress":
                self._state.thread_turns[key].status = "interrupted"
                turn.completed_at = self._server.world.now()

    def _forget_surplus(self) -> None:
        """Forget the oldest idle threads in memory when there are too many."""
        if len(self.loaded) > THREADS:
            surplus = [thread for thread in islice(self.loaded.values(), THREADS // 10) if thread.turn is None]
            for thread in surplus:
                self.loaded.pop(thread.id)
        if len(self._turns) > 2 * THREADS:
            for thread_id in [each for each in self._turns if each not in self._state.threads]:
                self.remove(thread_id)


def _key(thread_id: str, turn: ThreadTurn) -> str:
    return f"{thread_id}/{turn.id}"
