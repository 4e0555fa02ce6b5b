"""A ``config.toml`` that cannot be read: what it keeps from working, and the warning of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from codex_mockserver.app_server._errors import INTERNAL, INVALID_REQUEST, RpcError
from codex_mockserver.app_server.configuration._layers import layers, merged, user_file
from codex_mockserver.app_server.configuration.validity import misfit

if TYPE_CHECKING:
    from codex_mockserver.app_server._server import AppServer

__all__ = ["check_file", "check_loadable", "check_values", "config_warning"]

Json = dict[str, Any]


def check_file(server: AppServer, doing: str, code: int = INTERNAL) -> None:
    """Refuse what needs the file.

    Args:
        server: The server.
        doing: What fails, as the error says it: ``failed to read providers``.
        code: The code of the error.

    Raises:
        RpcError: The file cannot be read.
    """
    if (details := _details(server)) is not None:
        raise RpcError(f"{doing}: {details}", code)


def check_loadable(server: AppServer) -> None:
    """Refuse to begin a thread without a configuration that can be read.

    Raises:
        RpcError: It cannot.
    """
    check_file(server, "failed to load configuration", INVALID_REQUEST)


def check_values(server: AppServer, cwd: str | None) -> None:
    """Refuse to tell a configuration with a value that does not fit.

    Raises:
        RpcError: There is one.
    """
    if (wrong := misfit(server, merged(layers(server, cwd)))) is not None:
        raise RpcError(wrong[0].lower() + wrong[1:], INTERNAL)


def config_warning(server: AppServer) -> Json | None:
    """Return what each client is warned of when it connects; None for nothing."""
    error, details = server.setup.config_error, _details(server)
    if error is None:
        return None
    start = {"line": error.line, "column": error.column}
    return {
        "summary": "Invalid configuration; using defaults.",
        "details": details,
        "path": user_file(server),
        "range": {"start": start, "end": {**start, "column": error.end_column or error.column}},
    }


def _details(server: AppServer) -> str | None:
    error = server.setup.config_error
    return None if error is None else f"{user_file(server)}:{error.line}:{error.column}: {error.message}"
