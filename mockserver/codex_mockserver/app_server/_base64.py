"""Base64 text of clients, refused in the words of the real decoder."""

from __future__ import annotations

import base64
import string

__all__ = ["BadBase64", "decode_base64", "encode_base64"]

_ALPHABET = frozenset(string.ascii_letters + string.digits + "+/")
_GROUP = 4


class BadBase64(ValueError):  # noqa: N818 (an answer of the protocol, not a fault of the program)
    """A text is no base64; the message says why."""


def decode_base64(text: str) -> bytes:
    """Return what a text stands for.

    Raises:
        BadBase64: It is no base64 with its padding.
    """
    body = text.rstrip("=")
    for offset, character in enumerate(body):
        if character not in _ALPHABET:
            symbol = character.encode()[0]
            raise BadBase64(f"Invalid symbol {symbol}, offset {len(body[:offset].encode())}.")
    if len(body) % _GROUP == 1:
        raise BadBase64(f"Invalid input length: {len(text)}")
    if len(text) - len(body) != -len(body) % _GROUP:
        raise BadBase64("Invalid padding")
    return base64.b64decode(text)


def encode_base64(content: bytes) -> str:
    """Return the text for some bytes."""
    return base64.b64encode(content).decode()
