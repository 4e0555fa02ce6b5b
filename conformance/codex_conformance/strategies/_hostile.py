"""What is no message at all: bytes and texts that a server must survive."""

from __future__ import annotations

import gzip
import json
import sys
import zlib
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any

from hypothesis import strategies as st

from codex_conformance.strategies._sample import Hostile

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

__all__ = ["HOSTILE_BODIES", "HOSTILE_LINES", "HOSTILE_PACKINGS", "hostile_bodies", "hostile_lines"]

Json = dict[str, Any]

#: Bytes that a bomb unpacks to: enough to see that a server unpacks without a limit, too few to do harm.
_BOMB = 64 * 1024 * 1024


#: What becomes of the JSON text of a good message; the first argument is drawn from its length.
HOSTILE_BODIES: Mapping[str, Callable[[int, str], bytes]] = {
    "an empty text": lambda _at, _text: b"",
    "a text that ends early": lambda at, text: text[:at].encode(),
    "a text that goes on after its end": lambda _at, text: text.encode() + b"}",
    "a text with a byte that is no UTF-8": lambda at, text: text[:at].encode() + b"\xff" + text[at:].encode(),
    "UTF-16": lambda _at, text: text.encode("utf-16"),
    "a byte order mark first": lambda _at, text: b"\xef\xbb\xbf" + text.encode(),
    "a NUL": lambda at, text: text[:at].encode() + b"\0" + text[at:].encode(),
    "single quotes": lambda _at, text: text.replace('"', "'").encode(),
    "NaN": lambda _at, text: _with(text, "NaN"),
    "a number beyond all bounds": lambda _at, text: _with(text, "1e999999"),
    "an integer of 5000 digits": lambda _at, text: _with(text, "9" * 5000),
    "half a surrogate pair": lambda _at, text: _with(text, '"\\ud800"'),
    "an escaped NUL": lambda _at, text: _with(text, '"\\u0000"'),
    "the same key twice": lambda _at, text: _with(text, "1", "1"),
    "lists 500 deep": lambda _at, text: _with(text, "[" * 500 + "]" * 500),
    "lists 100000 deep": lambda _at, text: _with(text, "[" * 100_000 + "]" * 100_000),
    "lists 100000 deep that never end": lambda _at, _text: b"[" * 100_000,
    "a text of a million characters": lambda _at, text: _with(text, f'"{"x" * 1_000_000}"'),
    "a batch": lambda _at, text: f"[{text},{text}]".encode(),
    "an empty list": lambda _at, _text: b"[]",
    "null": lambda _at, _text: b"null",
    "a number": lambda _at, _text: b"5",
    "a text": lambda _at, _text: b'"{}"',
}

#: Those of them that are no texts.
_BYTES = {"a text with a byte that is no UTF-8", "UTF-16"}


@cache
def _gzip_bomb() -> bytes:
    return gzip.compress(bytes(_BOMB))


@cache
def _deflate_bomb() -> bytes:
    return zlib.compress(bytes(_BOMB))


@cache
def _zstd_bomb() -> bytes:
    return zstd.compress(bytes(_BOMB))


#: Headers that lie about a body, with what becomes of it.
HOSTILE_PACKINGS: Mapping[str, tuple[Mapping[str, str], Callable[[bytes], bytes]]] = {
    "no media type": ({"content-type": ""}, lambda body: body),
    "a media type of something else": ({"content-type": "image/png"}, lambda body: body),
    "a media type that is none": ({"content-type": "; ,=json"}, lambda body: body),
    "a charset that nobody knows": ({"content-type": "application/json; charset=x-testkit"}, lambda body: body),
    "a multipart body without parts": ({"content-type": "multipart/form-data"}, lambda body: body),
    "gzip that is none": ({"content-encoding": "gzip"}, lambda body: body),
    "zstd that is none": ({"content-encoding": "zstd"}, lambda body: body),
    "gzip that ends early": ({"content-encoding": "gzip"}, lambda body: gzip.compress(body)[:-4]),
    "an encoding that nobody knows": ({"content-encoding": "x-testkit"}, lambda body: body),
    "a bomb of gzip": ({"content-encoding": "gzip"}, lambda _body: _gzip_bomb()),
    "a bomb of deflate": ({"content-encoding": "deflate"}, lambda _body: _deflate_bomb()),
    "a bomb of zstd": ({"content-encoding": "zstd"}, lambda _body: _zstd_bomb()),
}

#: JSON-RPC messages that are none, or hardly: what becomes of a good request.
HOSTILE_LINES: Mapping[str, Callable[[Json], Any]] = {
    "an id of null": lambda message: {**message, "id": None},
    "a fraction as its id": lambda message: {**message, "id": 1.5},
    "true as its id": lambda message: {**message, "id": True},
    "an id beyond 64 bits": lambda message: {**message, "id": 2**64},
    "a list as its id": lambda message: {**message, "id": [1]},
    "an object as its id": lambda message: {**message, "id": {}},
    "a number as its method": lambda message: {**message, "method": 5},
    "an empty method": lambda message: {**message, "method": ""},
    "a method that nobody knows": lambda message: {**message, "method": "testkit/unknown"},
    "no method": lambda message: {key: part for key, part in message.items() if key != "method"},
    "a list as its params": lambda message: {**message, "params": []},
    "a text as its params": lambda message: {**message, "params": "{}"},
    "an answer to nothing": lambda _message: {"id": 987_654_321, "result": {}},
    "an error of nothing": lambda _message: {"id": 987_654_321, "error": {"code": 0, "message": ""}},
    "an error without a message": lambda _message: {"id": 987_654_321, "error": {}},
    "a request and an answer at once": lambda message: {**message, "result": {}, "error": {"code": 0, "message": ""}},
    "an empty object": lambda _message: {},
    "a notification that nobody knows": lambda _message: {"method": "testkit/unknown"},
}


def hostile_bodies(good: str) -> st.SearchStrategy[Hostile]:
    """Return bodies made from the text of a good one."""
    random = st.binary(max_size=100).map(lambda content: Hostile("random bytes", content))
    packed = st.sampled_from([*HOSTILE_PACKINGS]).map(lambda what: _packed(what, good.encode()))
    return _broken([*HOSTILE_BODIES], good) | packed | random


def hostile_lines(good: Json) -> st.SearchStrategy[Hostile]:
    """Return lines made from a good JSON-RPC request: texts without the end of a line."""
    odd = st.sampled_from([*HOSTILE_LINES]).map(lambda what: Hostile(what, _encoded(HOSTILE_LINES[what](good))))
    return odd | _broken([what for what in HOSTILE_BODIES if what not in _BYTES], json.dumps(good))


def _broken(ways: Sequence[str], good: str) -> st.SearchStrategy[Hostile]:
    positions = st.integers(0, max(len(good) - 1, 0))
    return st.builds(lambda what, at: Hostile(what, HOSTILE_BODIES[what](at, good)), st.sampled_from(ways), positions)


def _encoded(message: Any) -> bytes:
    return json.dumps(message).encode()


def _with(text: str, *values: str) -> bytes:
    """Return the text of an object with further fields of one name, first."""
    fields = ",".join(f'"testkit_unknown":{value}' for value in values)
    rest = text.removeprefix("{") if text.startswith("{") else "}"
    return f"{{{fields}{'' if rest == '}' else ','}{rest}".encode()


def _packed(what: str, body: bytes) -> Hostile:
    headers, pack = HOSTILE_PACKINGS[what]
    return Hostile(what, pack(body), headers)
