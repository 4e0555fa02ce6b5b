"""The HTTP surfaces: thin handlers over the world, routed by the contract."""

from codex_mockserver.http._app import READY_PATH, App, create_app
from codex_mockserver.http._origin import REAL_HOSTS

__all__ = ["READY_PATH", "REAL_HOSTS", "App", "create_app"]
