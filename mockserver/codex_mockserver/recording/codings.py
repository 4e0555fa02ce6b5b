"""Content codings, piece by piece: a body that streams is never held whole."""

from __future__ import annotations

import sys
import zlib
from collections.abc import Callable, Mapping
from typing import Protocol

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

__all__ = ["CODINGS", "BadCoding", "Decoder", "Encoder", "coding_of", "decoder", "encoder"]

#: The codings that are read and written.
CODINGS = ("zstd", "gzip", "deflate")

#: Bytes that one body may have when it is decoded; a body that is a trap ends there.
_MOST_DECODED = 1 << 30
#: Bytes that are decoded at once.
_PIECE = 1 << 20
#: The largest zstd window that is decoded, as a power of two: it bounds the decoder's memory.
_ZSTD_WINDOW_LOG = 27
#: Bytes of the zlib wrapper before the data.
_WRAPPER_SIZE = 2
_GZIP = zlib.MAX_WBITS | 16


class BadCoding(Exception):  # noqa: N818 (it says what is wrong)
    """A body is not encoded as its head says, or is too large."""


class _Stream(Protocol):
    """What the decoders of the libraries have in common."""

    @property
    def eof(self) -> bool: ...
    def decompress(self, data: bytes, max_length: int) -> bytes: ...


class Decoder:
    """Decodes one body."""

    def __init__(self, stream: _Stream) -> None:
        self._stream = stream
        self._has_begun = False
        self._size = 0

    @property
    def is_complete(self) -> bool:
        """Whether the end of the body has come, or none has begun: there is none after HEAD."""
        return self._stream.eof or not self._has_begun

    def feed(self, data: bytes) -> bytes:
        """Return what a piece of the body means; nothing, where more is needed.

        Raises:
            BadCoding: It means nothing, or too much.
        """
        parts = []
        self._has_begun |= bool(data)
        while data and not self._stream.eof:
            part = self._decompress(data)
            parts.append(part)
            # zlib gives back what it did not take; zstd keeps it.
            data = getattr(self._stream, "unconsumed_tail", b"")
            while len(part) == _PIECE and not data and not self._stream.eof:
                part = self._decompress(b"")
                parts.append(part)
        return b"".join(parts)

    def _decompress(self, data: bytes) -> bytes:
        try:
            part = self._stream.decompress(data, _PIECE)
        except (zlib.error, zstd.ZstdError, EOFError) as error:
            raise BadCoding(str(error)) from None
        self._size += len(part)
        if self._size > _MOST_DECODED:
            raise BadCoding("the body is too large")
        return part


def _zstd_decoder() -> Decoder:
    return Decoder(zstd.ZstdDecompressor(options={zstd.DecompressionParameter.window_log_max: _ZSTD_WINDOW_LOG}))


class _DeflateDecoder(Decoder):
    """Decodes ``deflate``, which some send with the zlib wrapper and some without."""

    def __init__(self) -> None:
        super().__init__(zlib.decompressobj())
        self._first = b""
        self._is_known = False

    def feed(self, data: bytes) -> bytes:
        """Return what a piece of the body means."""
        if self._is_known:
            return super().feed(data)
        data = self._first = self._first + data
        self._has_begun |= bool(data)
        if len(data) < _WRAPPER_SIZE:
            return b""
        self._is_known = True
        if data[0] & 15 != zlib.DEFLATED or int.from_bytes(data[:_WRAPPER_SIZE]) % 31:
            self._stream = zlib.decompressobj(-zlib.MAX_WBITS)
        return super().feed(data)


class Encoder(Protocol):
    """Encodes one body."""

    def feed(self, data: bytes) -> bytes:
        """Return a piece, encoded so that it can be read at once."""
        ...

    def finish(self) -> bytes:
        """Return the end of the body."""
        ...


class _ZlibEncoder:
    def __init__(self, window_bits: int) -> None:
        self._stream = zlib.compressobj(wbits=window_bits)

    def feed(self, data: bytes) -> bytes:
        return self._stream.compress(data) + self._stream.flush(zlib.Z_SYNC_FLUSH)

    def finish(self) -> bytes:
        return self._stream.flush()


class _ZstdEncoder:
    def __init__(self) -> None:
        self._stream = zstd.ZstdCompressor()

    def feed(self, data: bytes) -> bytes:
        return self._stream.compress(data, zstd.ZstdCompressor.FLUSH_BLOCK)

    def finish(self) -> bytes:
        return self._stream.flush()


_DECODERS: Mapping[str, Callable[[], Decoder]] = {
    "zstd": _zstd_decoder,
    "gzip": lambda: Decoder(zlib.decompressobj(_GZIP)),
    "deflate": _DeflateDecoder,
}
_ENCODERS: Mapping[str, Callable[[], Encoder]] = {
    "zstd": _ZstdEncoder,
    "gzip": lambda: _ZlibEncoder(_GZIP),
    "deflate": lambda: _ZlibEncoder(zlib.MAX_WBITS),
}


def coding_of(headers: list[tuple[str, str]]) -> str | None:
    """Return the coding of a body if it is one that can be decoded, by its headers."""
    values = [value.strip().lower() for name, value in headers if name.lower() == "content-encoding"]
    return values[0] if len(values) == 1 and values[0] in CODINGS else None


def decoder(coding: str) -> Decoder:
    """Return what decodes a body."""
    return _DECODERS[coding]()


def encoder(coding: str) -> Encoder:
    """Return what encodes a body."""
    return _ENCODERS[coding]()
