"""Where clients come in: a plain port, a proxy whose tunnels end here, or both."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import TypeAlias
from weakref import WeakKeyDictionary

from codex_mockserver.http import REAL_HOSTS
from codex_mockserver.serving import ConnectProxy
from codex_mockserver.serving.listener import in_url, listening_address, require_loopback, unavailable
from codex_mockserver.serving.tls import Authority
from codex_mockserver.serving.tls_side import TlsSide

__all__ = ["Front", "Serve"]

_HANDSHAKE_SECONDS = 10.0

#: Serves one connection; the host is the one that the client of a tunnel greets, empty on the plain port.
Serve: TypeAlias = Callable[[asyncio.StreamReader, asyncio.StreamWriter, str], Awaitable[None]]


class Front(TlsSide):
    """Accepts connections and has each of them served.

    Args:
        serve: Serves a connection, which is dropped when that returns.
        host: The loopback address to listen on.
        plain_port: The port of plain HTTP, 0 for any free one; None for no such port.
        proxy_port: The same for the proxy, whose tunnels lead the hosts that codex has built in here.

    Raises:
        Problem: The host is not loopback.
    """

    def __init__(
        self, serve: Serve, host: str = "127.0.0.1", *, plain_port: int | None = None, proxy_port: int | None = None
    ) -> None:
        require_loopback(host)
        self._serve = serve
        self._host = "127.0.0.1" if host == "localhost" else host
        self._plain_port = plain_port
        self._proxy_port = proxy_port
        self._plain: asyncio.Server | None = None
        self._secure: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        #: The host that a client of a tunnel greets.
        self._names: WeakKeyDictionary[ssl.SSLObject, str] = WeakKeyDictionary()

    @property
    def url(self) -> str:
        """The URL of the plain port."""
        return f"http://{in_url(listening_address(self._plain))}"

    @property
    def https_url(self) -> str | None:
        """The URL at which the tunnels end; None without a proxy."""
        return f"https://localhost:{listening_address(self._secure)[1]}" if self._secure else None

    async def start(self) -> None:
        """Begin to listen.

        Raises:
            Problem: An address cannot be had.
        """
        try:
            if self._plain_port is not None:
                self._plain = await self._listen(self._plain_port)
            if self._proxy_port is not None:
                self._authority = await asyncio.to_thread(Authority)
                context = self._authority.server_context()
                context.sni_callback = self._greeted
                self._secure = await self._listen(0, context)
                address = listening_address(self._secure)
                self._proxy = ConnectProxy(REAL_HOSTS, address, self._host, self._proxy_port)
                await self._proxy.start()
        except BaseException:
            await self.stop()
            raise

    async def stop(self) -> None:
        """Stop at once, and drop all connections."""
        if self._proxy is not None:
            await self._proxy.stop()
        for server in (self._plain, self._secure):
            if server is not None:
                server.close()
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._plain = self._secure = None
        if self._authority is not None:
            self._authority.close()
            self._authority = None

    async def _listen(self, port: int, context: ssl.SSLContext | None = None) -> asyncio.Server:
        patience = _HANDSHAKE_SECONDS if context else None
        try:
            return await asyncio.start_server(
                self._accept, self._host, port, ssl=context, ssl_handshake_timeout=patience
            )
        except OSError as error:
            raise unavailable((self._host, port), error) from None

    def _greeted(self, connection: ssl.SSLObject, name: str | None, _context: ssl.SSLContext) -> None:
        self._names[connection] = name or ""

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(self._run(reader, writer))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _run(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connection = writer.get_extra_info("ssl_object")
        try:
            # Whoever goes away needs no answer.
            with suppress(OSError):
                await self._serve(reader, writer, self._names.get(connection, "") if connection else "")
        finally:
            writer.transport.abort()
