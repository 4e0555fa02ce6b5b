"""``permissionProfile/list`` and ``collaborationMode/list``: the ways in which a thread may work."""

from __future__ import annotations

from codex_mockserver.app_server._call import Call, Handler, Json
from codex_mockserver.app_server._pages import page
from codex_mockserver.app_server.configuration._layers import layers, merged

__all__ = ["HANDLERS"]

_BUILT_IN = (":read-only", ":workspace", ":danger-full-access")
_MODES = (("Plan", "plan", "medium"), ("Default", "default", None))


def list_profiles(call: Call) -> Json:
    """Tell the permission profiles: those of every release, and the configured ones."""
    own = merged(layers(call.server, call.get("cwd"))).get("permissions", {})
    descriptions = dict.fromkeys(_BUILT_IN) | {name: table.get("description") for name, table in own.items()}
    allowed = (call.server.setup.requirements or {}).get("allowedPermissionProfiles") or {}
    rows = [
        {"id": name, "description": description, "allowed": allowed.get(name, True)}
        for name, description in descriptions.items()
    ]
    return page(call, rows, "permission profiles")


def list_modes(_call: Call) -> Json:
    """Tell the collaboration modes."""
    return {
        "data": [
            {"name": name, "mode": mode, "model": None, "reasoning_effort": effort} for name, mode, effort in _MODES
        ]
    }


HANDLERS: dict[str, Handler] = {"permissionProfile/list": list_profiles, "collaborationMode/list": list_modes}
