"""``marketplace/*``: where plugins come from."""

from __future__ import annotations

import errno
import re
from typing import TYPE_CHECKING

from codex_mockserver.app_server._call import Call, Handler, Json
from codex_mockserver.app_server._errors import INTERNAL, RpcError
from codex_mockserver.app_server._kept import kept
from codex_mockserver.app_server.files import failure, system_error
from codex_mockserver.model import MarketplaceSetup

if TYPE_CHECKING:
    from codex_mockserver.app_server._server import AppServer

__all__ = ["HANDLERS", "added", "manifest_path", "root_of"]

_NAME = re.compile("[A-Za-z0-9_-]+")
_LOCAL = ("/", "./", "../", "~")
_REMOTE = re.compile(r"[\w.-]+/[\w.-]+(@.+)?|(https?|ssh|git)://.+|git@.+")


def root_of(server: AppServer, name: str) -> str:
    """Return the folder of a marketplace."""
    setup = server.setup.marketplaces.get(name, MarketplaceSetup())
    return setup.source or f"{server.home}/marketplaces/{name}"


def manifest_path(server: AppServer, name: str) -> str:
    """Return the file by which requests name a marketplace."""
    return f"{root_of(server, name)}/.agents/plugins/marketplace.json"


def added(server: AppServer) -> dict[str, MarketplaceSetup]:
    """Return the marketplaces that were added, by name."""
    names = sorted(kept(server).marketplaces)
    return {name: server.setup.marketplaces[name] for name in names if name in server.setup.marketplaces}


def add(call: Call) -> Json:
    """Add a marketplace of the scenario by its folder."""
    source, server = call.params["source"], call.server
    if not source.strip():
        raise RpcError("marketplace source must not be empty")
    name = next((each for each in server.setup.marketplaces if root_of(server, each) == source), None)
    if name is None:
        raise _not_there(source)
    was_added = name in kept(server).marketplaces
    kept(server).marketplaces[name] = source
    return {"marketplaceName": name, "installedRoot": source, "alreadyAdded": was_added}


def remove(call: Call) -> Json:
    """Remove a marketplace; its plugins go with it."""
    name, state = call.params["marketplaceName"], kept(call.server)
    if not name:
        raise RpcError("invalid marketplace name: must not be empty")
    if not _NAME.fullmatch(name):
        raise RpcError("invalid marketplace name: only ASCII letters, digits, `_`, and `-` are allowed")
    if name not in state.marketplaces:
        raise RpcError(f"marketplace `{name}` is not configured or installed")
    del state.marketplaces[name]
    state.installed_plugins = [each for each in state.installed_plugins if not each.endswith(f"@{name}")]
    return {"marketplaceName": name, "installedRoot": None}


def upgrade(call: Call) -> Json:
    """Get the newest of every Git marketplace, of which there are none."""
    if (name := call.get("marketplaceName")) is not None:
        raise RpcError(f"marketplace `{name}` is not configured as a Git marketplace")
    return {"selectedMarketplaces": [], "upgradedRoots": [], "errors": []}


def _not_there(source: str) -> RpcError:
    if source.startswith(_LOCAL):
        reason = system_error(failure(errno.ENOENT)).message
        return RpcError(f"failed to resolve local marketplace source path: {reason}")
    if _REMOTE.fullmatch(source):
        url = source if "://" in source or source.startswith("git@") else f"https://github.com/{source}.git"
        return RpcError(f"git clone {url} failed with status exit status: 128", INTERNAL)
    return RpcError("invalid marketplace source format; expected owner/repo, a git URL, or a local marketplace path")


HANDLERS: dict[str, Handler] = {
    "marketplace/add": add,
    "marketplace/remove": remove,
    "marketplace/upgrade": upgrade,
}
