"""A proxy that ends at the mock: it knows the built-in hosts and dials nothing else."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Collection
from contextlib import suppress

from codex_mockserver.serving.connection import reset
from codex_mockserver.serving.listener import in_url, listening_address, require_loopback, unavailable
from codex_schemas import Problem

__all__ = ["ConnectProxy"]

#: Bytes that the header of a proxy request may have.
_MAX_HEADER = 16 * 1024
_CHUNK = 64 * 1024
_REFUSED_KEPT = 1_000
_HTTPS = "443"


class ConnectProxy:
    """An HTTP proxy on loopback that tunnels ``CONNECT`` for known hosts to one TLS listener.

    Every other host is refused; nothing is resolved or dialled for it.

    Args:
        hosts: The hosts that are tunnelled, on port 443.
        upstream: Host and port of the mock's https listener.
        host: The loopback address to listen on.
        port: The port, 0 for any free one.
        header_seconds: How long a client may take to send its request.

    Raises:
        Problem: The host is not loopback.
    """

    def __init__(
        self,
        hosts: Collection[str],
        upstream: tuple[str, int],
        host: str = "127.0.0.1",
        port: int = 0,
        *,
        header_seconds: float = 10.0,
    ) -> None:
        require_loopback(host)
        #: ``host:port`` of each tunnel that was refused lately, in order.
        self.refused: deque[str] = deque(maxlen=_REFUSED_KEPT)
        self._hosts = frozenset(hosts)
        self._upstream = upstream
        self._address = (host, port)
        self._header_seconds = header_seconds
        self._server: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def authority(self) -> str:
        """The address that it listens on, as it stands in a URL."""
        return in_url(listening_address(self._server))

    async def start(self) -> None:
        """Begin to listen.

        Raises:
            Problem: The address cannot be had.
        """
        try:
            self._server = await asyncio.start_server(self._accept, *self._address, limit=_MAX_HEADER)
        except OSError as error:
            raise unavailable(self._address, error) from None

    async def stop(self) -> None:
        """Stop at once and drop all tunnels."""
        if self._server is None:
            return
        self._server.close()
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._server = None

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(self._serve(reader, writer))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            # Whoever goes away needs no answer.
            with suppress(OSError):
                await self._answer(reader, writer)
        finally:
            writer.transport.abort()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await self._admit(reader)
        except _Refused as refused:
            writer.write(refused.response)
            writer.write_eof()
            await _discard(reader, self._header_seconds)
        else:
            await self._tunnel(reader, writer)

    async def _admit(self, reader: asyncio.StreamReader) -> None:
        """Read one request and refuse it unless it asks for a tunnel to a known host."""
        method, target = _request_line(await _read_header(reader, self._header_seconds))
        if method != "CONNECT":
            raise _Refused("405 Method Not Allowed", "CONNECT (plain http needs no proxy)", f"{method} {target}")
        host, _, port = target.rpartition(":")
        if host.lower() in self._hosts and port == _HTTPS:
            return
        self.refused.append(target)
        known = ", ".join(sorted(self._hosts))
        raise _Refused("502 Bad Gateway", f"port {_HTTPS} of one of {known}", target)

    async def _tunnel(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        mock_reader, mock_writer = await asyncio.open_connection(*self._upstream)
        try:
            writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
            async with asyncio.TaskGroup() as group:
                group.create_task(_relay(reader, mock_writer))
                group.create_task(_relay(mock_reader, writer))
        except* ConnectionResetError:
            reset(writer.transport)
        except* OSError:
            pass  # Either side may drop the connection; the other is dropped below.
        finally:
            mock_writer.transport.abort()


class _Refused(Exception):  # noqa: N818 (an answer of the protocol, not a fault of the program)
    """A request that the proxy answers with an error of its own."""

    def __init__(self, status: str, expected: str, found: str) -> None:
        problem = Problem(
            "asking the proxy of codex-testkit",
            expected=expected,
            found=found[:200],
            advice="It serves the mocked hosts and reaches no other; NO_PROXY keeps a host away from it.",
        )
        body = f"{problem}\n".encode("latin-1", "replace")
        #: The whole HTTP response.
        self.response = (
            f"HTTP/1.1 {status}\r\ncontent-type: text/plain; charset=latin-1\r\n"
            f"content-length: {len(body)}\r\nconnection: close\r\n\r\n"
        ).encode() + body


async def _read_header(reader: asyncio.StreamReader, seconds: float) -> bytes:
    try:
        async with asyncio.timeout(seconds):
            return await reader.readuntil(b"\r\n\r\n")
    except TimeoutError:
        raise _Refused("408 Request Timeout", "a whole request header in time", "a client that stopped") from None
    except asyncio.LimitOverrunError:
        expected = f"at most {_MAX_HEADER} bytes of header"
        raise _Refused("431 Request Header Fields Too Large", expected, "more") from None
    except asyncio.IncompleteReadError as error:
        raise _malformed(error.partial) from None


def _request_line(header: bytes) -> tuple[str, str]:
    try:
        method, target, protocol = header.split(b"\r\n", 1)[0].decode("ascii").split(" ")
    except ValueError:
        raise _malformed(header) from None
    if not protocol.startswith("HTTP/1."):
        raise _malformed(header)
    return method, target


def _malformed(header: bytes) -> _Refused:
    first_line = header[:80].split(b"\r\n")[0].decode("latin-1")
    return _Refused("400 Bad Request", "CONNECT host:443 HTTP/1.1 and an empty line", repr(first_line))


async def _relay(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while data := await reader.read(_CHUNK):
        writer.write(data)
        await writer.drain()
    writer.write_eof()


async def _discard(reader: asyncio.StreamReader, seconds: float) -> None:
    """Read what the client still sends: closing at once would reset the connection before it reads the answer."""
    async with asyncio.timeout(seconds):
        while await reader.read(_CHUNK):
            pass
