"""Every method that the mock answers, with what answers it."""

from __future__ import annotations

from codex_mockserver.app_server import (
    account,
    catalogues,
    configuration,
    files,
    handshake,
    mcp,
    plugins,
    processes,
    system,
    threads,
    turns,
)
from codex_mockserver.app_server._call import Handler

__all__ = ["HANDLERS"]

HANDLERS: dict[str, Handler] = {
    **handshake.HANDLERS,
    **threads.HANDLERS,
    **turns.HANDLERS,
    **account.HANDLERS,
    **configuration.HANDLERS,
    **catalogues.HANDLERS,
    **files.HANDLERS,
    **processes.HANDLERS,
    **mcp.HANDLERS,
    **plugins.HANDLERS,
    **system.HANDLERS,
}
