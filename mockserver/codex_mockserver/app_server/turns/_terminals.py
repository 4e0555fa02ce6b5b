"""Commands that take time: they go on beside the turn, and after it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from codex_mockserver.app_server._tasks import Pause, Steps, Task, Tasks, Wait
from codex_mockserver.app_server.turns.active import ActiveTurn, Interrupted
from codex_mockserver.model import Outcome

__all__ = ["Ended", "Terminal"]

Json = dict[str, Any]

_FIRST_PROCESS = 1000
_PROCESSES = 98_000


class Terminal:
    """One command from its start to its end.

    Args:
        active: The turn that began it.
        item: Its item as it began.
        command: The command without its shell.
        outcome: What it prints, and how it ends.
    """

    def __init__(self, active: ActiveTurn, item: Json, command: str, outcome: Outcome) -> None:
        self._active = active
        self.item = item
        self.command = command
        self._outcome = outcome
        self.process_id: str = item["processId"]
        self.exit_code: int | None = None
        self._printed: list[str] = []
        self._told = 0
        self._begun = active.server.tasks.now()
        self._task: Task | None = None
        self._watchers: list[Callable[[Any], None]] = []

    @property
    def seconds(self) -> float:
        """How long it has been running, in real seconds."""
        return self._active.server.tasks.now() - self._begun

    def begin(self) -> None:
        """Let the command run; a quick one has ended when this returns."""
        first, *rest = _pieces(self._outcome)
        self.print(first)
        if self._outcome.seconds:
            self._task = self._active.server.tasks.spawn(self._run(rest))
        else:
            for piece in rest:
                self.print(piece)
        if self._outcome.background or self._outcome.seconds:
            self._active.thread.workbench.terminals[self.process_id] = self
        else:
            self.end(self._outcome.exit_code or 0)

    def unread(self) -> str:
        """Return what was printed since the model was told last."""
        text = "".join(self._printed[self._told :])
        self._told = len(self._printed)
        return text

    def print(self, text: str) -> None:
        """Print something more; a first output that comes in one piece is told only at the end."""
        if not text:
            return
        self._printed.append(text)
        if self._outcome.chunks is not None or len(self._printed) > 1:
            self._active.notify("item/commandExecution/outputDelta", {"itemId": self.item["id"], "delta": text})

    def end(self, exit_code: int) -> None:
        """End the command, and tell so."""
        if self.exit_code is not None:
            return
        self.exit_code = exit_code
        self._active.thread.workbench.terminals.pop(self.process_id, None)
        done = {
            "status": "failed" if exit_code else "completed",
            "aggregatedOutput": "".join(self._printed) or None,
            "exitCode": exit_code,
            "durationMs": round(1000 * self.seconds),
        }
        self._active.complete_item({**self.item, **done})
        self._active.server.threads.touch(self._active.thread)
        for wake in self._watchers:
            wake(None)

    def stop(self, exit_code: int | None = None) -> None:
        """End the command from outside; without an exit code as one that was killed."""
        if self._task is not None:
            self._task.throw(Interrupted())
        self.end(self._killed_code() if exit_code is None else exit_code)

    def watch(self, wake: Callable[[Any], None]) -> None:
        """Call ``wake`` when the command ends, at once when it has."""
        if self.exit_code is None:
            self._watchers.append(wake)
        else:
            wake(None)

    def form(self) -> Json:
        """Return the row of ``thread/backgroundTerminals/list``."""
        return {
            "itemId": self.item["id"],
            "processId": self.process_id,
            "command": self.command,
            "cwd": self.item["cwd"],
            "osPid": None,
            "cpuPercent": None,
            "rssKb": None,
        }

    def _killed_code(self) -> int:
        return -1 if self._active.server.traits.marks_killed else 1

    def _run(self, rest: Sequence[str]) -> Steps:
        """Print the rest of the pieces in time, and end the command."""
        pause = self._outcome.seconds / (len(rest) + 1)
        try:
            for piece in rest:
                yield Pause(pause)
                self.print(piece)
            yield Pause(pause)
        except Interrupted:
            return
        if not self._outcome.background:
            self.end(self._outcome.exit_code or 0)


class Ended(Wait):
    """Wait until a command ends, but no longer than so many seconds."""

    def __init__(self, terminal: Terminal, seconds: float) -> None:
        self._terminal = terminal
        self._seconds = seconds

    def begin(self, tasks: Tasks, wake: Callable[[Any], None]) -> None:
        """Look after the command and the clock."""
        tasks.call_at(tasks.now() + self._seconds, lambda: wake(None))
        self._terminal.watch(wake)


def new_process_id(active: ActiveTurn) -> str:
    """Return the number of a new process, as random as the real one's."""
    return str(_FIRST_PROCESS + int(active.server.world.ids.new("", 8), 16) % _PROCESSES)


def _pieces(outcome: Outcome) -> Sequence[str]:
    """Return what a command prints, in at least one piece."""
    return outcome.chunks or [str(outcome.output)]
