"""``environment/*``: where commands could run; besides this machine nothing can be reached."""

from __future__ import annotations

from urllib.parse import quote

from codex_mockserver.app_server._call import Call, Handler, Json
from codex_mockserver.app_server._errors import INTERNAL, RpcError

__all__ = ["HANDLERS"]

_LOCAL = "local"


def add(call: Call) -> None:
    """Remember an environment for as long as the process lives."""
    identifier = call.params["environmentId"]
    if not identifier:
        raise RpcError("exec-server protocol error: environment id cannot be empty")
    if identifier == _LOCAL and call.server.traits.reserves_local_environment:
        raise RpcError("exec-server protocol error: environment id `local` is reserved for EnvironmentManager")
    call.server.process.add_environment(identifier, call.params["execServerUrl"])


def read_status(call: Call) -> Json:
    """Tell whether an environment can be reached."""
    identifier = call.params["environmentId"]
    if identifier == _LOCAL:
        return {"status": "ready"}
    url = call.server.process.environments.get(identifier)
    if url is None:
        return {"status": "unknown", "error": f"unknown environment id `{identifier}`"}
    return {"status": "disconnected", "error": _unreachable(url)}


def read_info(call: Call) -> Json:
    """Tell the shell and the folder of an environment."""
    identifier = call.params["environmentId"]
    if identifier == _LOCAL:
        shell = {"name": "bash", "path": "/bin/bash"}
        return {"shell": shell, "cwd": f"file://{quote(call.server.cwd)}"}
    url = call.server.process.environments.get(identifier)
    if url is None:
        raise RpcError(f"unknown environment id `{identifier}`")
    raise RpcError(f"failed to get info for environment `{identifier}`: {_unreachable(url)}", INTERNAL)


def _unreachable(url: str) -> str:
    return (
        "exec-server connection attempt failed: failed to connect to exec-server websocket "
        f"`{url}`: IO error: Connection refused (os error 111)"
    )


HANDLERS: dict[str, Handler] = {
    "environment/add": add,
    "environment/status": read_status,
    "environment/info": read_info,
}
