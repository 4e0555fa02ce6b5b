"""All that a world remembers, as plain records.

The records hold no behaviour: :class:`State` can be written to bytes and read back, and
nothing that matters lives outside it.
"""

from __future__ import annotations

from typing import Any

import msgspec

from codex_mockserver.world._app_server_state import AppServerState
from codex_mockserver.world._clock import Clock
from codex_mockserver.world._ids import Ids
from codex_mockserver.world._thread_state import Project, Thread, ThreadSection, ThreadTurn

__all__ = [
    "AccessToken",
    "Account",
    "AdditionalLimit",
    "Attempt",
    "AuthorizationCode",
    "DeviceCode",
    "Environment",
    "FinishedWindow",
    "Login",
    "RefreshToken",
    "ResetCredit",
    "Session",
    "State",
    "StoredChat",
    "StoredResponse",
    "Task",
    "Window",
    "Workspace",
    "WorkspaceMessage",
]


class Window(msgspec.Struct):
    """One rate-limit window: it fills with the tokens of turns and rolls with the clock."""

    window_seconds: int
    budget_tokens: int
    used_tokens: int = 0
    #: When the running window began, in Unix seconds; None before its first use.
    started_at: int | None = None


class FinishedWindow(msgspec.Struct):
    """A rate-limit window that is over: it rolled, or a reset credit ended it."""

    window_seconds: int
    budget_tokens: int
    used_tokens: int
    started_at: int
    ended_at: int


class AdditionalLimit(msgspec.Struct):
    """A limit beside the plan's own, which the turns of one model fill in its place."""

    #: How clients call it, such as ``Reserve``.
    name: str
    primary: Window | None = None
    secondary: Window | None = None
    #: The model slug whose turns fill it.
    model: str | None = None


class ResetCredit(msgspec.Struct):
    """One earned reset of the rate-limit windows; states as in the table ``reset_credit``."""

    id: str
    granted_at: float
    status: str = "available"
    expires_at: float | None = None
    title: str | None = None
    description: str | None = None
    #: The idempotency key that redeemed it.
    redeemed_by: str | None = None


class WorkspaceMessage(msgspec.Struct):
    """A notice that a workspace shows its members."""

    id: str
    body: str
    type: str = "announcement"
    created_at: float | None = None
    archived_at: float | None = None


class Environment(msgspec.Struct):
    """A cloud environment in which tasks run."""

    id: str
    label: str | None = None
    is_pinned: bool = False
    #: The ``owner/name`` of its GitHub repository.
    repository: str | None = None


class Workspace(msgspec.Struct):
    """What the wire calls an account: a plan with its limits, to which people belong."""

    #: The ChatGPT account id.
    id: str
    name: str | None
    plan_type: str
    structure: str = "personal"
    primary: Window | None = None
    secondary: Window | None = None
    #: Further limits by ``metered_feature``.
    additional: dict[str, AdditionalLimit] = {}
    #: What one member may spend; its tokens are shown as credits.
    spend_limit: Window | None = None
    #: Windows that are over, oldest first.
    finished_windows: list[FinishedWindow] = []
    #: Decimal text as the wire has it; None where the plan has no credits.
    credit_balance: str | None = None
    has_credits: bool = False
    unlimited_credits: bool = False
    reset_credits: list[ResetCredit] = []
    messages: list[WorkspaceMessage] = []
    environments: list[Environment] = []
    codex_entitled: bool = True
    is_deactivated: bool = False
    is_fedramp: bool = False
    can_access_with_session: bool | None = None
    backend_origin: str | None = "https://chatgpt.com"
    routing_override: str | None = "NO_CONSTRAINT"
    #: Managed configuration as ``config/bundle`` answers it.
    config_bundle: dict[str, Any] = {}
    #: The notice that ``security-setup`` answers; None where there is none.
    security_notice: dict[str, Any] | None = None
    #: When the last nudge e-mail went out, in Unix seconds.
    nudged_at: float | None = None
    #: Tokens used by day (``YYYY-MM-DD``) and by thread id.
    tokens_by_day: dict[str, int] = {}
    tokens_by_thread: dict[str, int] = {}
    longest_turn_seconds: int = 0


class Account(msgspec.Struct):
    """A person who can log in."""

    #: The short name in scenarios and commands, such as ``plus``.
    name: str
    user_id: str
    email: str
    workspaces: list[Workspace]
    organization_id: str
    project_id: str
    api_key: str
    personal_access_token: str
    #: Whether the token exchange gives an API key.
    platform_access: bool = True
    settings: dict[str, Any] = {}
    #: Whether tokens made for this account are already past their life.
    credentials_expired: bool = False
    #: Seconds that its access tokens live, and the one that a login gives; None for the usual ten days.
    token_life: int | None = None
    login_token_life: int | None = None


