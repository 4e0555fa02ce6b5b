"""``config/value/write`` and ``config/batchWrite``: changes of the user's own layer, all of them or none."""

from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING, Any

import msgspec

from codex_mockserver.app_server._call import Call, Handler, Json
from codex_mockserver.app_server._kept import kept
from codex_mockserver.app_server.configuration._file_error import check_file
from codex_mockserver.app_server.configuration._key_paths import (
    MISSING,
    find,
    parse_key_path,
    put,
    refusal,
    remove,
)
from codex_mockserver.app_server.configuration._layers import Layer, layers, merged, user_file, user_layer
from codex_mockserver.app_server.configuration.validity import misfit, unwritable

if TYPE_CHECKING:
    from codex_mockserver.app_server._server import AppServer

__all__ = ["HANDLERS", "write_settings"]

#: What is not written any more.
_LEGACY = {"profile": "is a legacy config selector", "profiles": "contains legacy config profile tables"}
#: Bytes that the user's layer may take as JSON.
_LARGEST = 4 * 2**20


def write_value(call: Call) -> Json:
    """Write one setting."""
    return _write(call, [call.params])


def write_batch(call: Call) -> Json:
    """Write several settings."""
    return _write(call, call.params["edits"])


def write_settings(server: AppServer, edits: list[Json]) -> None:
    """Change the user's settings.

    Args:
        server: The server.
        edits: Each with ``keyPath``, ``value`` and ``mergeStrategy``.

    Raises:
        RpcError: One of them cannot be; then none is done.
    """
    changed = deepcopy(kept(server).config)
    for edit in edits:
        _apply(changed, edit)
    if wrong := misfit(server, changed):
        raise refusal(wrong)
    if len(msgspec.json.encode(changed)) > _LARGEST:
        raise refusal("the configuration would be too large")
    kept(server).config = changed


def _write(call: Call, edits: list[Json]) -> Json:
    server = call.server
    check_file(server, "failed to load configuration")
    if call.get("filePath", user_file(server)) != user_file(server):
        raise refusal("Only writes to the user config are allowed", "configLayerReadonly")
    paths = [parse_key_path(edit["keyPath"]) for edit in edits]
    if call.get("expectedVersion", user_layer(server).version) != user_layer(server).version:
        message = "Configuration was modified since last read. Fetch latest version and retry."
        raise refusal(message, "configVersionConflict")
    write_settings(server, edits)
    # What was just written counts as it was written, what was there as it is read.
    written = Layer({}, kept(server).config) if edits else user_layer(server)
    overridden = next(filter(None, (_overridden(server, path) for path in paths)), None)
    return {
        "status": "okOverridden" if overridden else "ok",
        "version": written.version,
        "filePath": user_file(server),
        "overriddenMetadata": overridden,
    }


def _apply(config: Json, edit: Json) -> None:
    path, value = parse_key_path(edit["keyPath"]), edit["value"]
    if path[0] in _LEGACY:
        way = "use `--profile <name>` with `<name>.config.toml` instead"
        raise refusal(f"`{path[0]}` {_LEGACY[path[0]]} and can no longer be written; {way}")
    if value is None:
        remove(config, path)
    elif wrong := unwritable(value):
        raise refusal(wrong)
    else:
        put(config, path, deepcopy(value), merge=edit["mergeStrategy"] == "upsert")


def _overridden(server: AppServer, path: list[str]) -> Json | None:
    """Tell which stronger layer sets what was written, where it sets something else."""
    stack = layers(server)
    effective: Any = find(merged(stack), path)
    own = find(kept(server).config, path)
    if effective is MISSING or effective == own:
        return None
    for layer in stack:
        if layer.title and find(layer.config, path) is not MISSING:
            told = {"message": f"Overridden by {layer.title}", "overridingLayer": layer.form()}
            return {**told, "effectiveValue": effective}
    return None


HANDLERS: dict[str, Handler] = {"config/value/write": write_value, "config/batchWrite": write_batch}
