"""Knocking at an app-server that listens: what a WebSocket handshake, and a page, are answered with."""

from __future__ import annotations

from typing import Any

import httpx
from websockets.exceptions import InvalidStatus, WebSocketException
from websockets.sync.client import connect

__all__ = ["OPEN", "PATIENCE", "status_of_page", "status_of_socket"]

#: The status of a handshake that succeeds.
OPEN = 101
#: Seconds that an answer may take.
PATIENCE = 20.0


def status_of_socket(url: str, headers: dict[str, str] | None = None, **more: Any) -> int | str:
    """Try to open a WebSocket; return the status of the answer, or what came instead of one."""
    try:
        with connect(url, proxy=None, compression=None, open_timeout=PATIENCE, additional_headers=headers, **more):
            return OPEN
    except InvalidStatus as error:
        return error.response.status_code
    except (WebSocketException, OSError) as error:
        return f"no answer ({error})"


def status_of_page(url: str, path: str) -> int | str:
    """Ask for a page; return the status of the answer, or what came instead of one."""
    try:
        return httpx.get(url.replace("ws", "http", 1) + path, trust_env=False, timeout=PATIENCE).status_code
    except httpx.HTTPError as error:
        return f"no answer ({error})"
