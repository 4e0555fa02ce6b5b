"""Plugins and the marketplaces that they come from."""

from codex_mockserver.app_server._call import Handler
from codex_mockserver.app_server.plugins import _marketplaces, _plugins, _remote

__all__ = ["HANDLERS"]

HANDLERS: dict[str, Handler] = {**_marketplaces.HANDLERS, **_plugins.HANDLERS, **_remote.HANDLERS}
