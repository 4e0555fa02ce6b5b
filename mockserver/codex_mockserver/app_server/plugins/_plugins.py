"""``plugin/*``: what plugins there are, and installing them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codex_mockserver.app_server._call import Call, Handler, Json
from codex_mockserver.app_server._errors import RpcError
from codex_mockserver.app_server._kept import kept
from codex_mockserver.app_server._pages import page
from codex_mockserver.app_server.mcp import restart
from codex_mockserver.app_server.plugins._marketplaces import added, manifest_path, root_of
from codex_mockserver.app_server.plugins._remote import check_remote, not_found, plugins_are_on
from codex_mockserver.model import MarketplaceSetup

if TYPE_CHECKING:
    from codex_mockserver.app_server._server import AppServer

__all__ = ["HANDLERS"]

_INTERFACE: Json = {"capabilities": [], "screenshots": [], "screenshotUrls": []}
#: What ``plugin/read`` tells beside the summary, where the scenario does not say.
_DETAILS: Json = {"skills": [], "hooks": [], "apps": [], "appTemplates": [], "mcpServers": []}


def list_plugins(call: Call) -> Json:
    """Tell every plugin of every marketplace that was added."""
    return {"marketplaces": _marketplaces(call.server), "marketplaceLoadErrors": [], "featuredPluginIds": []}


def list_installed(call: Call) -> Json:
    """Tell the plugins that are installed, and those that the client suggests."""
    suggested = call.get("installSuggestionPluginNames", [])
    found = _marketplaces(call.server)
    for marketplace in found:
        plugins = marketplace["plugins"]
        marketplace["plugins"] = [each for each in plugins if each["installed"] or each["name"] in suggested]
    return {"marketplaces": [each for each in found if each["plugins"]], "marketplaceLoadErrors": []}


def search(call: Call) -> Json:
    """Tell the plugins whose name or description holds a text."""
    term = call.params["searchTerm"].lower()
    rows = [
        {"plugin": plugin, "marketplaceName": marketplace["name"], "marketplacePath": marketplace["path"]}
        for marketplace in _marketplaces(call.server)
        for plugin in marketplace["plugins"]
        if term in f"{plugin['name']} {plugin['interface']['shortDescription'] or ''}".lower()
    ]
    return page(call, rows, "plugins")


def read(call: Call) -> Json:
    """Tell all of one plugin."""
    if (marketplace := call.get("remoteMarketplaceName")) is not None and call.get("marketplacePath") is None:
        check_remote(call.server, "read", marketplace, "read remote plugin details")
        raise not_found(call.server, "read remote plugin details", call.params["pluginName"])
    name, setup, plugin = _chosen(call)
    if not plugins_are_on(call.server):
        raise RpcError("plugins feature is disabled")
    summary = _summary(call.server, name, plugin, setup.plugins[plugin])
    own = {key: value for key, value in setup.plugins[plugin].items() if key in (*_DETAILS, "description")}
    place = {"marketplaceName": name, "marketplacePath": manifest_path(call.server, name)}
    return {"plugin": {**place, "summary": summary, **_DETAILS, **own}}


def install(call: Call) -> Json:
    """Install a plugin; the MCP servers of every thread start again."""
    if (marketplace := call.get("remoteMarketplaceName")) is not None and call.get("marketplacePath") is None:
        doing = "read remote plugin details before install"
        check_remote(call.server, "install", marketplace, doing)
        raise not_found(call.server, doing, f"{call.params['pluginName']}?includeDownloadUrls=true")
    name, setup, plugin = _chosen(call)
    installed = kept(call.server).installed_plugins
    identifier = f"{plugin}@{name}"
    if identifier not in installed:
        installed.append(identifier)
    call.afterwards(restart(call.server))
    content = setup.plugins[plugin]
    return {"authPolicy": content.get("authPolicy", "ON_INSTALL"), "appsNeedingAuth": content.get("apps", [])}


def uninstall(call: Call) -> None:
    """Remove a plugin; one that is not installed is no error."""
    identifier, server = call.params["pluginId"], call.server
    parts = identifier.split("@")
    if len(parts) == 1:
        if not plugins_are_on(server):
            raise RpcError("remote plugin uninstall is not enabled")
        if not identifier:
            raise RpcError("invalid remote plugin id")
        doing = "resolve remote plugin before uninstall"
        check_remote(server, "uninstall", "", doing)
        raise not_found(server, doing, identifier)
    if len(parts) > 2 or not all(parts):  # noqa: PLR2004 (a name and a marketplace)
        raise RpcError("invalid remote plugin id")
    state = kept(server)
    state.installed_plugins = [each for each in state.installed_plugins if each != identifier]
    call.afterwards(restart(server))


def reconcile(_call: Call) -> Json:
    """Tell that nothing has changed elsewhere."""
    return {"changedPlugins": [], "failedRemotePluginIds": [], "failedMaterializationRemotePluginIds": []}


def _chosen(call: Call) -> tuple[str, MarketplaceSetup, str]:
    """Return the marketplace and the plugin that a request names."""
    path = call.get("marketplacePath")
    if path is None or call.get("remoteMarketplaceName") is not None:
        raise RpcError(f"{call.method} requires exactly one of marketplacePath or remoteMarketplaceName")
    plugin = call.params["pluginName"]
    for name, setup in added(call.server).items():
        if manifest_path(call.server, name) == path:
            if plugin not in setup.plugins:
                raise RpcError(f"plugin `{plugin}` was not found in marketplace `{name}`")
            return name, setup, plugin
    if call.method == "plugin/read" and not plugins_are_on(call.server):
        raise RpcError("plugins feature is disabled")
    raise RpcError(f"marketplace file `{path}` does not exist")


def _marketplaces(server: AppServer) -> list[Json]:
    if not plugins_are_on(server):
        return []
    return [
        {
            "name": name,
            "path": manifest_path(server, name),
            "interface": setup.interface,
            "plugins": [_summary(server, name, plugin, content) for plugin, content in setup.plugins.items()],
        }
        for name, setup in added(server).items()
    ]


def _summary(server: AppServer, marketplace: str, name: str, content: Json) -> Json:
    identifier = f"{name}@{marketplace}"
    is_installed = identifier in kept(server).installed_plugins
    interface = {**_INTERFACE, "displayName": name, "shortDescription": content.get("description")}
    own = {key: value for key, value in content.items() if key not in (*_DETAILS, "description", "interface")}
    return {
        "id": identifier,
        "localVersion": "1.0.0",
        "name": name,
        "source": {"type": "local", "path": f"{root_of(server, marketplace)}/plugins/{name}"},
        "installed": is_installed,
        "enabled": is_installed,
        "installPolicy": "AVAILABLE",
        "authPolicy": "ON_INSTALL",
        **own,
        "interface": {**interface, **content.get("interface", {})},
    }


HANDLERS: dict[str, Handler] = {
    "plugin/list": list_plugins,
    "plugin/installed": list_installed,
    "plugin/search": search,
    "plugin/read": read,
    "plugin/install": install,
    "plugin/uninstall": uninstall,
    "plugin/reconcile": reconcile,
}
