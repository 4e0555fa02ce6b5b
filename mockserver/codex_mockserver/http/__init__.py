"""The HTTP surfaces: thin handlers over the world, routed by the contract."""

from codex_mockserver.http._app import READY_PATH, App, create_app
from codex_mockserver.http._gates import Gates
from codex_mockserver.http._origin import REAL_HOSTS
from codex_mockserver.http._stage import CONNECTION
from codex_mockserver.http.control import Control

__all__ = ["CONNECTION", "READY_PATH", "REAL_HOSTS", "App", "Control", "Gates", "create_app"]
