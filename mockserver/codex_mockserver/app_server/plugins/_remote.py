"""The remote catalogue of plugins, in which there are none, and sharing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codex_mockserver.app_server._call import Call, Handler, Json
from codex_mockserver.app_server._errors import RpcError
from codex_mockserver.app_server.configuration import enabled_features, layers, merged

if TYPE_CHECKING:
    from codex_mockserver.app_server._server import AppServer

__all__ = ["HANDLERS", "check_remote", "not_found", "plugins_are_on"]

_BACKEND = "https://chatgpt.com/backend-api/"
_CATALOGUE = "ps/plugins/"


def plugins_are_on(server: AppServer) -> bool:
    """Tell whether there are plugins at all."""
    return enabled_features(server).get("plugins", True)


def check_remote(server: AppServer, action: str, marketplace: str, doing: str) -> None:
    """Refuse what only those who are signed in to ChatGPT can do, with plugins switched on.

    Raises:
        RpcError: Plugins are switched off, or nobody is signed in.
    """
    if not plugins_are_on(server):
        raise RpcError(f"remote plugin {action} is not enabled for marketplace {marketplace}")
    _check_login(server, doing)


def not_found(server: AppServer, doing: str, path: str, folder: str = _CATALOGUE) -> RpcError:
    """Return the error of a catalogue that has no such plugin."""
    base = str(merged(layers(server)).get("chatgpt_base_url", _BACKEND)).rstrip("/")
    url = f"{base}/{folder}{path}"
    reason = 'failed with status 404 Not Found: {"detail":"Not Found"}'
    return RpcError(f"{doing}: remote plugin catalog request to {url} {reason}")


def list_shares(call: Call) -> Json:
    """Tell what was shared: nothing."""
    _check_sharing(call.server, "list remote plugin shares")
    return {"data": []}


def save_share(call: Call) -> Json:
    """Refuse to share a folder that is no plugin."""
    doing, path = "save remote plugin share", call.params["pluginPath"]
    _check_sharing(call.server, doing)
    raise RpcError(f"{doing}: invalid plugin path `{path}`: expected a plugin directory")


def delete_share(call: Call) -> Json:
    """Refuse, since nothing was shared."""
    doing = "delete remote plugin share"
    _check_sharing(call.server, doing)
    raise not_found(call.server, doing, call.params["remotePluginId"], "public/plugins/workspace/")


def check_out(call: Call) -> Json:
    """Refuse, since nothing was shared."""
    doing = "checkout plugin share"
    _check_sharing(call.server, doing)
    raise not_found(call.server, doing, f"{call.params['remotePluginId']}?includeDownloadUrls=true")


def update_targets(call: Call) -> Json:
    """Refuse, since nothing was shared."""
    doing = "update remote plugin share targets"
    _check_sharing(call.server, doing)
    raise not_found(call.server, doing, f"{call.params['remotePluginId']}/shares")


def read_skill(call: Call) -> Json:
    """Refuse, since there is no remote marketplace."""
    marketplace, doing = call.params["remoteMarketplaceName"], "read remote plugin skill details"
    check_remote(call.server, "skill read", marketplace, doing)
    raise RpcError(f"{doing}: remote marketplace `{marketplace}` is not supported")


def _check_sharing(server: AppServer, doing: str) -> None:
    if not plugins_are_on(server):
        raise RpcError("plugin sharing is not enabled")
    _check_login(server, doing)


def _check_login(server: AppServer, doing: str) -> None:
    if not server.account.is_chatgpt:
        raise RpcError(f"{doing}: chatgpt authentication required for remote plugin catalog")


HANDLERS: dict[str, Handler] = {
    "plugin/share/list": list_shares,
    "plugin/share/save": save_share,
    "plugin/share/delete": delete_share,
    "plugin/share/checkout": check_out,
    "plugin/share/updateTargets": update_targets,
    "plugin/skill/read": read_skill,
}
