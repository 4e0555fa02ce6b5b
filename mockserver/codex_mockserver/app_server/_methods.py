"""What answers each method; the package that does is imported when one of its methods is first called."""

from __future__ import annotations

from functools import cache
from importlib import import_module

from codex_mockserver.app_server._call import Handler

__all__ = ["handler_of"]

#: The packages that answer methods, by the first word of the method.
_HOMES: dict[str, tuple[str, ...]] = {
    "account": ("account",),
    "accountSession": ("account",),
    "app": ("catalogues",),
    "collaborationMode": ("configuration",),
    "command": ("processes",),
    "config": ("configuration", "mcp"),
    "configRequirements": ("configuration",),
    "device": ("system",),
    "environment": ("system",),
    "experimentalFeature": ("configuration",),
    "externalAgentConfig": ("system",),
    "feedback": ("system",),
    "fs": ("files",),
    "fuzzyFileSearch": ("files",),
    "getAuthStatus": ("account",),
    "getConversationSummary": ("system",),
    "gitDiffToRemote": ("system",),
    "hooks": ("catalogues",),
    "initialize": ("handshake",),
    "marketplace": ("plugins",),
    "mcpServer": ("mcp",),
    "mcpServerStatus": ("mcp",),
    "mcpServers": ("mcp",),
    "memory": ("system",),
    "mock": ("system",),
    "model": ("catalogues",),
    "modelProvider": ("configuration",),
    "permissionProfile": ("configuration",),
    "plugin": ("plugins",),
    "process": ("processes",),
    "project": ("threads",),
    "remoteControl": ("system",),
    "review": ("turns",),
    "rollout": ("system",),
    "server": ("system",),
    "skills": ("catalogues",),
    "thread": ("threads", "turns"),
    "threadSection": ("threads",),
    "turn": ("turns",),
    "userVerification": ("system",),
    "windowsSandbox": ("system",),
}


@cache
def handler_of(method: str) -> Handler | None:
    """Return what answers a method; None where the mock does not."""
    for home in _HOMES.get(method.partition("/")[0], ()):
        handlers: dict[str, Handler] = import_module(f"{__package__}.{home}").HANDLERS
        if method in handlers:
            return handlers[method]
    return None
