"""The running processes of every client, by the ids that the clients chose."""

from __future__ import annotations

import errno
from dataclasses import dataclass

from codex_mockserver.app_server._base64 import BadBase64, decode_base64
from codex_mockserver.app_server._call import Call, Json
from codex_mockserver.app_server._connection import Connection
from codex_mockserver.app_server._errors import INTERNAL, INVALID_PARAMS, RpcError
from codex_mockserver.app_server.files import failure, system_error
from codex_mockserver.app_server.processes._process import Process

__all__ = ["Kind", "Processes", "check_size"]

#: How many processes of a kind there may be at once.
_MOST = 1000


@dataclass(frozen=True, slots=True)
class Kind:
    """One of the two ways to run a process, in the words of its errors."""

    #: The param that carries the id.
    param: str
    #: The method that gives input.
    write: str
    #: What a process is called.
    noun: str
    #: What is started.
    thing: str
    #: How an id is refused that is in use, and one that is not.
    duplicate: str
    missing: str
    #: What a size is called.
    size: str


class Processes:
    """The running processes of one kind."""

    def __init__(self, kind: Kind) -> None:
        self.kind = kind
        self._running: dict[tuple[Connection, str], Process] = {}

    @property
    def is_empty(self) -> bool:
        """Whether none is running."""
        return not self._running

    def add(self, identifier: str, process: Process) -> None:
        """Take a new process.

        Raises:
            RpcError: The client has one of that id.
        """
        self.check_free(process.connection, identifier)
        self._running[process.connection, identifier] = process

    def check_free(self, connection: Connection, identifier: str) -> None:
        """Refuse an id that the client uses for another process, and one process too many."""
        if len(self._running) >= _MOST:
            reason = system_error(failure(errno.EAGAIN)).message
            raise RpcError(f"failed to spawn {self.kind.thing}: {reason}", INTERNAL)
        if (connection, identifier) in self._running:
            raise RpcError(f'{self.kind.duplicate}: "{identifier}"')

    def remove(self, connection: Connection, identifier: str) -> None:
        """Let go of a process that has ended."""
        self._running.pop((connection, identifier), None)

    def forget(self, connection: Connection) -> None:
        """Stop the processes of a client that is gone."""
        for (owner, _), process in list(self._running.items()):
            if owner is connection:
                process.kill()

    def find(self, call: Call) -> Process:
        """Return the process that a request is about.

        Raises:
            RpcError: There is none, or not any more.
        """
        identifier = call.params[self.kind.param]
        process = self._running.get((call.connection, identifier))
        if process is None:
            raise RpcError(f'{self.kind.missing} "{identifier}"')
        return process

    def write(self, call: Call) -> None:
        """Give a process input."""
        text, is_last = call.get("deltaBase64"), call.get("closeStdin", False)
        if text is None and not is_last:
            raise RpcError(f"{self.kind.write} requires deltaBase64 or closeStdin", INVALID_PARAMS)
        try:
            content = decode_base64(text or "")
        except BadBase64 as bad:
            raise RpcError(f"invalid deltaBase64: {bad}", INVALID_PARAMS) from None
        process = self.find(call)
        if not (process.wiring.streams_input or process.wiring.has_terminal):
            raise RpcError(f"stdin streaming is not enabled for this {self.kind.noun}")
        if content:
            process.write(content)
        if is_last:
            process.close_input()

    def resize(self, call: Call) -> None:
        """Change the size of a terminal."""
        check_size(self.kind, call.params["size"])
        if not self.find(call).wiring.has_terminal:
            raise RpcError("failed to resize PTY: process is not attached to a PTY")

    def kill(self, call: Call) -> None:
        """Stop a process once that is answered."""
        process = self.find(call)
        call.server.tasks.call_soon(process.kill)


def check_size(kind: Kind, size: Json) -> None:
    """Refuse a terminal without rows or columns."""
    if not (size["rows"] and size["cols"]):
        raise RpcError(f"{kind.size} rows and cols must be greater than 0", INVALID_PARAMS)
