"""The layers of the configuration, and what they come to together."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

import msgspec

from codex_mockserver.app_server._kept import kept
from codex_mockserver.app_server.configuration._key_paths import put

if TYPE_CHECKING:
    from codex_mockserver.app_server._server import AppServer

__all__ = ["Layer", "layers", "merged", "origins", "user_file", "user_layer"]

Json = dict[str, Any]

_encode = msgspec.json.Encoder(order="sorted").encode


@dataclass(frozen=True, slots=True)
class Layer:
    """One source of settings."""

    #: Where they come from, as the wire names it.
    name: Json
    config: Json
    #: How a message speaks of it where it overrides the user.
    title: str = ""

    @property
    def version(self) -> str:
        """Return the fingerprint of its content."""
        return f"sha256:{hashlib.sha256(_encode(self.config)).hexdigest()}"

    def form(self, *, config: bool = False) -> Json:
        """Return it as the wire has it."""
        return {"name": self.name, "version": self.version} | ({"config": self.config} if config else {})


def user_file(server: AppServer) -> str:
    """Return the path of the user's ``config.toml``."""
    return f"{server.home}/config.toml"


def user_layer(server: AppServer) -> Layer:
    """Return the layer of the user as it is read."""
    config = kept(server).config
    if config.get("approval_policy") == "on-failure" and server.traits.refuses_on_failure:
        config = {**config, "approval_policy": "on-request"}
    return Layer({"type": "user", "file": user_file(server), "profile": None}, config)


def layers(server: AppServer, cwd: str | None = None) -> list[Layer]:
    """Return the layers that hold in a folder, the strongest first.

    Args:
        server: The server.
        cwd: The folder; projects count only with it.
    """
    return [*_managed(server), *_session(server), *_projects(server, cwd), user_layer(server), _system(server)]


def merged(stack: list[Layer]) -> Json:
    """Return what layers come to together."""
    whole: Json = {}
    for layer in reversed(stack):
        for key, value in layer.config.items():
            put(whole, [key], deepcopy(value), merge=True)
    return whole


def origins(stack: list[Layer]) -> Json:
    """Return for each setting, by its dotted name, the layer that it comes from."""
    found: Json = {}
    for layer in reversed(stack):
        form = layer.form()
        for path in _leaves(layer.config):
            found[".".join(path)] = form
    return found


def _managed(server: AppServer) -> Iterator[Layer]:
    if config := server.setup.managed_config:
        file = "/etc/codex/managed_config.toml"
        name = {"type": "legacyManagedConfigTomlFromFile", "file": file}
        yield Layer(name, config, f"legacy managed_config.toml: {file}")


def _session(server: AppServer) -> Iterator[Layer]:
    """Yield what was set on the command line."""
    if server.session_flags:
        yield Layer({"type": "sessionFlags"}, server.session_flags, "session flags")


def _projects(server: AppServer, cwd: str | None) -> Iterator[Layer]:
    """Yield the projects that a folder lies in, the innermost first."""
    if cwd is None:
        return
    folder = PurePosixPath(server.cwd, cwd)
    for parent in map(str, (folder, *folder.parents)):
        if parent in server.setup.project_config:
            yield Layer({"type": "project", "dotCodexFolder": f"{parent}/.codex"}, server.setup.project_config[parent])


def _system(server: AppServer) -> Layer:
    return Layer({"type": "system", "file": "/etc/codex/config.toml"}, server.setup.system_config)


def _leaves(value: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    parts: Iterator[tuple[Any, Any]] | None = None
    if isinstance(value, dict):
        parts = iter(value.items())
    elif isinstance(value, list):
        parts = iter(enumerate(value))
    if parts is None:
        yield path
    else:
        for key, content in parts:
            yield from _leaves(content, (*path, str(key)))
