"""What has a certificate authority and a proxy of its own tells of them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from codex_mockserver.serving._proxy import ConnectProxy

if TYPE_CHECKING:
    from codex_mockserver.serving.tls import Authority

__all__ = ["TlsSide"]


class TlsSide:
    """The side of a server that clients reach with TLS, most of them through its proxy."""

    _authority: Authority | None = None
    _proxy: ConnectProxy | None = None

    @property
    def proxy_url(self) -> str | None:
        """The URL for ``HTTPS_PROXY``; None without a proxy."""
        return f"http://{self._proxy.authority}" if self._proxy else None

    @property
    def ca_file(self) -> Path | None:
        """The certificate that a client of the TLS side must trust; None without one."""
        return self._authority.certificate_file if self._authority else None

    @property
    def refused_hosts(self) -> list[str]:
        """``host:port`` of each tunnel that the proxy has refused, in order."""
        return list(self._proxy.refused) if self._proxy else []
