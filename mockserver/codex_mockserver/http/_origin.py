"""By which origin a client reached the mock."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from urllib.parse import urlsplit

from starlette.types import Scope

__all__ = ["REAL_HOSTS", "origin_of"]

#: The hosts that codex has built in, for which the mock answers behind its proxy.
REAL_HOSTS = (
    "auth.openai.com",
    "chatgpt.com",
    "chat.openai.com",
    "api.openai.com",
    "api.chatgpt.com",
    "ab.chatgpt.com",
)

_LOOPBACK = ("localhost", "127.0.0.1", "::1")


def origin_of(scope: Scope, headers: Mapping[str, str]) -> str:
    """Return the address of the mock as the client sees it: scheme, authority, and where its world is mounted.

    A ``Host`` that is neither loopback, nor a host of the real service, nor the address of
    the listener is not repeated: a foreign page must not make the mock speak in its name.
    """
    scheme = {"ws": "http", "wss": "https"}.get(scope["scheme"], scope["scheme"])
    authority = _authority(headers.get("host", ""), scope.get("server") or ("127.0.0.1", None))
    return f"{scheme}://{authority}{scope.get('root_path', '')}"


@lru_cache(maxsize=64)
def _authority(host: str, server: tuple[str, int | None]) -> str:
    try:
        name = urlsplit(f"//{host}").hostname or ""
    except ValueError:
        name = ""
    if name in REAL_HOSTS or name in _LOOPBACK or name == server[0]:
        return host
    return f"{server[0]}:{server[1]}" if server[1] else server[0]
