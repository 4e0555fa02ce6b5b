"""A tap on an app-server: all that passes between it and its clients is written down."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from codex_fixtures import Side
from codex_mockserver.app_server import AppServer, Connection
from codex_mockserver.app_server.transports.hub import Hub
from codex_mockserver.app_server.transports.pump import Sender

__all__ = ["Tap"]


class Tap(Hub):
    """What the connections to a server share, and who writes down what they say.

    Args:
        server: The server.
        tell: Takes each line of its log.
        write: Takes each message before it passes.
    """

    def __init__(self, server: AppServer, tell: Callable[[str], None], write: Callable[[Side, bytes], None]) -> None:
        super().__init__(server, tell)
        self._write = write

    def join(self, send: Sender) -> Connection:
        """Take a new client."""

        def pass_on(messages: Sequence[bytes]) -> None:
            self._write_all("server", messages)
            send(messages)

        return super().join(pass_on)

    def receive(self, connection: Connection, texts: Sequence[bytes]) -> None:
        """Take messages of a client."""
        self._write_all("client", texts)
        super().receive(connection, texts)

    def when_ended(self, act: Callable[[int], None]) -> None:
        """Do something with the exit code, once there is one."""
        self._ended.add_done_callback(lambda ended: act(ended.result()))

    def end_login(self, reason: str) -> None:
        """End the login that waits, if one does."""
        account = self.server.account
        if (pending := account.pending) is not None:
            account.pending = None
            pending.end(reason)
            self._wake()

    def stop(self) -> None:
        """End, whatever is still to be done."""
        self._end(0)
        if self._timer is not None:
            self._timer.cancel()

    def _write_all(self, side: Side, messages: Iterable[bytes]) -> None:
        for message in messages:
            self._write(side, message)
