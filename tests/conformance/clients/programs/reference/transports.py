"""How an app-server is reached: as a process that is started for it, or over WebSocket where one runs already."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator

from mutations import broken
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect


class Process:
    """A process; a message is a line."""

    def __init__(self, program: str) -> None:
        reader, writer = os.pipe()
        # A process that holds the other end of its own input never sees the end of it.
        leaked = (writer,) if broken("leaves-the-server") else ()
        self._input = os.fdopen(writer, "wb")
        self._process = subprocess.Popen([program, "app-server"], stdin=reader, stdout=subprocess.PIPE, pass_fds=leaked)
        os.close(reader)

    def send(self, text: str) -> None:
        """Send a message.

        Raises:
            OSError: The process has ended.
        """
        self._input.write(text.encode() + b"\n")
        self._input.flush()

    def texts(self) -> Iterator[str | bytes]:
        """Yield what comes, up to the end."""
        yield from self._process.stdout

    def ending(self) -> str:
        """Say how it ended."""
        return f"exit code {self._process.wait()}"

    def close(self) -> None:
        """End its input, and wait for its end."""
        self._input.close()
        self._process.wait()


class Socket:
    """A connection; a message is a frame."""

    def __init__(self, url: str) -> None:
        self._socket = connect(url, compression=None, proxy=None, max_size=None)

    def send(self, text: str) -> None:
        """Send a message.

        Raises:
            OSError: The connection has ended.
        """
        try:
            self._socket.send(text)
        except ConnectionClosed as closed:
            raise BrokenPipeError(str(closed)) from None

    def texts(self) -> Iterator[str | bytes]:
        """Yield what comes, up to the end."""
        try:
            yield from self._socket
        except ConnectionClosed:
            return

    def ending(self) -> str:
        """Say how it ended."""
        return f"close code {self._socket.close_code}"

    def close(self) -> None:
        """Leave."""
        self._socket.close()
