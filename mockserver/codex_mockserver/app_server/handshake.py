"""``initialize``: who the client is, and what it may use."""

from __future__ import annotations

from codex_mockserver.app_server._call import Call, Handler, Json
from codex_mockserver.app_server._errors import RpcError
from codex_mockserver.app_server._tasks import Pause, Steps

__all__ = ["HANDLERS"]


def initialize(call: Call) -> Json:
    """Begin a connection."""
    connection = call.connection
    if connection.is_initialized:
        raise RpcError("Already initialized")
    client, capabilities = call.params["clientInfo"], call.get("capabilities", {})
    name = client["name"]
    if not _is_header_value(name):
        raise RpcError(f"Invalid clientInfo.name: '{name}'. Must be a valid HTTP header value.")
    connection.is_initialized = True
    connection.is_experimental = capabilities.get("experimentalApi") is True
    connection.client_name, connection.client_version = name, client["version"]
    connection.capabilities = capabilities
    connection.unwanted = frozenset(capabilities.get("optOutNotificationMethods") or ())
    call.afterwards(_greet(call))
    who = f"{name}; {client['version']}".strip()
    return {
        "userAgent": f"{name}/{call.server.version} (Debian 12.0.0; x86_64) unknown ({who})",
        "codexHome": call.server.home,
        "platformFamily": "unix",
        "platformOs": "linux",
    }


def _greet(call: Call) -> Steps:
    # The client has its answer before what comes now is even imported.
    yield Pause(0)
    from codex_mockserver.app_server.configuration import config_warning  # noqa: PLC0415
    from codex_mockserver.app_server.system import remote_control_status  # noqa: PLC0415

    if (warning := config_warning(call.server)) is not None:
        call.server.wire.notify([call.connection], "configWarning", warning)
    status = remote_control_status(call.server)
    call.server.wire.notify([call.connection], "remoteControl/status/changed", status)
    call.server.account.announce_beginning()


def _is_header_value(text: str) -> bool:
    return all(character == "\t" or (character >= " " and character != "\x7f") for character in text)


HANDLERS: dict[str, Handler] = {"initialize": initialize}
