"""Server-sent events as bytes: the hot path of every stream."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import Any

import msgspec

from codex_mockserver.model import Deltas

__all__ = ["sse_bytes"]

_encode = msgspec.json.Encoder().encode


def sse_bytes(parts: Iterable[dict[str, Any] | Deltas]) -> bytes:
    """Return events as they go on the wire."""
    chunks: list[bytes] = []
    for part in parts:
        if isinstance(part, Deltas):
            chunks.append(_deltas(part))
        else:
            chunks += (_field(part["type"]), _encode(part), b"\n\n")
    return b"".join(chunks)


def _deltas(run: Deltas) -> bytes:
    """Encode what the events of a run share only once."""
    head = _field(run.kind) + _encode({"type": run.kind, **run.where})[:-1]
    return b"".join(
        [
            b'%b,"delta":%b,"sequence_number":%d}\n\n' % (head, _encode(text), number)
            for number, text in enumerate(run.texts, run.first)
        ]
    )


@cache
def _field(event_type: str) -> bytes:
    """Return what stands before the data of an event."""
    return f"event: {event_type}\ndata: ".encode()
