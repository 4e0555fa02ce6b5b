"""A turn that is running, and what it tells the subscribers of its thread."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any

from codex_mockserver.app_server._connection import Connection
from codex_mockserver.app_server._requests import PendingRequest
from codex_mockserver.app_server._tasks import Task
from codex_mockserver.app_server.threads.forms import turn_form
from codex_mockserver.app_server.threads.loaded import LoadedThread
from codex_mockserver.app_server.turns._turn_diff import TurnDiff
from codex_mockserver.world import ThreadTurn

__all__ = ["ActiveTurn", "Interrupted", "Steered", "abort"]

Json = dict[str, Any]

#: The counts that the oldest release tells with the end of a turn.
_OLD_COUNTS = ("inputTokens", "cachedInputTokens", "outputTokens")


class Interrupted(Exception):  # noqa: N818 (nothing went wrong)
    """Thrown into the task of a turn that is to end now."""


class Steered(Exception):  # noqa: N818 (nothing went wrong)
    """Thrown into the task of a turn whose running answer is cut short by new input."""


class ActiveTurn:
    """A turn between its start and its end.

    Args:
        thread: Where it runs.
        record: What is kept of it.
        kind: ``regular``, or ``review`` or ``compact``, which nobody can steer.
        running_id: The id by which it is interrupted; that of the record, but for reviews.
    """

    def __init__(
        self, thread: LoadedThread, record: ThreadTurn, kind: str = "regular", running_id: str | None = None
    ) -> None:
        self.thread = thread
        self.record = record
        self.kind = kind
        self.running_id = running_id or record.id
        self.server = thread.server
        #: Runs the turn; set as soon as it is spawned.
        self.task: Task | None = None
        #: The user's input that has not reached the model yet: that of the start, and what steers it.
        self.input: list[Json] = []
        #: What else the model is to hear of, as items of the Responses API: what the user's own commands gave.
        self.heard: list[Json] = []
        #: What the turn still tells when it is interrupted, before the interruption is answered, or when it fails.
        self.closing: Callable[[], None] | None = None
        #: Whether something else made the thread fail meanwhile.
        self.is_disturbed = False
        #: Called before the turn tells anything, once the answer to its request has been sent.
        self.before_begin: Callable[[], None] = lambda: None
        #: Called when the turn has ended.
        self.watchers: list[Callable[[Any], None]] = []
        #: The schema that the turn's answer must have.
        self.output_schema: Any = None
        #: The usage of the response whose calls are being carried out.
        self.untold_usage: Json | None = None
        #: Whether the model speaks just now.
        self.is_speaking = False
        self.diff = TurnDiff(thread.record.cwd)
        #: The requests that were not answered when the turn was interrupted.
        self.unresolved: list[PendingRequest] = []
        self._waiting: Counter[str] = Counter()
        self._started_ms: dict[str, int] = {}

    def now_ms(self) -> int:
        """Return the world's time in milliseconds."""
        return int(self.server.world.now() * 1000)

    def notify(self, method: str, params: Json) -> None:
        """Send a notification of this turn to the subscribers of its thread."""
        self.thread.notify(method, {"turnId": self.record.id, **params})

    def begin(self) -> None:
        """Tell that the turn runs."""
        self.before_begin()
        self.record.started_at = self.server.world.now()
        self._tell_status()
        form = turn_form(self.record)
        if self.running_id != self.record.id:
            form = {**form, "id": self.running_id, "rootTurnId": self.record.id}
        self.thread.notify("turn/started", {"turn": form})

    def start_item(self, item: Json) -> None:
        """Tell that an item has begun."""
        now = self._started_ms[item["id"]] = self.now_ms()
        timed = {**item, "startedAtMs": now, "completedAtMs": None}
        self.notify("item/started", {"item": timed, "startedAtMs": now})

    def complete_item(self, item: Json, *, is_kept: bool = True, listeners: Iterable[Connection] | None = None) -> None:
        """Tell that an item is complete, and keep it with the turn.

        Args:
            item: The item.
            is_kept: Whether it is kept.
            listeners: Who hears of it; None for the subscribers of the thread.
        """
        now = self.now_ms()
        timed = {**item, "startedAtMs": self._started_ms.pop(item["id"], now), "completedAtMs": now}
        if is_kept:
            self.record.items.append(timed)
        told = {"threadId": self.thread.id, "turnId": self.record.id, "item": timed, "completedAtMs": now}
        hearing = self.thread.subscribers if listeners is None else listeners
        self.server.wire.notify(hearing, "item/completed", told)

    def tell_item(self, item: Json) -> None:
        """Tell of an item that is complete as soon as it begins."""
        self.start_item(item)
        self.complete_item(item)

    def begin_waiting(self, flag: str) -> None:
        """Show that the turn waits for somebody: ``waitingOnApproval`` or ``waitingOnUserInput``."""
        self._waiting[flag] += 1
        self._tell_status()

    def end_waiting(self, flag: str) -> None:
        """Show that the turn goes on."""
        self._waiting[flag] -= 1
        self._tell_status()

    def close(self) -> None:
        """Tell once what the turn still tells when it does not end well."""
        closing, self.closing = self.closing, None
        if closing is not None:
            closing()

    def finish(self, status: str, error: Json | None = None) -> None:
        """End the turn.

        Args:
            status: ``completed``, ``interrupted`` or ``failed``.
            error: What failed.
        """
        self.record.status, self.record.error = status, error
        self.record.completed_at = self.server.world.now()
        self.thread.turn = None
        self._answer_late_interrupts()
        self.server.threads.turn_ending(self.thread, self.record)
        if error is None:
            self.server.threads.turn_heard(self.thread, self.record)
        if not self.is_disturbed:
            self.thread.set_status({"type": "systemError" if status == "failed" else "idle"})
        if error is not None:
            self.tell_error(error)
            self.close()
            self.server.threads.turn_heard(self.thread, self.record)
        summary = self._summary() if status == "completed" and self.server.traits.summarises_turns else []
        view = "summary" if summary else "notLoaded"
        usage = {**dict.fromkeys(_OLD_COUNTS, 0), **self.thread.record.last_usage}
        self.thread.notify("turn/completed", {"turn": turn_form(self.record, summary, view), "usage": usage})
        for request in self.unresolved:
            self.thread.notify("serverRequest/resolved", {"requestId": request.id})
        for wake in self.watchers:
            wake(None)
        self.server.threads.turn_ended(self.thread)

    def tell_error(self, error: Json, *, will_retry: bool = False) -> None:
        """Tell that something failed."""
        self.notify("error", {"error": error, "willRetry": will_retry})

    def _answer_late_interrupts(self) -> None:
        waiting = self.thread.workbench.late_interrupts
        while waiting:
            waiting.pop(0).answer({})

    def _summary(self) -> list[Json]:
        messages = [item for item in self.record.items if item["type"] == "agentMessage"]
        return messages[-1:]

    def _tell_status(self) -> None:
        flags = sorted(flag for flag, count in self._waiting.items() if count > 0)
        self.thread.set_status({"type": "active", "activeFlags": flags})


def abort(active: ActiveTurn) -> None:
    """End a turn now as interrupted; its last notifications have been sent when this returns."""
    active.close()
    if active.task is None:
        active.finish("interrupted")
        return
    try:
        active.task.throw(Interrupted())
    except Interrupted:
        # It had not begun to run.
        active.finish("interrupted")
