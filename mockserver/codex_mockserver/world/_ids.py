"""The one source of identifiers of a world."""

from __future__ import annotations

import base64
import hashlib
import secrets
import uuid

import msgspec

__all__ = ["Ids"]


class Ids(msgspec.Struct):
    """Makes identifiers that never repeat; the same seed gives the same ones in the same order."""

    seed: str = msgspec.field(default_factory=lambda: secrets.token_hex(16))
    #: How many were made.
    count: int = 0

    def new(self, prefix: str, length: int = 32) -> str:
        """Return ``prefix`` followed by that many hexadecimal digits (at most 64)."""
        return prefix + self._digest().hex()[:length]

    def secret(self, prefix: str = "") -> str:
        """Return ``prefix`` followed by 43 characters that nobody can guess."""
        return prefix + base64.urlsafe_b64encode(self._digest()).rstrip(b"=").decode()

    def uuid(self) -> str:
        """Return a version 4 UUID."""
        return str(uuid.UUID(bytes=self._digest()[:16], version=4))

    def uuid7(self, now: float) -> str:
        """Return a version 7 UUID of that time in Unix seconds: those of later milliseconds sort after it."""
        digest = self._digest()
        value = int(now * 1000) << 80 | int.from_bytes(digest[:10])
        value = value & ~(0xF << 76) | 7 << 76
        return str(uuid.UUID(int=value & ~(3 << 62) | 2 << 62))

    def fixed_uuid(self, name: str) -> str:
        """Return a version 4 UUID that is always the same for a name and a seed; it counts for nothing."""
        digest = hashlib.sha256(f"{self.seed}/{name}".encode()).digest()
        return str(uuid.UUID(bytes=digest[:16], version=4))

    def user_code(self) -> str:
        """Return a code that a person can type: ``ABCD-EFGHJ`` without look-alike characters."""
        alphabet = "BCDFGHJKLMNPQRSTVWXZ23456789"
        letters = "".join(alphabet[byte % len(alphabet)] for byte in self._digest()[:9])
        return f"{letters[:4]}-{letters[4:]}"

    def _digest(self) -> bytes:
        self.count += 1
        return hashlib.sha256(f"{self.seed}/{self.count}".encode()).digest()
