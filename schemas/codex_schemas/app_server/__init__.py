"""The app-server protocol of every codex release that can emit it."""

from codex_schemas.app_server._archive import Archive, Emission
from codex_schemas.app_server._contract import AppServerContract, Method
from codex_schemas.app_server._conversation import Conversation
from codex_schemas.app_server._example import example_params, param_names
from codex_schemas.app_server._history import History, history
from codex_schemas.app_server._json_schema import to_json_schema, validate_type
from codex_schemas.app_server._life import Event, Life
from codex_schemas.app_server._lookup import latest, load, nearest, releases, versions
from codex_schemas.app_server._normalise import checksum, normalise
from codex_schemas.app_server._openrpc import to_openrpc
from codex_schemas.app_server._outline import Element, outline
from codex_schemas.app_server._release import Channel, Release
from codex_schemas.app_server._typescript import read_typescript

__all__ = [
    "AppServerContract",
    "Archive",
    "Channel",
    "Conversation",
    "Element",
    "Emission",
    "Event",
    "History",
    "Life",
    "Method",
    "Release",
    "checksum",
    "example_params",
    "history",
    "latest",
    "load",
    "nearest",
    "normalise",
    "outline",
    "param_names",
    "read_typescript",
    "releases",
    "to_json_schema",
    "to_openrpc",
    "validate_type",
    "versions",
]
