"""What a scenario says of the app-server alone."""

from __future__ import annotations

from typing import Any

import msgspec

from codex_mockserver.faults import MessageFault
from codex_mockserver.model._surroundings import (
    CommandSetup,
    ConfigErrorSetup,
    ExternalAgentSetup,
    MarketplaceSetup,
    McpServerSetup,
    SkillSetup,
)

__all__ = ["AppServerSetup"]


class AppServerSetup(msgspec.Struct, forbid_unknown_fields=True):
    """How the app-server of a scenario is, and what fails in it."""

    #: The release that is spoken, whatever release was asked for; null for that one.
    version: str | None = None
    #: What strikes the messages that it sends.
    faults: list[MessageFault] = []
    #: Who is signed in from the beginning: an account of the world, or null for nobody.
    account: str | None = "plus"
    #: What the user's ``config.toml`` holds at the beginning.
    config: dict[str, Any] = {}
    #: Why that cannot be read; null where it can.
    config_error: ConfigErrorSetup | None = None
    #: The layers below and above it, which clients cannot change.
    system_config: dict[str, Any] = {}
    managed_config: dict[str, Any] = {}
    #: The settings of projects, by the folder that holds their ``.codex``.
    project_config: dict[str, dict[str, Any]] = {}
    #: What ``configRequirements/read`` tells; null for no requirements.
    requirements: dict[str, Any] | None = None
    #: What ``model/list`` shows in the place of the release's own models.
    models: list[dict[str, Any]] | None = None
    skills: list[SkillSetup] = []
    #: What ``hooks/list`` shows; each may leave out all but ``eventName``.
    hooks: list[dict[str, Any]] = []
    mcp_servers: dict[str, McpServerSetup] = {}
    marketplaces: dict[str, MarketplaceSetup] = {}
    #: What ``app/list`` shows; each may leave out all but ``id`` and ``name``.
    apps: list[dict[str, Any]] = []
    #: What commands say; beside these a few harmless ones are known.
    commands: list[CommandSetup] = []
    #: Text by absolute path: the files that are there where no sandbox folder is given.
    files: dict[str, str] = {}
    #: What ``gitDiffToRemote`` answers, ``{sha, diff}`` by folder.
    git_diffs: dict[str, dict[str, str]] = {}
    external_agents: ExternalAgentSetup = msgspec.field(default_factory=ExternalAgentSetup)

    @property
    def is_subject(self) -> bool:
        """Whether the scenario is about the app-server."""
        return self != AppServerSetup()
