"""The app-server protocol of every codex release that can emit it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codex_schemas.app_server._release import Channel, Release
from codex_schemas.app_server.contract import AppServerContract, Method
from codex_schemas.app_server.lookup import latest, load, nearest, releases, versions
from codex_schemas.lazy import lazily

if TYPE_CHECKING:
    from codex_schemas.app_server._archive import Archive, Emission
    from codex_schemas.app_server._conversation import Conversation
    from codex_schemas.app_server._example import example_params, param_names
    from codex_schemas.app_server._history import History, history
    from codex_schemas.app_server._json_schema import to_json_schema, validate_type
    from codex_schemas.app_server._life import Event, Life
    from codex_schemas.app_server._openrpc import to_openrpc
    from codex_schemas.app_server._outline import Element, outline
    from codex_schemas.app_server._typescript import read_typescript
    from codex_schemas.app_server.normal_form import checksum, normalise
    from codex_schemas.app_server.release_numbers import sort_key

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
    "sort_key",
    "to_json_schema",
    "to_openrpc",
    "validate_type",
    "versions",
]

#: Where the rest is: these are imported when they are first used.
_HOMES = {
    "Archive": "_archive",
    "Conversation": "_conversation",
    "Element": "_outline",
    "Emission": "_archive",
    "Event": "_life",
    "History": "_history",
    "Life": "_life",
    "checksum": "normal_form",
    "example_params": "_example",
    "history": "_history",
    "normalise": "normal_form",
    "outline": "_outline",
    "param_names": "_example",
    "read_typescript": "_typescript",
    "sort_key": "release_numbers",
    "to_json_schema": "_json_schema",
    "to_openrpc": "_openrpc",
    "validate_type": "_json_schema",
}

__getattr__ = lazily(__name__, _HOMES)
