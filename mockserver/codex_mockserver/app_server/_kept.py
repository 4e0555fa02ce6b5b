"""What an app-server keeps across its runs, with the scenario's beginnings in it."""

from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING

from codex_mockserver.world import AppServerLogin, AppServerState

if TYPE_CHECKING:
    from codex_mockserver.app_server._server import AppServer

__all__ = ["kept"]


def kept(server: AppServer) -> AppServerState:
    """Return what the server keeps besides its threads; the scenario fills it once in a world's life."""
    state = server.world.state.app_server
    if not state.has_begun:
        setup = server.setup
        state.has_begun = True
        state.config = deepcopy(setup.config) if setup.config_error is None else {}
        state.marketplaces = {name: each.source or "" for name, each in setup.marketplaces.items() if each.added}
        if setup.account is not None:
            account = server.world.account(setup.account)
            now = int(server.world.now())
            state.login = AppServerLogin("chatgpt", account.name, account.workspaces[0].id, last_used_at=now)
    return state
