"""What servers can do and need not: a requirement that needs it is asked only of those that can."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from codex_conformance.requirements import Surface

__all__ = ["CAPABILITIES", "PRESENT", "Capability", "State"]

#: ``declared`` by the target, ``found`` by asking it, neither, or switched off by the user.
State = Literal["declared", "found", "not declared", "disabled"]

#: The states of a capability that is to be checked.
PRESENT: tuple[State, ...] = ("declared", "found")


@dataclass(frozen=True, slots=True)
class Capability:
    """One thing that a server can do."""

    name: str
    #: The surface that it belongs to; None for what concerns several.
    surface: Surface | None
    #: What it is, as a clause.
    about: str
    #: The operation by which it is found out; None where only a declaration tells.
    probe: str | None = None
    #: Where that operation is asked for, when it is in two places.
    face: str | None = None


_ALL = (
    Capability("control", None, "our control calls, which script and observe it", probe="readClock"),
    Capability("oauth.login", "oauth", "browser login with PKCE", probe="authorize"),
    Capability("oauth.token", "oauth", "the token endpoint", probe="exchangeToken"),
    Capability("oauth.unattended", "oauth", "a browser login that ends without a person"),
    Capability("oauth.registered-clients", "oauth", "clients and redirect URIs that it knows, and no others"),
    Capability("oauth.rotation", "oauth", "refresh tokens that work once"),
    Capability("oauth.chatgpt-claims", "oauth", "tokens that name the account and the plan at ChatGPT"),
    Capability("oauth.device", "oauth", "device login", probe="requestUserCode"),
    Capability("oauth.device-unattended", "oauth", "a device login that ends without a person"),
    Capability("oauth.revoke", "oauth", "revocation", probe="revokeToken"),
    Capability("oauth.discovery", "oauth", "OpenID discovery", probe="discovery"),
    Capability("oauth.metadata", "oauth", "the metadata of RFC 8414", probe="authorizationServerMetadata"),
    Capability("oauth.whoami", "oauth", "the owner of a token", probe="whoami"),
    Capability("oauth.personal-tokens", "oauth", "personal access tokens, of which the access token given is one"),
    Capability("oauth.jwks", "oauth", "published signing keys", probe="jwks"),
    Capability("oauth.token-exchange", "oauth", "an API key for an id token"),
    Capability("wham.usage", "wham", "usage and limits", probe="readUsage"),
    Capability("wham.tasks", "wham", "cloud tasks", probe="listTasks"),
    Capability("wham.environments", "wham", "cloud environments", probe="listEnvironments"),
    Capability("wham.accounts", "wham", "workspaces of a user", probe="checkAccounts"),
    Capability("wham.reset-credits", "wham", "credits that reset a limit", probe="listResetCredits"),
    Capability("wham.profile", "wham", "profiles of use", probe="readProfile"),
    Capability("wham.plugins", "wham", "plugins", probe="listPlugins"),
    Capability("wham.connectors", "wham", "the directory of connectors", probe="listConnectors"),
    Capability("wham.mcp", "wham", "the hosted MCP server"),
    Capability("wham.analytics", "wham", "reports of what clients do"),
    Capability("wham.messages", "wham", "messages of a workspace", probe="listWorkspaceMessages"),
    Capability("wham.config", "wham", "managed configuration", probe="readConfigBundle"),
    Capability("wham.settings", "wham", "settings of a user", probe="readUserSettings"),
    Capability("wham.security-setup", "wham", "security notices of a workspace", probe="readSecuritySetup"),
    Capability("wham.nudge", "wham", "e-mails to the owner of a workspace"),
    Capability("wham.switch", "wham", "tokens for another workspace"),
    Capability("wham.thread-usage", "wham", "the usage of single threads"),
    Capability("wham.plan-history", "wham", "the history of limits", probe="readPlanLimitHistory"),
    Capability("wham.codex-style", "wham", "the same under /api/codex"),
    Capability("responses.api", "responses", "the API with keys", probe="createResponse", face="api"),
    Capability("responses.codex", "responses", "the ChatGPT backend", probe="createResponse", face="codex"),
    Capability("responses.auth", "responses", "credentials that are checked"),
    Capability("responses.custom-tools", "responses", "tools that are called with plain text"),
    Capability("responses.reasoning", "responses", "reasoning as items of its own"),
    Capability("responses.websocket", "responses", "turns over a WebSocket"),
    Capability("responses.stored", "responses", "stored responses", probe="retrieveResponse", face="api"),
    Capability("responses.background", "responses", "responses in the background"),
    Capability("responses.compact", "responses", "compaction", probe="compactResponse"),
    Capability("responses.input-tokens", "responses", "counting tokens", probe="countInputTokens"),
    Capability("responses.models", "responses", "the list of models", probe="listModels"),
    Capability("responses.zstd", "responses", "request bodies with zstd"),
    Capability("responses.chat", "responses", "chat completions", probe="createChatCompletion"),
    Capability("responses.stored-chat", "responses", "stored chat completions", probe="listChatCompletions"),
    Capability("responses.completions", "responses", "legacy completions", probe="createCompletion"),
    Capability("app-server", "app_server", "the app-server's JSON-RPC"),
    Capability("app-server.model", "app_server", "a model that answers"),
    Capability("app-server.scripted", "app_server", "a model whose answers the suite decides"),
    Capability("app-server.experimental", "app_server", "the experimental methods"),
    Capability("app-server.websocket", "app_server", "several connections, over WebSocket"),
    Capability("app-server.restart", "app_server", "a server that the suite may end and start again in the same home"),
    Capability("account", "account", "account messages of the app-server"),
    Capability("account.backend", "account", "a ChatGPT backend behind it that the suite holds"),
)

#: All capabilities by name.
CAPABILITIES: Mapping[str, Capability] = {each.name: each for each in _ALL}
