"""The recording proxy: passes bytes on as they come, and lets the recorder read along."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from pathlib import Path
from typing import Literal, Self

from codex_mockserver.recording._exchanges import Exchanges
from codex_mockserver.recording._recorder import Recorder
from codex_mockserver.recording._upstream import Upstream
from codex_mockserver.recording.front import Front
from codex_mockserver.serving.connection import reset
from codex_mockserver.serving.loop_thread import shared_loop
from codex_schemas import Problem

__all__ = ["RecordingProxy", "SyncRecordingProxy"]

_CHUNK = 64 * 1024
#: Seconds that a client has to read what it is told before its connection closes.
_SECONDS_TO_READ = 2.0

_Side = Literal["client", "server"]


class _RecordingProxy:
    """A proxy for ``CONNECT``, or a reverse proxy, whatever kind of code uses it."""

    def __init__(
        self, recorder: Recorder, upstream: Upstream, *, tunnels: bool = True, host: str = "127.0.0.1", port: int = 0
    ) -> None:
        self._recorder = recorder
        self._upstream = upstream
        self._tunnels = tunnels
        self._front = Front(
            self._serve, host, plain_port=None if tunnels else port, proxy_port=port if tunnels else None
        )

    @property
    def url(self) -> str:
        """The URL for ``HTTPS_PROXY``, or that of the reverse proxy."""
        return self._front.proxy_url or self._front.url

    @property
    def ca_file(self) -> Path | None:
        """The certificate that a client of the tunnels must trust; None for a reverse proxy."""
        return self._front.ca_file

    @property
    def refused_hosts(self) -> list[str]:
        """``host:port`` of each tunnel that was refused, in order."""
        return self._front.refused_hosts

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, host: str) -> None:
        try:
            server = await self._upstream.dial(host)
        except OSError as error:
            await _tell_unreachable(reader, writer, error)
            return
        heads = self._upstream.heads(keep_host=self._tunnels)
        exchanges = Exchanges(self._recorder, self._origin, heads, is_proxied=self._tunnels)
        await _Passage(exchanges, (reader, writer), server).run()

    def _origin(self, host: str) -> str:
        is_secure = self._tunnels or self._upstream.tls is not None
        return f"{'https' if is_secure else 'http'}://{host}"


class RecordingProxy(_RecordingProxy):
    """Passes traffic on and records it: ``async with RecordingProxy(recorder, upstream) as proxy: ...``.

    Args:
        recorder: Takes what passes.
        upstream: Where it goes.
        tunnels: Whether it is a proxy for ``CONNECT`` to the hosts that codex has built in, or a reverse proxy.
        host: The loopback address to listen on.
        port: The port, 0 for any free one.

    Raises:
        Problem: The host is not loopback; on entering, the address cannot be had.
    """

    async def __aenter__(self) -> Self:
        await self._front.start()
        return self

    async def __aexit__(self, *_exception: object) -> None:
        await self._front.stop()


class SyncRecordingProxy(_RecordingProxy):
    """The same for synchronous code: ``with SyncRecordingProxy(recorder, upstream) as proxy: ...``."""

    def __enter__(self) -> Self:
        shared_loop().run(self._front.start())
        return self

    def __exit__(self, *_exception: object) -> None:
        shared_loop().run(self._front.stop())


_Ends = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class _Passage:
    """One connection of a client and the one to the server that belongs to it."""

    def __init__(self, exchanges: Exchanges, client: _Ends, server: _Ends) -> None:
        self._exchanges = exchanges
        self._ends: dict[_Side, _Ends] = {"client": client, "server": server}

    async def run(self) -> None:
        """Pass on what comes until the server has closed, or either side is gone."""
        client = asyncio.create_task(self._pass("client", "server"))
        server = asyncio.create_task(self._pass("server", "client"))
        try:
            await asyncio.wait({client, server}, return_when=asyncio.FIRST_COMPLETED)
            if not server.done() and not client.exception() and client.result():
                # The client has only said all: the answer may still come.
                await server
        finally:
            self._ends["server"][1].transport.abort()
            self._exchanges.leave()
            for task in (client, server):
                task.cancel()
            await asyncio.gather(client, server, return_exceptions=True)
            await _close(self._ends["client"][1])

    async def _pass(self, source: _Side, target: _Side) -> bool:
        """Pass on what one side says; return whether the other may go on when it has closed."""
        reader, (_, writer) = self._ends[source][0], self._ends[target]
        try:
            while data := await reader.read(_CHUNK):
                if source == "client":
                    writer.write(self._exchanges.client_said(data))
                else:
                    writer.write(data)
                    self._exchanges.server_said(data)
                await _drained(writer)
        except OSError:
            self._exchanges.ended(source, "reset")
            reset(writer.transport)
            return False
        self._exchanges.ended(source, "eof")
        if not writer.can_write_eof():
            return False
        with suppress(OSError):
            writer.write_eof()
        return True


async def _close(writer: asyncio.StreamWriter) -> None:
    """Close the connection of a client, who still gets what was said last."""
    with suppress(OSError, TimeoutError):
        async with asyncio.timeout(_SECONDS_TO_READ):
            writer.close()
            await writer.wait_closed()


async def _drained(writer: asyncio.StreamWriter) -> None:
    # That the other side does not read any more is seen when it is read from.
    with suppress(OSError):
        await writer.drain()


async def _tell_unreachable(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, error: OSError) -> None:
    problem = Problem(
        "passing a request on to the upstream",
        expected="a server that can be reached",
        found=str(error),
        advice="Start it, or name another one with --upstream.",
    )
    body = f"{problem}\n".encode()
    head = f"HTTP/1.1 502 Bad Gateway\r\ncontent-type: text/plain; charset=utf-8\r\ncontent-length: {len(body)}\r\n"
    with suppress(OSError, TimeoutError):
        async with asyncio.timeout(_SECONDS_TO_READ):
            await reader.read(_CHUNK)
            writer.write(head.encode() + b"connection: close\r\n\r\n" + body)
            await writer.drain()
    await _close(writer)
