"""A server that says bytes, a recorder beside it, and what it wrote."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from codex_fixtures import Entry, Header, RecordingReader
from codex_mockserver.recording import Recorder, RecordingProxy, upstream_at


class Open:
    """Takes nothing out, so that a test sees what came."""

    def feed(self, entry: Entry) -> Iterable[Entry]:
        return [entry]

    def flush(self) -> Iterable[Entry]:
        return []


@pytest.fixture
def recorder(tmp_path: Path) -> Recorder:
    """A recorder that keeps everything as it came."""
    return Recorder(tmp_path / "recording.jsonl", Header(recording=1, surface="http"), Open())


@pytest.fixture
def recorded(recorder: Recorder, tmp_path: Path) -> Callable[[], list[Entry]]:
    """A function that ends the recording and returns its entries without their times."""

    def read() -> list[Entry]:
        recorder.finish()
        with RecordingReader(tmp_path / "recording.jsonl") as reader:
            entries = list(reader)
        for entry in entries:
            entry.at = 0.0
        return entries

    return read


Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@pytest.fixture
def between(recorder: Recorder) -> Callable[..., object]:
    """A function that puts a recorder between a client and a server; its block gets the client's ends."""

    @asynccontextmanager
    async def begin(serve: Serve, path: str = "") -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
        async def guarded(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            try:
                await serve(reader, writer)
            finally:
                writer.close()

        server = await asyncio.start_server(guarded, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        upstream = upstream_at(f"http://127.0.0.1:{port}{path}")
        async with server, RecordingProxy(recorder, upstream, tunnels=False) as proxy, asyncio.timeout(30):
            host, own_port = proxy.url.removeprefix("http://").split(":")
            reader, writer = await asyncio.open_connection(host, int(own_port))
            yield reader, writer
            writer.close()

    return begin
