"""A process of a client, which is watched while it runs and never outlives its time."""

from __future__ import annotations

import os
import selectors
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from codex_conformance.clients._interruption import Interruption
from codex_conformance.codex_process import begin

__all__ = ["Ended", "run_process"]

_CHUNK = 64 * 1024
#: Bytes of its output that are kept; the rest is read and forgotten.
_LONGEST = 4 * 1024 * 1024
#: Seconds for what is still in the pipes when the process has ended.
_DRAIN = 1.0


@dataclass(frozen=True)
class Ended:
    """How a process ended, and what it printed."""

    #: Negative where a signal ended it; None where it was killed for hanging.
    exit_code: int | None
    stdout: str
    stderr: str
    seconds: float


def run_process(
    command: Sequence[str],
    environment: Mapping[str, str],
    folder: Path,
    *,
    deadline: float,
    watch: Callable[[str], None],
    interruption: Interruption,
    also: int | None = None,
) -> Ended:
    """Run a command to its end, or kill it with all its children when its time is over.

    Args:
        command: The program and its arguments.
        environment: Its variables.
        folder: Where it works.
        deadline: Seconds that it may take.
        watch: Is given all that came so far out of one pipe, whenever there is more.
        interruption: Ends it before its time.
        also: A further pipe that is watched, and is not output.
    """
    began = time.monotonic()
    process = begin(
        command,
        environment,
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    with process:
        output = _Output(process, watch, also)
        with interruption.heeded(partial(_kill, process)):
            in_time = output.read_until_end(began + deadline)
        # Its children go with it, whether it was in time or not.
        _kill(process)
        output.drain()
        code = process.wait()
    stdout, stderr = output.texts()
    return Ended(code if in_time else None, stdout, stderr, time.monotonic() - began)


def _kill(process: subprocess.Popen[bytes]) -> None:
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)


class _Output:
    """What comes out of a process, and the news of its end."""

    def __init__(self, process: subprocess.Popen[bytes], watch: Callable[[str], None], also: int | None) -> None:
        assert process.stdout is not None, "a pipe"
        assert process.stderr is not None, "a pipe"
        self._watch = watch
        self._streams = (process.stdout.fileno(), process.stderr.fileno())
        files = self._streams if also is None else (*self._streams, also)
        self._parts = {file: bytearray() for file in files}
        self._selector = selectors.DefaultSelector()
        self._end, told = os.pipe()
        for file in (*self._parts, self._end):
            self._selector.register(file, selectors.EVENT_READ)
        threading.Thread(target=_tell_end, args=(process, told), daemon=True).start()

    def read_until_end(self, until: float) -> bool:
        """Read until the process has ended; return False where it has not by then."""
        while (left := until - time.monotonic()) > 0:
            ready = [key.fd for key, _ in self._selector.select(left)]
            for file in ready:
                if file != self._end:
                    self._read(file)
            if self._end in ready:
                return True
        return False

    def drain(self) -> None:
        """Read what is left in the pipes."""
        until = time.monotonic() + _DRAIN
        for file in self._selector.get_map().keys() - self._streams:
            self._selector.unregister(file)
        while self._selector.get_map() and (ready := self._selector.select(max(0.0, until - time.monotonic()))):
            for key, _ in ready:
                self._read(key.fd)
        self._selector.close()
        os.close(self._end)

    def texts(self) -> list[str]:
        """Return what went to standard output and standard error."""
        return [self._parts[file].decode(errors="replace") for file in self._streams]

    def _read(self, file: int) -> None:
        data = os.read(file, _CHUNK)
        if not data:
            self._selector.unregister(file)
            return
        part = self._parts[file]
        part += data[: _LONGEST - len(part)]
        self._watch(part.decode(errors="replace"))


def _tell_end(process: subprocess.Popen[bytes], told: int) -> None:
    process.wait()
    os.close(told)
