"""An app-server process: it listens where it is told to, until its end."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from codex_mockserver.app_server._server import AppServer
from codex_mockserver.app_server.transports._auth import AuthOptions, Gatekeeper
from codex_mockserver.app_server.transports._endpoint import Endpoint, Off, Stdio, WebSocketListener
from codex_mockserver.app_server.transports._errors import StartupError
from codex_mockserver.app_server.transports._stdio import serve_stdio

__all__ = ["serve"]


def serve(server: AppServer, endpoint: Endpoint, auth: AuthOptions) -> int:
    """Serve until the client, a signal or the scenario ends it; return the exit code of the process.

    It belongs to the main thread, for it takes care of signals; its log goes to standard error.

    Args:
        server: The server.
        endpoint: Where it listens.
        auth: Who may connect to an address; the files that it names are read for one.

    Raises:
        StartupError: It cannot listen there, or the options for it do not fit each other.
    """
    auth.check()
    if isinstance(endpoint, Stdio):
        with _termination(server) as end:
            return serve_stdio(server, _tell, end=end)
    if isinstance(endpoint, Off):
        raise StartupError("no transport configured; use --listen or enable remote control")
    gatekeeper = auth.gatekeeper() if isinstance(endpoint, WebSocketListener) else Gatekeeper()
    if isinstance(endpoint, WebSocketListener) and not endpoint.is_loopback and gatekeeper.is_open:
        raise StartupError(
            f"refusing to start non-loopback websocket listener {endpoint.authority} without auth; "
            "configure `--ws-auth capability-token` or `--ws-auth signed-bearer-token`"
        )
    import asyncio  # noqa: PLC0415 (a client on the standard streams need not wait for it)

    from codex_mockserver.app_server.transports._listening import serve_sockets  # noqa: PLC0415 (the same)

    return asyncio.run(serve_sockets(server, endpoint, gatekeeper, _tell))


@contextmanager
def _termination(server: AppServer) -> Iterator[int | None]:
    """Let SIGINT end the process, and give a descriptor that SIGTERM makes readable where the release ends well."""
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    if not server.traits.ends_well_on_sigterm:
        yield None
        return
    reader, writer = os.pipe()
    os.set_blocking(writer, False)
    signal.set_wakeup_fd(writer)
    # The number of the signal is written to the pipe; the handler itself has nothing to do.
    signal.signal(signal.SIGTERM, lambda *_: None)
    try:
        yield reader
    finally:
        signal.set_wakeup_fd(-1)
        os.close(reader)
        os.close(writer)


def _tell(line: str) -> None:
    # Without a standard error, `print` would take standard output.
    if sys.stderr is None:
        return
    with suppress(OSError):
        print(line, file=sys.stderr, flush=True)  # noqa: T201 (what a process says goes to standard error)
