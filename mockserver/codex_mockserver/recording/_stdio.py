"""Between a client and a process that speaks over its standard streams: every line passes, and is kept."""

from __future__ import annotations

import os
import subprocess
import threading
from contextlib import suppress
from typing import IO

from codex_fixtures import End, Line, Side, content_fields
from codex_mockserver.recording._recorder import Recorder

__all__ = ["tee"]

_CHUNK = 64 * 1024
#: Bytes that a line may have; a longer one passes, and the recording goes on without it.
_LONGEST = 32 * 1024 * 1024


def tee(process: subprocess.Popen[bytes], recorder: Recorder, *, stdin: int = 0, stdout: int = 1) -> int:
    """Pass bytes between a client and a process until the process has ended, and record their lines.

    Args:
        process: The process, with pipes for its standard input and output.
        recorder: Takes the lines.
        stdin: Where the client writes.
        stdout: Where it reads.

    Returns:
        The exit code of the process, negative when a signal ended it.
    """
    assert process.stdin is not None, "a pipe"
    assert process.stdout is not None, "a pipe"
    exchange = recorder.begin()
    client = _Direction(recorder, exchange, "client")
    # A client that keeps its side open must not keep us when the process has ended, so nobody waits for this thread.
    threading.Thread(target=_pass_and_close, args=(client, stdin, process.stdin), daemon=True).start()
    with process.stdout:
        _Direction(recorder, exchange, "server").run(process.stdout.fileno(), stdout)
    code = process.wait()
    recorder.end(exchange)
    return code


def _pass_and_close(direction: _Direction, source: int, target: IO[bytes]) -> None:
    with target:
        direction.run(source, target.fileno())


class _Direction:
    """What one side says."""

    def __init__(self, recorder: Recorder, exchange: int, side: Side) -> None:
        self._recorder = recorder
        self._exchange = exchange
        self._side = side
        self._parts: list[bytes] = []
        self._size = 0

    def run(self, source: int, target: int) -> None:
        """Pass everything on, until nobody says anything more, or a server hears that its client has gone."""
        is_heard = True
        while (is_heard or self._side == "client") and (data := os.read(source, _CHUNK)):
            # Before it is passed on, so that no answer to it is recorded first.
            self._read(data)
            is_heard = is_heard and _write(target, data)
        if self._size:
            self._end_line()
        self._recorder.put(End(at=self._recorder.now(), x=self._exchange, side=self._side))

    def _read(self, data: bytes) -> None:
        *whole, last = data.split(b"\n")
        for part in whole:
            self._keep(part)
            self._end_line()
        if last:
            self._keep(last)

    def _keep(self, part: bytes) -> None:
        self._size += len(part)
        if self._size > _LONGEST:
            self._parts.clear()
        else:
            self._parts.append(part)

    def _end_line(self) -> None:
        if self._size <= _LONGEST:
            fields = content_fields(b"".join(self._parts))
            self._recorder.put(Line(at=self._recorder.now(), x=self._exchange, side=self._side, **fields))
        else:
            self._recorder.unread += 1
        self._parts.clear()
        self._size = 0


def _write(target: int, data: bytes) -> bool:
    """Write all of it; return whether somebody reads."""
    rest = memoryview(data)
    with suppress(BrokenPipeError):
        while rest:
            rest = rest[os.write(target, rest) :]
    return not rest
