"""``config/read`` and ``configRequirements/read``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from codex_mockserver.app_server._call import Call, Handler, Json
from codex_mockserver.app_server._recorded import recorded
from codex_mockserver.app_server.configuration._features import enabled_features
from codex_mockserver.app_server.configuration._file_error import check_file, check_values
from codex_mockserver.app_server.configuration._layers import layers, merged, origins

if TYPE_CHECKING:
    from codex_mockserver.app_server._server import AppServer

__all__ = ["HANDLERS"]


def read(call: Call) -> Json:
    """Tell the settings that hold, where each comes from and, on demand, the layers."""
    check_file(call.server, "failed to read configuration layers")
    check_values(call.server, call.get("cwd"))
    stack = layers(call.server, call.get("cwd"))
    told = [layer.form(config=True) for layer in stack] if call.get("includeLayers") else None
    answer = {"config": _effective(call.server, merged(stack)), "origins": origins(stack)}
    return {**answer, "layers": told} if told is not None else answer


def read_requirements(call: Call) -> Json:
    """Tell what the administrator demands."""
    return {"requirements": call.server.setup.requirements, "supportsIndependentSpeedModes": True}


def _effective(server: AppServer, config: Json) -> Json:
    """Return the settings that the release knows, each with its default."""
    defaults: Json = recorded("settings", server.version)
    if not defaults:
        # Old releases tell what is set, and nothing else.
        return config
    known = server.contract.definitions["v2/Config"]["properties"].keys() | defaults.keys() | {"features"}
    whole = {**defaults, **{key: value for key, value in config.items() if key in known}}
    whole["tools"] = _without_switch(whole.get("tools"))
    for key, blank in recorded("tables", server.version).items():
        whole[key] = {name: _filled(table, blank) for name, table in whole.get(key, {}).items()}
    own = {"network_proxy": None, **config["features"]} if "features" in config else {}
    return {**whole, "features": {**own, **enabled_features(server, settable_only=True)}}


def _without_switch(tools: Any) -> Any:
    """Return the tools without a switch where the wire has only a table."""
    is_switch = isinstance(tools, dict) and isinstance(tools.get("web_search"), bool)
    return {**tools, "web_search": None} if is_switch else tools


def _filled(table: Any, blank: Json) -> Any:
    if not isinstance(table, dict):
        return table
    # A server behind an address has no command, and so no arguments.
    usual = {key: value for key, value in blank.items() if not (key == "args" and "url" in table)}
    return {**usual, **table}


HANDLERS: dict[str, Handler] = {"config/read": read, "configRequirements/read": read_requirements}
