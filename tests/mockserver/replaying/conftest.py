"""Recordings made of entries."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from codex_fixtures import Close, Data, End, Entry, Frame, Header, RecordingWriter, Request, Response

Write = Callable[..., Path]


def call(x: int = 1, *, method: str = "GET", path: str = "/a", body: str = "", **head: object) -> list[Entry]:
    """Return a request."""
    pieces: list[Entry] = [Data(at=x, x=x, side="client", text=body)] if body else []
    url = f"https://chatgpt.com{path}"
    return [Request(at=x, x=x, method=method, url=url, **head), *pieces, End(at=x, x=x, side="client")]


def answer(x: int = 1, *pieces: str, status: int = 200, headers=None, how="whole", **head: object) -> list[Entry]:
    """Return an answer in chunks, or with the headers that are given."""
    headers = [("Transfer-Encoding", "chunked")] if headers is None else headers
    data = [Data(at=x + 0.5, x=x, side="server", text=piece) for piece in pieces]
    return [
        Response(at=x, x=x, status=status, headers=headers, **head),
        *data,
        End(at=x + 0.5, x=x, side="server", how=how),
    ]


def socket(x: int = 1, *said: tuple[str, str], path: str = "/s", end: Entry | None = None) -> list[Entry]:
    """Return a WebSocket."""
    headers = [("Upgrade", "websocket"), ("Connection", "Upgrade"), ("Sec-WebSocket-Extensions", "permessage-deflate")]
    frames = [Frame(at=x, x=x, side=side, text=text) for side, text in said]
    last = end or Close(at=x, x=x, side="server", code=1001, reason="bye")
    return [
        *call(x, path=path, headers=headers[:2]),
        Response(at=x, x=x, status=101, headers=headers, decoded="permessage-deflate"),
        *frames,
        last,
    ]


@pytest.fixture
def recording(tmp_path: Path) -> Write:
    """A function that writes a recording of entries."""

    def write(*entries: Entry, surface: str = "http", is_whole: bool = True) -> Path:
        path = tmp_path / "recording.jsonl"
        writer = RecordingWriter(path, Header(recording=1, surface=surface))
        for entry in sorted(entries, key=lambda each: each.at):
            writer.write(entry)
        if is_whole:
            writer.finish()
        else:
            writer.abandon()
        return path

    return write
