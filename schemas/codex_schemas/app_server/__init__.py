"""The app-server protocol of every codex release that can emit it."""

from codex_schemas.app_server._archive import Archive, Emission
from codex_schemas.app_server._contract import AppServerContract, Method, latest, load, nearest, releases, versions
from codex_schemas.app_server._normalise import checksum, normalise
from codex_schemas.app_server._release import Channel, Release

__all__ = [
    "AppServerContract",
    "Archive",
    "Channel",
    "Emission",
    "Method",
    "Release",
    "checksum",
    "latest",
    "load",
    "nearest",
    "normalise",
    "releases",
    "versions",
]