class Session(msgspec.Struct):
    """One login of one account on one client: the family of all tokens that came from it."""

    id: str
    account: str
    workspace: str
    client_id: str
    scope: str
    #: The issuer that its tokens name.
    issuer: str
    created_at: float
    nonce: str | None = None


class AccessToken(msgspec.Struct):
    """An access token that was issued; states as in the table ``access_token``."""

    session: str
    workspace: str
    expires_at: float
    status: str = "active"


class RefreshToken(msgspec.Struct):
    """A refresh token that was issued; states as in the table ``refresh_token``."""

    session: str
    expires_at: float
    status: str = "active"


class Login(msgspec.Struct):
    """An authorization request that waits for a person; states as in the table ``login``."""

    id: str
    client_id: str
    redirect_uri: str
    state: str | None
    scope: str
    code_challenge: str
    expires_at: float
    allowed_workspaces: list[str] = []
    nonce: str | None = None
    status: str = "waiting"


class AuthorizationCode(msgspec.Struct):
    """A code that can be redeemed once; states as in the table ``authorization_code``."""

    account: str
    workspace: str
    client_id: str
    redirect_uri: str
    scope: str
    code_challenge: str
    expires_at: float
    nonce: str | None = None
    status: str = "issued"
    #: The session that its redemption made.
    session: str | None = None


class DeviceCode(msgspec.Struct):
    """A device authorization; states as in the table ``device_code``."""

    id: str
    user_code: str
    client_id: str
    created_at: float
    expires_at: float
    status: str = "pending"
    #: Filled by approval.
    authorization_code: str | None = None
    code_verifier: str | None = None
    code_challenge: str | None = None


class Attempt(msgspec.Struct):
    """One attempt at a cloud task; it runs with the world's clock, states as in the table ``task``."""

    #: The unified diff that it ends with.
    diff: str = ""
    answer: str = ""
    #: Seconds from the task's creation to the start and to the end of the work.
    starts_after: float = 0.0
    ends_after: float = 0.0
    #: The event that ends it: ``complete`` or ``fail``.
    outcome: str = "complete"


class Task(msgspec.Struct):
    """A cloud task with its attempts."""

    id: str
    workspace: str
    title: str
    prompt: str
    environment_id: str
    created_at: float
    #: At least one; the first is the one that clients show.
    attempts: list[Attempt]
    branch: str | None = None
    archived: bool = False
    is_unread: bool = True
    starting_diff: str | None = None


class StoredResponse(msgspec.Struct):
    """A response that was stored, with all that is needed to show it, to play it again and to continue it."""

    id: str
    workspace: str
    #: The response object before the model said anything, and at its end.
    opening: dict[str, Any]
    response: dict[str, Any]
    #: Everything the model saw, each item with an id.
    input_items: list[dict[str, Any]]
    #: How the text of each output item was cut into deltas; None cuts it by words.
    deltas: list[list[str] | None]
    #: When the model starts and ends the work, in Unix seconds; states as in the table ``turn``.
    starts_at: float
    ends_at: float
    is_cancelled: bool = False


class StoredChat(msgspec.Struct):
    """A chat completion that was stored, with the messages that it answered."""

    id: str
    workspace: str
    completion: dict[str, Any]
    messages: list[dict[str, Any]]


class State(msgspec.Struct):
    """All that a world remembers."""

    clock: Clock
    ids: Ids
    accounts: dict[str, Account] = {}
    sessions: dict[str, Session] = {}
    access_tokens: dict[str, AccessToken] = {}
    refresh_tokens: dict[str, RefreshToken] = {}
    logins: dict[str, Login] = {}
    authorization_codes: dict[str, AuthorizationCode] = {}
    device_codes: dict[str, DeviceCode] = {}
    #: When wrong user codes were typed lately, in Unix seconds.
    user_code_misses: list[float] = []
    tasks: dict[str, Task] = {}
    responses: dict[str, StoredResponse] = {}
    chats: dict[str, StoredChat] = {}
    #: The threads of the app-server that are kept.
    threads: dict[str, Thread] = {}
    #: Their turns, by the ids of the thread and of the turn with a slash between, oldest first.
    thread_turns: dict[str, ThreadTurn] = {}
    thread_sections: dict[str, ThreadSection] = {}
    projects: dict[str, Project] = {}
    app_server: AppServerState = msgspec.field(default_factory=AppServerState)
    #: How often each step of the scenario's script answered, and each fault struck.
    script_uses: dict[str, int] = {}
    fault_uses: dict[str, int] = {}
