"""Server-sent events as bytes: the hot path of every stream."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Sequence
from functools import cache, lru_cache
from typing import Any

import msgspec

from codex_mockserver.model import Deltas, Said, Turn, closing_event, item_events, opening_events

__all__ = ["sse_bytes", "turn_bytes"]

_encode = msgspec.json.Encoder().encode

#: Stands for the id of an item in what is prepared; nobody can say it by chance.
_ID = secrets.token_hex(16)

#: Bytes up to which an item is kept prepared: scripts say the same things again and again.
_SHORT = 4096

#: What differs each time that an item is said, besides its id: such items are not worth keeping.
_UNIQUE = frozenset({"call_id", "encrypted_content"})


def turn_bytes(turn: Turn) -> bytes:
    """Return the stream of a turn as it goes on the wire, with what its items share with earlier ones prepared."""
    before = _opening()
    chunks, number = [_encode(turn.opening).join(before)], len(before) - 1
    for index, said in enumerate(turn.said):
        events, count = _item_bytes(said, index, number)
        chunks.append(events)
        number += count
    chunks.append(sse_bytes([closing_event(turn.response, number)]))
    return b"".join(chunks)


@cache
def _opening() -> Sequence[bytes]:
    """Return the events before the first item as the bytes between which the response object stands."""
    blank = {"id": _ID}
    return sse_bytes(opening_events(blank)).split(_encode(blank))


def _item_bytes(said: Said, index: int, first: int) -> tuple[bytes, int]:
    """Return the events of an item as bytes, and how many they are."""
    key = b"" if said.item.keys() & _UNIQUE else _encode({**said.item, "id": _ID})
    if 0 < len(key) <= _SHORT:
        pieces, count = _prepared(key, None if said.deltas is None else tuple(said.deltas), index, first)
        return _encode(said.item["id"])[1:-1].join(pieces), count
    events, count = item_events(said, index, first)
    return sse_bytes(events), count


@lru_cache(maxsize=64)
def _prepared(item: bytes, deltas: tuple[str, ...] | None, index: int, first: int) -> tuple[Sequence[bytes], int]:
    """Return the events of an item as the bytes between which its id stands, and how many they are."""
    events, count = item_events(Said(msgspec.json.decode(item), deltas), index, first)
    return sse_bytes(events).split(_ID.encode()), count


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
