"""Serving: listeners, TLS, the proxy, and the backend that holds them together."""

from codex_mockserver.serving._any_app import serve_app
from codex_mockserver.serving._backend import Backend, SyncBackend
from codex_mockserver.serving._proxy import ConnectProxy
from codex_mockserver.serving._side_world import SideWorld, SyncSideWorld
from codex_mockserver.serving.client_env import direct_config, direct_environment, proxied_config, proxied_environment
from codex_mockserver.serving.listener import Listener

__all__ = [
    "Backend",
    "ConnectProxy",
    "Listener",
    "SideWorld",
    "SyncBackend",
    "SyncSideWorld",
    "direct_config",
    "direct_environment",
    "proxied_config",
    "proxied_environment",
    "serve_app",
]
