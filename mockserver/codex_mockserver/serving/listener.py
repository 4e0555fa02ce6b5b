"""A listener: an ASGI application on one address of the running event loop."""

from __future__ import annotations

import asyncio
import ipaddress
import ssl

from starlette.types import ASGIApp
from uvicorn.config import Config
from uvicorn.server import ServerState

from codex_mockserver.serving._protocol import HttpProtocol, SocketProtocol
from codex_schemas import Problem

__all__ = ["Listener", "require_loopback"]

#: Bytes that one WebSocket message may have; as much as a request body.
_MAX_MESSAGE = 32 * 1024 * 1024
_HANDSHAKE_SECONDS = 10.0
#: How long an idle connection is kept; longer than the pools of the usual clients keep theirs.
_IDLE_SECONDS = 600
#: Rounds of the event loop until an aborted transport has closed its socket; with TLS there are two layers.
_ROUNDS_TO_CLOSE = 3
#: The address that reaches a listener on all addresses.
_REACHABLE = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104


class Listener:
    """Serves an ASGI application on one address of the running event loop.

    Args:
        app: The application.
        host: The address to listen on; only loopback, unless ``allow_remote``.
        port: The port, 0 for any free one.
        tls: What to speak TLS with; None for plain HTTP.
        allow_remote: Permit an address that other machines can reach.
        header_seconds: How long a client may take to send the header of a request.

    Raises:
        Problem: The host is not loopback.
    """

    def __init__(
        self,
        app: ASGIApp,
        host: str = "127.0.0.1",
        port: int = 0,
        tls: ssl.SSLContext | None = None,
        *,
        allow_remote: bool = False,
        header_seconds: float = 30.0,
    ) -> None:
        if not allow_remote:
            require_loopback(host)
        self._address = ("127.0.0.1" if host == "localhost" else host, port)
        self._tls = tls
        self._header_seconds = header_seconds
        self._state = ServerState()
        self._config = Config(
            app,
            http=HttpProtocol,
            ws=SocketProtocol,
            ws_max_size=_MAX_MESSAGE,
            ws_ping_interval=None,
            timeout_keep_alive=_IDLE_SECONDS,
            lifespan="off",
            log_config=None,
            proxy_headers=False,
            server_header=False,
            date_header=False,
            interface="asgi3",
        )
        self._server: asyncio.Server | None = None

    @property
    def address(self) -> tuple[str, int]:
        """The host and port by which this machine reaches it."""
        return listening_address(self._server)

    @property
    def authority(self) -> str:
        """The address as it stands in a URL."""
        return in_url(self.address)

    async def start(self) -> None:
        """Begin to listen.

        Raises:
            Problem: The address cannot be had.
        """
        if not self._config.loaded:
            self._config.load()
        loop = asyncio.get_running_loop()
        handshake = _HANDSHAKE_SECONDS if self._tls else None
        try:
            self._server = await loop.create_server(
                lambda: HttpProtocol(self._config, self._state, self._header_seconds),
                *self._address,
                ssl=self._tls,
                ssl_handshake_timeout=handshake,
                backlog=2048,
            )
        except OSError as error:
            raise unavailable(self._address, error) from None

    async def stop(self) -> None:
        """Stop at once: connections are dropped, whatever they were doing."""
        if self._server is None:
            return
        self._server.close()
        for connection in tuple(self._state.connections):
            connection.transport.abort()
        tasks = tuple(self._state.tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for _ in range(_ROUNDS_TO_CLOSE):
            await asyncio.sleep(0)
        self._server = None


def require_loopback(host: str) -> None:
    """Refuse an address that other machines can reach.

    Raises:
        Problem: The host is neither ``localhost`` nor a loopback address.
    """
    try:
        loopback = host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        loopback = False
    if not loopback:
        raise Problem(
            "choosing the address to listen on",
            expected="a loopback address such as 127.0.0.1",
            found=repr(host),
            advice="The mock accepts fixed credentials: allow remote access only in a closed network (allow_remote).",
        )


def listening_address(server: asyncio.Server | None) -> tuple[str, int]:
    """Return the host and port by which this machine reaches a server.

    Raises:
        Problem: It does not run.
    """
    if server is None:
        raise Problem(
            "asking for the address of a listener",
            expected="a listener that runs",
            found="one that is not started, or stopped",
            advice="Use the backend inside its `with` block.",
        )
    host, port = server.sockets[0].getsockname()[:2]
    return _REACHABLE.get(host, host), port


def in_url(address: tuple[str, int]) -> str:
    """Return an address as it stands in a URL."""
    host, port = address
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def unavailable(address: tuple[str, int], error: OSError) -> Problem:
    """Return the problem of an address that cannot be listened on."""
    return Problem(
        f"listening on {address[0]}, port {address[1]}",
        expected="a free port",
        found=error.strerror or str(error),
        advice="Choose another port, or 0 for any free one.",
    )
