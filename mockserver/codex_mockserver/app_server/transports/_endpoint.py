"""Where an app-server listens: what ``--listen`` may say."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from codex_mockserver.app_server.transports._errors import BadArgument

if TYPE_CHECKING:
    from ipaddress import IPv4Address, IPv6Address

__all__ = ["CONTROL_SOCKET", "Endpoint", "Off", "Stdio", "UnixSocket", "WebSocketListener", "parse_endpoint"]

#: The default socket, below ``CODEX_HOME``.
CONTROL_SOCKET = Path("app-server-control", "app-server-control.sock")

_UNSUPPORTED = "expected `stdio://`, `unix://`, `unix://PATH`, `ws://IP:PORT`, or `off`"
_LARGEST_PORT = 65535


@dataclass(frozen=True, slots=True)
class Stdio:
    """JSON lines on the standard streams."""


@dataclass(frozen=True, slots=True)
class Off:
    """Nothing local."""


@dataclass(frozen=True, slots=True)
class WebSocketListener:
    """WebSockets, and two health pages, at an address; port 0 for any free one."""

    host: str
    port: int

    @property
    def is_loopback(self) -> bool:
        """Whether only this machine can reach it."""
        return _ip(self.host).is_loopback

    @property
    def authority(self) -> str:
        """The address as it stands in a URL."""
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


@dataclass(frozen=True, slots=True)
class UnixSocket:
    """WebSockets over a Unix socket."""

    path: Path


Endpoint = Stdio | Off | WebSocketListener | UnixSocket


def parse_endpoint(url: str, home: Path) -> Endpoint:
    """Return what a ``--listen`` URL names.

    Args:
        url: The URL.
        home: The ``CODEX_HOME`` below which the default socket lies.

    Raises:
        BadArgument: It names nothing that can be listened on.
    """
    if url == "stdio://":
        return Stdio()
    if url == "off":
        return Off()
    scheme, separator, rest = url.partition("://")
    if separator and scheme == "unix":
        return UnixSocket(Path(rest).absolute() if rest else home / CONTROL_SOCKET)
    if separator and scheme == "ws":
        return _address(url, rest)
    raise BadArgument(f"unsupported --listen URL `{url}`; {_UNSUPPORTED}")


def _address(url: str, authority: str) -> WebSocketListener:
    host, _, port = authority.rpartition(":")
    try:
        # Brackets belong to an IPv6 address and to no other.
        address = _ip(host.removeprefix("[").removesuffix("]"))
        is_written_well = host == (f"[{address}]" if address.version == 6 else str(address))  # noqa: PLR2004 (IPv6)
    except ValueError:
        is_written_well = False
    if not (is_written_well and port.isascii() and port.isdecimal() and int(port) <= _LARGEST_PORT):
        raise BadArgument(f"invalid websocket --listen URL `{url}`; expected `ws://IP:PORT`")
    return WebSocketListener(str(address), int(port))


def _ip(text: str) -> IPv4Address | IPv6Address:
    # On the standard streams nobody needs it.
    import ipaddress  # noqa: PLC0415

    return ipaddress.ip_address(text)
