"""The published binary, with the backend as its model."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from codex_conformance.app_servers import SocketServer, StdioServer, home_for
from parity._cases import Case
from parity._driver import Transcript, run

__all__ = ["binary_of", "run_real"]

_CODEX_FOLDER = Path(__file__).parents[3] / ".codex"

#: For how many seconds nothing must come until a server counts as idle.
_QUIET = 0.4


def binary_of(release: str) -> Path:
    """Return where the binary of a release is, or would be."""
    return _CODEX_FOLDER / release / "node_modules" / ".bin" / "codex"


def run_real(
    case: Case, release: str, folder: Path, is_whole: Callable[[Transcript], bool] = lambda _said: True
) -> tuple[Transcript, Transcript]:
    """Return what the published binary says in a case: with names in it, and as it was."""
    command = [str(binary_of(release)), "app-server"]
    transport = SocketServer if case.websocket else StdioServer
    with home_for(case.setup, folder) as home:
        return run(case, home.places, lambda: transport(command, home), _QUIET, is_whole)
