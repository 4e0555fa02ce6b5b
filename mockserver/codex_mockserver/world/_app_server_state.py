"""What an app-server keeps across its runs, as plain records, besides its threads."""

from __future__ import annotations

from typing import Any

import msgspec

__all__ = ["AppServerLogin", "AppServerState", "ExternalImport"]


class AppServerLogin(msgspec.Struct):
    """Who is signed in at the app-server; keys and tokens are never kept."""

    #: As ``account/updated`` names it: ``apikey``, ``chatgpt``, ``chatgptAuthTokens``, ``bedrockApiKey``...
    mode: str
    #: The account of the world and its workspace; empty where the credentials belong to nobody in it.
    account: str = ""
    workspace: str = ""
    #: When the account was last used, in Unix seconds.
    last_used_at: int = 0


class ExternalImport(msgspec.Struct):
    """One import of another agent's settings."""

    id: str
    provider_id: str | None
    completed_at: float
    successes: list[dict[str, Any]] = []
    failures: list[dict[str, Any]] = []


class AppServerState(msgspec.Struct):
    """What an app-server keeps besides its threads."""

    #: Whether the scenario's beginnings are in here already.
    has_begun: bool = False
    login: AppServerLogin | None = None
    #: The user's ``config.toml``.
    config: dict[str, Any] = {}
    #: The ids of the plugins that are installed, ``name@marketplace``.
    installed_plugins: list[str] = []
    #: The sources of the marketplaces that were added, by name.
    marketplaces: dict[str, str] = {}
    #: Oldest first.
    imports: list[ExternalImport] = []
    #: The MCP servers that somebody signed in to.
    mcp_logins: list[str] = []
