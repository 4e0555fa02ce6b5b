"""``hooks/list``: what is called at certain moments; here only told, never run."""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING

import msgspec

from codex_mockserver.app_server._call import Call, Handler, Json

if TYPE_CHECKING:
    from codex_mockserver.app_server._server import AppServer

__all__ = ["HANDLERS"]

_TIMEOUT = 600


def list_hooks(call: Call) -> Json:
    """Tell the hooks for each folder."""
    hooks = [_form(call.server, hook, number) for number, hook in enumerate(call.server.setup.hooks)]
    folders = call.get("cwds") or [call.server.cwd]
    return {"data": [{"cwd": cwd, "hooks": hooks, "warnings": [], "errors": []} for cwd in folders]}


def _form(server: AppServer, hook: Json, number: int) -> Json:
    """Return a hook in full; the scenario may leave out all but its event."""
    file = f"{server.home}/hooks.json"
    event = re.sub("([A-Z])", r"_\1", hook["eventName"]).lower()
    return {
        "key": f"{file}:{event}:{number}:0",
        "handlerType": "command",
        "command": "true",
        "async": False,
        "timeoutSec": _TIMEOUT,
        "sourcePath": file,
        "source": "user",
        "displayOrder": number,
        "enabled": True,
        "isManaged": False,
        "currentHash": f"sha256:{hashlib.sha256(msgspec.json.encode(hook, order='sorted')).hexdigest()}",
        "trustStatus": "untrusted",
        **hook,
    }


HANDLERS: dict[str, Handler] = {"hooks/list": list_hooks}
