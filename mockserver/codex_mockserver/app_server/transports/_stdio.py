"""An app-server on the standard streams, without an event loop: so it starts fast."""

from __future__ import annotations

import os
import select
import time
from collections.abc import Callable, Sequence

from codex_mockserver.app_server._server import AppServer
from codex_mockserver.app_server.transports.lines import LineReader
from codex_mockserver.app_server.transports.pump import Pump

__all__ = ["serve_stdio"]

#: While so many bytes wait for the client, nothing more is read from it and no timer runs.
MOST_UNREAD = 4 * 1024 * 1024

_CHUNK = 64 * 1024
#: At the end, a client that reads nothing for so long is left.
_PATIENCE_MS = 100


def serve_stdio(
    server: AppServer, tell: Callable[[str], None], *, stdin: int = 0, stdout: int = 1, end: int | None = None
) -> int:
    """Serve one client on two file descriptors until it closes its side; return the exit code.

    Args:
        server: The server.
        tell: Takes each line of its log.
        stdin: Where the client writes.
        stdout: Where it reads.
        end: A descriptor that is readable as soon as it is to end at once.
    """
    return _Stdio(server, tell, stdin, stdout).run(end)


class _Stdio:
    def __init__(self, server: AppServer, tell: Callable[[str], None], stdin: int, stdout: int) -> None:
        self._server = server
        self._tell = tell
        self._stdin = stdin
        self._stdout = stdout
        self._pump = Pump(server, tell)
        self._connection = self._pump.join(self._send)
        self._lines = LineReader()
        self._unread = bytearray()
        self._is_deaf = False

    def run(self, end: int | None) -> int:
        while self._server.exit_code is None:
            ready = self._wait(end)
            if end in ready:
                break
            if self._stdout in ready:
                self._write()
            if self._stdin not in ready:
                self._wake()
            elif not self._read():
                break
        while self._unread and _is_writable(self._stdout, _PATIENCE_MS):
            self._write()
        return self._server.exit_code or 0

    def _wait(self, end: int | None) -> set[int | None]:
        """Return the descriptors on which something can be done, as soon as there is one or a timer is due."""
        poll = select.poll()
        if end is not None:
            poll.register(end, select.POLLIN)
        if self._unread:
            poll.register(self._stdout, select.POLLOUT)
        if self._is_held_up():
            return {descriptor for descriptor, _ in poll.poll()}
        poll.register(self._stdin, select.POLLIN)
        due = self._server.wake_at()
        return {descriptor for descriptor, _ in poll.poll(None if due is None else _milliseconds_until(due))}

    def _is_held_up(self) -> bool:
        return len(self._unread) >= MOST_UNREAD

    def _wake(self) -> None:
        due = self._server.wake_at()
        if due is not None and due <= time.monotonic() and not self._is_held_up():
            self._pump.wake()

    def _read(self) -> bool:
        """Take what the client sent; return whether it may send more."""
        data = os.read(self._stdin, _CHUNK)
        lines = self._lines.feed(data) if data else self._lines.finish()
        if self._lines.left_out:
            self._lines.left_out = 0
            self._tell("a line that is too long was left out")
        if lines:
            self._pump.receive(self._connection, lines)
        return bool(data)

    def _send(self, messages: Sequence[bytes]) -> None:
        if not self._is_deaf:
            self._unread += b"\n".join(messages) + b"\n"
            while self._unread and _is_writable(self._stdout, 0):
                self._write()

    def _write(self) -> None:
        # The descriptor may be shared with others, so it stays a blocking one; a writable pipe takes this much.
        try:
            written = os.write(self._stdout, self._unread[: select.PIPE_BUF])
        except BrokenPipeError:
            # As the real one does: nobody reads, and the client may still write.
            self._is_deaf = True
            written = len(self._unread)
        del self._unread[:written]


def _is_writable(descriptor: int, milliseconds: int) -> bool:
    poll = select.poll()
    poll.register(descriptor, select.POLLOUT)
    return bool(poll.poll(milliseconds))


def _milliseconds_until(due: float) -> float:
    return max(0.0, due - time.monotonic()) * 1000
