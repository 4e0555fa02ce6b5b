"""What a scenario says of the things around an app-server: its settings, tools, files and commands."""

from __future__ import annotations

from typing import Any

import msgspec

__all__ = [
    "CommandSetup",
    "ConfigErrorSetup",
    "ExternalAgentSetup",
    "MarketplaceSetup",
    "McpServerSetup",
    "SkillSetup",
]

Json = dict[str, Any]


class ConfigErrorSetup(msgspec.Struct, forbid_unknown_fields=True):
    """What makes the user's ``config.toml`` unreadable; the server works with defaults then."""

    message: str
    line: int = 1
    column: int = 1
    #: Where it ends; null for the same place.
    end_column: int | None = None


class SkillSetup(msgspec.Struct, forbid_unknown_fields=True):
    """A skill that ``skills/list`` shows."""

    name: str
    description: str
    #: ``user``, ``repo``, ``system`` or ``admin``.
    scope: str = "user"
    #: The file; left out, one in the folder of the scope.
    path: str | None = None
    enabled: bool = True
    interface: Json | None = None


class McpServerSetup(msgspec.Struct, forbid_unknown_fields=True):
    """An MCP server that the app-server is connected to."""

    #: Tools by name; each may carry ``description``, ``inputSchema`` and, for its answer, ``result`` or ``error``.
    tools: dict[str, Json] = {}
    #: Resources by URI; each may carry ``name``, ``mimeType``, and ``text`` or ``blob``.
    resources: dict[str, Json] = {}
    resource_templates: list[Json] = []
    #: Why it does not start; null where it does.
    failure: str | None = None
    #: ``unsupported``, ``notLoggedIn``, ``bearerToken`` or ``oAuth``; with ``notLoggedIn`` one can sign in.
    auth: str = "unsupported"
    enabled: bool = True


class MarketplaceSetup(msgspec.Struct, forbid_unknown_fields=True):
    """A marketplace of plugins, by its name."""

    #: Plugins by name; each may carry what ``plugin/read`` tells: ``description``, ``interface``, ``skills``...
    plugins: dict[str, Json] = {}
    #: Whether it is there from the beginning; otherwise ``marketplace/add`` brings it.
    added: bool = True
    #: What ``marketplace/add`` calls it; left out, its folder.
    source: str | None = None
    interface: Json | None = None


class CommandSetup(msgspec.Struct, forbid_unknown_fields=True):
    """A command that ``command/exec`` and ``process/spawn`` seem to run; nothing is executed."""

    #: Regular expression that fits the whole command, its words joined by single blanks.
    match: str
    stdout: str = ""
    stderr: str = ""
    exit_code: int = 0
    #: Seconds until it ends; null lets it run until it is stopped.
    seconds: float | None = 0


class ExternalAgentSetup(msgspec.Struct, forbid_unknown_fields=True):
    """The settings of other agents that ``externalAgentConfig/detect`` finds."""

    items: list[Json] = []
    connectors: list[Json] = []
    #: The kinds of items whose import fails, with the reason.
    failures: dict[str, str] = {}
