"""``remoteControl/*``: steering this server from elsewhere, for which the backend has no counterpart."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

from codex_mockserver.app_server._call import Call, Handler, Json
from codex_mockserver.app_server._errors import RpcError
from codex_mockserver.app_server._tasks import Steps
from codex_mockserver.app_server.configuration import layers, merged

if TYPE_CHECKING:
    from codex_mockserver.app_server._server import AppServer

__all__ = ["HANDLERS", "remote_control_status"]

_BACKEND = "https://chatgpt.com/backend-api/"
_NO_LOGIN = "remote control requires ChatGPT authentication"
_OFF = "remote control pairing requires remote control to be enabled"
_NOT_ENROLLED = "remote control pairing is unavailable until enrollment completes"


def remote_control_status(server: AppServer, status: str = "disabled") -> Json:
    """Return how remote control is, as the wire has it."""
    return {
        "status": status,
        "serverName": "localhost",
        "installationId": server.world.ids.fixed_uuid("installation"),
        "environmentId": None,
    }


def read_status(call: Call) -> Json:
    """Tell how remote control is."""
    return remote_control_status(call.server, "errored" if call.server.process.remote_control else "disabled")


def enable(call: Call) -> Json:
    """Switch remote control on: for good with a login, else for this process, and in vain."""
    server = call.server
    if not call.get("ephemeral", False):
        _check_login(server)
        raise _failed(server, "server enrollment", "server/enroll")
    server.process.remote_control = True
    connecting = remote_control_status(server, "connecting")
    server.notify_all("remoteControl/status/changed", connecting)
    call.afterwards(_fail(server))
    return connecting


def disable(call: Call) -> Json:
    """Switch remote control off."""
    server = call.server
    if not call.get("ephemeral", False):
        _check_login(server)
    if server.process.remote_control:
        server.process.remote_control = False
        server.notify_all("remoteControl/status/changed", remote_control_status(server))
    return remote_control_status(server)


def start_pairing(call: Call) -> Json:
    """Refuse, since this server is not enrolled."""
    raise _unpaired(call.server)


def read_pairing(call: Call) -> Json:
    """Refuse, since this server is not enrolled."""
    codes = [call.get("pairingCode"), call.get("manualPairingCode")]
    if codes == [None, None]:
        raise RpcError("remoteControl/pairing/status requires pairingCode or manualPairingCode")
    if None not in codes:
        raise RpcError("remoteControl/pairing/status accepts either pairingCode or manualPairingCode, not both")
    raise _unpaired(call.server)


def list_clients(call: Call) -> Json:
    """Refuse: the backend knows no clients."""
    _check_login(call.server)
    raise _failed(call.server, "client list", _clients(call))


def revoke_client(call: Call) -> Json:
    """Refuse: the backend knows no clients."""
    _check_login(call.server)
    raise _failed(call.server, "client revoke", f"{_clients(call)}/{quote(call.params['clientId'], safe='')}")


def _check_login(server: AppServer) -> None:
    if not server.account.is_chatgpt:
        raise RpcError(_NO_LOGIN)


def _unpaired(server: AppServer) -> RpcError:
    return RpcError(_NOT_ENROLLED if server.process.remote_control else _OFF)


def _clients(call: Call) -> str:
    return f"environments/{quote(call.params['environmentId'], safe='')}/clients"


def _failed(server: AppServer, what: str, path: str) -> RpcError:
    base = str(merged(layers(server)).get("chatgpt_base_url", _BACKEND)).rstrip("/")
    return RpcError(
        f"remote control {what} failed at `{base}/wham/remote/control/{path}`: HTTP 404 Not Found, "
        'request-id: <none>, cf-ray: <none>, body: {"detail":"Not Found"}'
    )


def _fail(server: AppServer) -> Steps:
    server.notify_all("remoteControl/status/changed", remote_control_status(server, "errored"))
    yield from ()


HANDLERS: dict[str, Handler] = {
    "remoteControl/status/read": read_status,
    "remoteControl/enable": enable,
    "remoteControl/disable": disable,
    "remoteControl/pairing/start": start_pairing,
    "remoteControl/pairing/status": read_pairing,
    "remoteControl/client/list": list_clients,
    "remoteControl/client/revoke": revoke_client,
}
