"""What must not be tried on a server that runs on a real machine."""

from __future__ import annotations

from collections.abc import Mapping

__all__ = ["reach_of"]

#: What the methods of the app-server that begin with a word reach beyond its own state.
_REACH: Mapping[str, str] = {
    "account/bedrock/": "a cloud service",
    "account/gatewayOAuth/": "a browser",
    "account/gcp/": "a cloud service",
    "account/login/start": "a port that all logins share",
    "command/exec": "commands",
    "config/mcpServer/reload": "commands",
    "environment/": "another host",
    "externalAgentConfig/import": "the settings of other programs",
    "feedback/": "another host",
    "fs/copy": "files",
    "fs/createDirectory": "files",
    "fs/remove": "files",
    "fs/writeFile": "files",
    "initialize": "the connection itself",
    "marketplace/": "another host",
    "mcpServer/": "commands",
    "plugin/": "another host",
    "process/": "commands",
    "project/import": "files",
    "remoteControl/": "another host",
    "thread/realtime/": "another host",
    "thread/shellCommand": "commands",
    "userVerification/": "the person at the machine",
    "windowsSandbox/": "the settings of the machine",
}


def reach_of(method: str) -> str:
    """Return what a method reaches beyond the server's own state; nothing for one that can be tried without harm."""
    return next((what for prefix, what in _REACH.items() if method.startswith(prefix)), "")
