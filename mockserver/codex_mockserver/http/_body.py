"""Request bodies: read with a limit, decompressed with a limit, parsed."""

from __future__ import annotations

import sys
import zlib
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl

import msgspec
from starlette.types import Receive

from codex_mockserver.http._refusal import Refusal

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

__all__ = ["FORM", "JSON", "MAX_BODY", "decompress", "parse", "read_body"]

JSON = "application/json"
FORM = "application/x-www-form-urlencoded"

#: Bytes that a request body may have, before and after decompression.
MAX_BODY = 32 * 1024 * 1024
_MAX_FIELDS = 200
#: The largest zstd window that is decoded, as a power of two: it bounds the decoder's memory.
_ZSTD_WINDOW_LOG = 27


async def read_body(receive: Receive, limit: int = MAX_BODY) -> bytes:
    """Return the whole request body.

    Raises:
        Refusal: 413 beyond the limit; 400 when the client went away in the middle.
    """
    chunks: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Refusal(400, "The request body ended early.")
        chunk = message.get("body", b"")
        size += len(chunk)
        if size > limit:
            raise _too_large(limit)
        chunks.append(chunk)
        if not message.get("more_body", False):
            return b"".join(chunks)


def decompress(body: bytes, encodings: str, limit: int = MAX_BODY) -> bytes:
    """Return the body without its content encodings (``zstd``, ``gzip``, ``deflate``, ``identity``).

    Raises:
        Refusal: 415 for another encoding, 400 for damaged data, 413 beyond the limit.
    """
    for name in reversed([part.strip().lower() for part in encodings.split(",") if part.strip()]):
        decoder = _DECODERS.get(name)
        if decoder is None:
            raise Refusal(
                415,
                f"The content encoding {name[:40]!r} is not supported; use one of {', '.join(_DECODERS)}.",
                code="unsupported_content_encoding",
            )
        try:
            body = decoder(body, limit)
        except (zlib.error, zstd.ZstdError, EOFError) as error:
            raise Refusal(400, f"The body is not valid {name}: {error}.", code="invalid_body") from None
        if len(body) > limit:
            raise _too_large(limit)
    return body


def parse(body: bytes, media_type: str) -> Any:
    """Return the value of a JSON body, or the fields of a form.

    Raises:
        Refusal: 400 when the body cannot be read.
    """
    return _parse_form(body) if media_type == FORM else _parse_json(body)


def _parse_json(body: bytes) -> Any:
    try:
        return msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Refusal(400, f"The body is not valid JSON: {error}.", code="invalid_json") from None


def _parse_form(body: bytes) -> dict[str, str]:
    try:
        pairs = parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=_MAX_FIELDS, errors="strict")
    except ValueError as error:
        raise Refusal(400, f"The form cannot be read: {error}.", code="invalid_request") from None
    fields = dict(pairs)
    if len(fields) < len(pairs):
        raise Refusal(400, "A form field is repeated.", code="invalid_request")
    return fields


def _inflate(window_bits: int) -> Callable[[bytes, int], bytes]:
    def inflate(body: bytes, limit: int) -> bytes:
        stream = zlib.decompressobj(window_bits)
        plain = stream.decompress(body, limit + 1)
        if not stream.eof and len(plain) <= limit:
            raise EOFError("it ends early")
        return plain

    return inflate


def _deflate(body: bytes, limit: int) -> bytes:
    """Decode ``deflate``, which some clients send with the zlib wrapper and some without."""
    try:
        return _inflate(zlib.MAX_WBITS)(body, limit)
    except zlib.error:
        return _inflate(-zlib.MAX_WBITS)(body, limit)


def _unzstd(body: bytes, limit: int) -> bytes:
    stream = zstd.ZstdDecompressor(options={zstd.DecompressionParameter.window_log_max: _ZSTD_WINDOW_LOG})
    plain = stream.decompress(body, limit + 1)
    if not stream.eof and len(plain) <= limit:
        raise EOFError("it ends early")
    return plain


_DECODERS: dict[str, Callable[[bytes, int], bytes]] = {
    "zstd": _unzstd,
    "gzip": _inflate(zlib.MAX_WBITS | 16),
    "deflate": _deflate,
    "identity": lambda body, _limit: body,
}


def _too_large(limit: int) -> Refusal:
    return Refusal(413, f"The body is larger than {limit} bytes.", code="body_too_large")
