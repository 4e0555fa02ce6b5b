"""A process that only seems to run: its output, its input, its end."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from codex_mockserver.app_server._base64 import encode_base64
from codex_mockserver.app_server._connection import Connection
from codex_mockserver.app_server._tasks import Pause, Steps, Task, Tasks, Wait
from codex_mockserver.app_server.processes.programs import Behaviour

if TYPE_CHECKING:
    from codex_mockserver.app_server._server import AppServer

__all__ = ["Outcome", "Process", "Wiring"]

#: Exit codes of a process that is stopped, with pipes and with a terminal.
_KILLED, _HUNG_UP = 137, 1
_TIMED_OUT = 124


class _Stopped(Exception):  # noqa: N818 (a way to end, not a fault)
    """The process is to end with an exit code."""

    def __init__(self, exit_code: int) -> None:
        super().__init__(exit_code)
        self.exit_code = exit_code


class _Never(Wait):
    """Wait until the task is interrupted, or :meth:`end` is called."""

    def __init__(self) -> None:
        self._wake: Callable[[Any], None] = lambda _: None

    def begin(self, tasks: Tasks, wake: Callable[[Any], None]) -> None:  # noqa: ARG002 (the signature of every wait)
        """Remember how to go on."""
        self._wake = wake

    def end(self) -> None:
        """Let the task go on."""
        self._wake(None)


@dataclass(frozen=True, slots=True)
class Wiring:
    """How a client is connected to a process."""

    #: The notification that carries its output, and the name of its id there.
    method: str
    key: str
    id: str
    streams_output: bool
    streams_input: bool
    has_terminal: bool
    #: How many bytes of each stream are told; None for all.
    cap: int | None
    #: Seconds until it is stopped; None for never.
    timeout: float | None


@dataclass
class Outcome:
    """What is told when a process has ended."""

    exit_code: int = 0
    streams: dict[str, bytes] = field(default_factory=lambda: {"stdout": b"", "stderr": b""})
    is_capped: dict[str, bool] = field(default_factory=lambda: {"stdout": False, "stderr": False})

    def text(self, stream: str) -> str:
        """Return a stream as text."""
        return self.streams[stream].decode(errors="replace")


class Process:
    """One process.

    Args:
        server: The server.
        connection: Who began it, and is told of it.
        wiring: How.
        behaviour: What it does.
        ended: Called once with what is told at the end.
    """

    def __init__(
        self,
        server: AppServer,
        connection: Connection,
        wiring: Wiring,
        behaviour: Behaviour,
        ended: Callable[[Outcome], None],
    ) -> None:
        self._server = server
        self.connection = connection
        self.wiring = wiring
        self._behaviour = behaviour
        self._ended = ended
        self._outcome = Outcome()
        self._sent = {"stdout": 0, "stderr": 0}
        self._input_end = _Never()
        self._task: Task | None = None

    def begin(self) -> None:
        """Let it run."""
        tasks = self._server.tasks
        self._task = tasks.spawn(self._run())
        if self.wiring.timeout is not None:
            tasks.call_at(tasks.now() + self.wiring.timeout, lambda: self._stop(_TIMED_OUT))

    def write(self, content: bytes) -> None:
        """Give it input."""
        if self.wiring.has_terminal:
            self._say("stdout", content)
        if self._behaviour.repeats_input:
            self._say("stdout", content)

    def close_input(self) -> None:
        """End its input; a terminal is told so by an empty line."""
        if self.wiring.has_terminal:
            self.write(b"\n")
        self._input_end.end()

    def kill(self) -> None:
        """Stop it."""
        self._stop(_HUNG_UP if self.wiring.has_terminal else _KILLED)

    def _stop(self, exit_code: int) -> None:
        if self._task is not None:
            self._task.throw(_Stopped(exit_code))

    def _run(self) -> Steps:
        behaviour = self._behaviour
        exit_code = behaviour.exit_code
        try:
            self._say("stdout", behaviour.stdout)
            self._say("stderr", behaviour.stderr)
            if behaviour.repeats_input and (self.wiring.streams_input or self.wiring.has_terminal):
                yield self._input_end
            if behaviour.seconds is None:
                yield _Never()
            elif behaviour.seconds:
                yield Pause(behaviour.seconds)
        except _Stopped as stopped:
            exit_code = stopped.exit_code
        self._outcome.exit_code = exit_code
        self._ended(self._outcome)

    def _say(self, stream: str, content: bytes) -> None:
        """Tell output, or keep it for the end; what is beyond the cap is lost."""
        if not content:
            return
        if self.wiring.has_terminal:
            stream, content = "stdout", content.replace(b"\n", b"\r\n")
        room = None if self.wiring.cap is None else max(self.wiring.cap - self._sent[stream], 0)
        told = content[:room]
        self._sent[stream] += len(told)
        was_capped = self._outcome.is_capped[stream]
        self._outcome.is_capped[stream] = was_capped or self._sent[stream] == self.wiring.cap
        if self.wiring.streams_output or self.wiring.has_terminal:
            if not was_capped:
                self._notify(stream, told)
        else:
            self._outcome.streams[stream] += told

    def _notify(self, stream: str, content: bytes) -> None:
        params = {
            self.wiring.key: self.wiring.id,
            "stream": stream,
            "deltaBase64": encode_base64(content),
            "capReached": self._outcome.is_capped[stream],
        }
        self._server.wire.notify([self.connection], self.wiring.method, params)
