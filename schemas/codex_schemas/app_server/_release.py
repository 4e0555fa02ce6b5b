"""What the store knows about each published release."""

from __future__ import annotations

import msgspec

__all__ = ["Channel", "Release"]


class Channel(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What one release emits in one channel, without or with ``--experimental``."""

    definitions: int
    client_requests: int
    server_requests: int
    client_notifications: int
    server_notifications: int
    #: SHA-256 of the normalised definitions.
    checksum: str


class Release(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Where the protocol of one release was taken from, or why there is none."""

    version: str
    #: Date of publication, ``2026-11-13``.
    published: str
    #: The npm package that holds the binary, such as ``@openai/codex@0.169.0-linux-x64``.
    package: str = ""
    #: The checksum that npm states for that package, which the download was checked against.
    integrity: str = ""
    #: What was run, without the folder for the output.
    command: str = ""
    stable: Channel | None = None
    #: None for releases that know no ``--experimental``: there the stable channel is all.
    experimental: Channel | None = None
    #: Why the release cannot emit its protocol; empty when it can.
    reason: str = ""

    @property
    def emits(self) -> bool:
        """Whether the store has the release's protocol."""
        return self.stable is not None
