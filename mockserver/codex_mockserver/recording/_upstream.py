"""Where recorded traffic goes: to a mock, to a URL, or to the real hosts."""

from __future__ import annotations

import asyncio
import ipaddress
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from codex_mockserver.http import REAL_HOSTS
from codex_mockserver.recording._heads import Heads
from codex_schemas import Problem

__all__ = ["Upstream", "live_upstream", "mock_upstream", "upstream_at"]

_PORTS = {"http": 80, "https": 443}
_LIVE_ADVICE = "Add --allow-live if a recording of the real service is what you want: it gets real credentials."


@dataclass(frozen=True)
class Upstream:
    """A server whose answers are recorded."""

    #: Returns host and port for the host that a client meant.
    address: Callable[[str], tuple[str, int]]
    #: What TLS is spoken with; None for plain HTTP.
    tls: ssl.SSLContext | None = None
    #: The name in its certificate; None for the host that the client meant.
    name: str | None = None
    #: What requests call it, unless they come through a tunnel; None where they always keep their host.
    authority: str | None = None
    #: What is put before each path.
    prefix: str = ""

    def heads(self, *, keep_host: bool) -> Heads | None:
        """Return what rewrites the requests of one connection; None where they pass as they are."""
        authority = None if keep_host else self.authority
        return Heads(authority, self.prefix) if authority or self.prefix else None

    async def dial(self, host: str) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """Connect.

        Args:
            host: The host that the client meant.

        Raises:
            OSError: It cannot be reached, or its certificate is not trusted.
        """
        address, port = self.address(host)
        name = (self.name or host) if self.tls else None
        return await asyncio.open_connection(address, port, ssl=self.tls, server_hostname=name)


def mock_upstream(https_url: str, ca_file: Path) -> Upstream:
    """Return a mock on this machine, which knows by which host it was meant."""
    url = urlsplit(https_url)
    context = ssl.create_default_context(cafile=ca_file)
    return Upstream(lambda _host: (url.hostname or "localhost", url.port or _PORTS["https"]), context, "localhost")


def upstream_at(url: str, *, allow_live: bool = False) -> Upstream:
    """Return the server at a base URL.

    Args:
        url: The URL, whose path is put before each path that a client asks for.
        allow_live: Whether it may be on another machine.

    Raises:
        Problem: It is no such URL, or on another machine.
    """
    scheme, host, port, path = _parts(url)
    if not allow_live and not _is_loopback(host):
        raise Problem(
            "choosing the upstream to record",
            expected="a server on this machine, such as http://127.0.0.1:8765",
            found=url,
            advice=_LIVE_ADVICE,
        )
    context = ssl.create_default_context() if scheme == "https" else None
    authority = urlsplit(url).netloc.rpartition("@")[2]
    return Upstream(lambda _host: (host, port), context, host, authority, path.rstrip("/"))


def live_upstream(*, allow_live: bool) -> Upstream:
    """Return the real hosts, each for itself.

    Raises:
        Problem: That was not allowed.
    """
    if not allow_live:
        raise Problem(
            "choosing the upstream to record",
            expected="--allow-live beside it",
            found="the real hosts without it",
            advice=_LIVE_ADVICE,
        )
    return Upstream(_real_address, ssl.create_default_context())


def _real_address(host: str) -> tuple[str, int]:
    if host not in REAL_HOSTS:
        raise OSError(f"{host!r} is no host of codex")
    return host, _PORTS["https"]


def _parts(url: str) -> tuple[str, str, int, str]:
    try:
        split = urlsplit(url)
        host, port = split.hostname, split.port
    except ValueError:
        host, port = None, None
    if host is None or split.scheme not in _PORTS or split.query or split.fragment:
        raise Problem(
            "choosing the upstream to record",
            expected="a URL such as http://127.0.0.1:8765 or https://host/path",
            found=repr(url),
            advice="Write it with its scheme, and without a query.",
        )
    return split.scheme, host, port or _PORTS[split.scheme], split.path


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
