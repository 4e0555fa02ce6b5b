"""Reading what a user names, a file or a folder, as a protocol."""

from codex_schemas.diff._sources._source import read_protocol

__all__ = ["read_protocol"]
